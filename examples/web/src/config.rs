//! What an operator chooses.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use argon2::Params;
use url::{Host, Url};
use verify_mfa::{
    BoxError, Country, ServiceSid,
    flow::{Countries, Limit, Policy},
};

/// How the application runs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How browsers reach it. Under `https` its cookies are for `https` only.
    pub public_url: Url,
    /// The address of the operator's own proxy, which says from where requests come. Without one, the
    /// address of the connection counts for the limits.
    pub proxy: Option<IpAddr>,
    /// The SQLite file; `None` for one in memory.
    pub database: Option<PathBuf>,
    /// The Verify service for phones that are not a second factor yet. Without one, whoever claims somebody
    /// else's phone can use up the codes of its owner's logins.
    pub enroll_service: Option<ServiceSid>,
    /// Whether others than this machine may be shown the sandbox, in which nobody has a second factor.
    pub public_sandbox: bool,
    /// The countries of its customers. Codes are sent to no others.
    pub countries: Vec<Country>,
    /// The rules of two-factor login.
    pub policy: Policy,
    /// What a password hash costs.
    pub password_cost: Params,
    /// How often a wrong password can be given.
    pub attempts: Attempts,
}

/// How often a wrong password can be given.
#[derive(Debug, Clone, Copy)]
pub struct Attempts {
    /// For one name from one address, in an hour: far fewer than [`per_name`](Self::per_name).
    pub per_name_and_address: u32,
    /// From one address, in 15 minutes.
    pub per_address: u32,
    /// For one name, in an hour. Whoever uses them up keeps the name's owner out, so there are many.
    pub per_name: u32,
    /// To confirm a session, in an hour.
    pub per_session: u32,
    /// Accounts made from one address, in an hour.
    pub registrations: u32,
}

impl Config {
    /// The defaults, over a database in memory.
    ///
    /// # Errors
    /// When the rules contradict each other.
    pub fn new(public_url: Url) -> Result<Self, BoxError> {
        let countries = COUNTRIES.to_vec();
        // The text of the enable page tells people what codes by phone do not protect from.
        let policy = Policy::new(Countries::only(countries.iter().copied())).require_notice(true);
        Self {
            listen: ([127, 0, 0, 1], 0).into(),
            public_url,
            proxy: None,
            database: None,
            enroll_service: None,
            public_sandbox: false,
            countries,
            policy: policy.sends_in_all([Limit::per_day(1_000)])?,
            password_cost: Params::default(),
            attempts: Attempts {
                per_name_and_address: 10,
                per_address: 60,
                per_name: 100,
                per_session: 10,
                registrations: 20,
            },
        }
        .checked()
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Whether browsers have to be on this machine.
    fn is_local(&self) -> bool {
        match self.public_url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The sandbox shows every code to whoever reaches it, and accepts its own only.
    pub(crate) fn check_sandbox(&self) -> Result<(), BoxError> {
        if self.is_local() || self.public_sandbox { Ok(()) } else { Err(PUBLIC_SANDBOX.into()) }
    }

    pub(crate) fn checked(self) -> Result<Self, BoxError> {
        let url = &self.public_url;
        if self.is_secure() || (self.is_local() && self.listen.ip().is_loopback()) {
            return Ok(self);
        }
        let listen = self.listen;
        Err(format!("WEB_PUBLIC_URL={url}: it begins with https:// unless only this machine is served, and WEB_LISTEN={listen}").into())
    }
}

const PUBLIC_SANDBOX: &str = "no variable of Twilio's is set, and WEB_PUBLIC_URL is not this machine: the \
    sandbox sends nothing, so nobody there can have a second factor. Set Twilio's variables as in \
    .env.example, or WEB_SANDBOX=public for a demonstration";

const COUNTRIES: [Country; 15] = [
    Country::AT,
    Country::AU,
    Country::BE,
    Country::CA,
    Country::CH,
    Country::DE,
    Country::ES,
    Country::FR,
    Country::GB,
    Country::IE,
    Country::IT,
    Country::KE,
    Country::NL,
    Country::NZ,
    Country::US,
];

#[cfg(test)]
mod tests;
