//! What an operator chooses.

use std::{
    env,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use argon2::Params;
use url::{Host, Url};
use verify_mfa::{
    BoxError, Country,
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
    /// From `WEB_LISTEN`, `WEB_PUBLIC_URL`, `WEB_PROXY` and `WEB_DATABASE`, each of which may be absent.
    ///
    /// # Errors
    /// When one of them cannot be used: other machines are served under `https` only.
    pub fn from_env() -> Result<Self, BoxError> {
        let variable = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
        let database = variable("WEB_DATABASE", "verify-mfa-web.sqlite").into();
        let public_url = variable("WEB_PUBLIC_URL", "http://localhost:3000").parse()?;
        let listen = variable("WEB_LISTEN", "127.0.0.1:3000").parse()?;
        let proxy = env::var("WEB_PROXY").ok().map(|proxy| proxy.parse()).transpose()?;
        Self { listen, proxy, database: Some(database), ..Self::new(public_url)? }.checked()
    }

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

    fn checked(self) -> Result<Self, BoxError> {
        let is_local = match self.public_url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        if self.is_secure() || (is_local && self.listen.ip().is_loopback()) {
            return Ok(self);
        }
        Err("WEB_PUBLIC_URL must begin with https:// unless only this machine is served".into())
    }
}

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
mod tests {
    use super::*;

    fn at(url: &str) -> Result<Config, BoxError> {
        Config::new(url.parse()?)
    }

    #[test]
    fn other_machines_are_served_under_https_only() {
        assert!(at("http://localhost:3000").is_ok_and(|config| !config.is_secure()));
        assert!(at("http://[::1]:3000").is_ok());
        assert!(at("https://shop.example").is_ok_and(|config| config.is_secure()));
        for url in ["http://shop.example", "http://192.0.2.1", "http://localhost.shop.example"] {
            assert!(at(url).is_err(), "{url}");
        }
        let open =
            Config { listen: ([0, 0, 0, 0], 3000).into(), ..at("http://localhost").unwrap() };
        assert!(open.checked().is_err());
    }
}
