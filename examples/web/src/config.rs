//! What an operator chooses.

use std::{
    env,
    fmt::Display,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    str::FromStr,
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
    /// From the variables of `.env.example` that begin with `WEB_`, each of which may be absent or empty.
    ///
    /// # Errors
    /// When one of them cannot be used: other machines are served under `https` only.
    pub fn from_env() -> Result<Self, BoxError> {
        Self::from_variables(|name| env::var(name).ok())
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, BoxError> {
        let set = |name| variable(name).filter(|value| !value.trim().is_empty());
        let or = |name, default: &str| set(name).unwrap_or_else(|| default.to_owned());
        let public_url = parse("WEB_PUBLIC_URL", &or("WEB_PUBLIC_URL", "http://localhost:3000"))?;
        let config = Self::new(public_url)?;
        let proxy = match set("WEB_PROXY").as_deref() {
            None if config.is_secure() => return Err(NO_PROXY.into()),
            None | Some("none") => None,
            Some(proxy) => Some(parse("WEB_PROXY", proxy)?),
        };
        let enroll_service = set(ENROLL_SERVICE).map(|sid| parse(ENROLL_SERVICE, &sid));
        Self {
            listen: parse("WEB_LISTEN", &or("WEB_LISTEN", "127.0.0.1:3000"))?,
            proxy,
            database: Some(or("WEB_DATABASE", "verify-mfa-web.sqlite").into()),
            enroll_service: enroll_service.transpose()?,
            public_sandbox: set("WEB_SANDBOX").as_deref() == Some("public"),
            ..config
        }
        .checked()
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

    fn checked(self) -> Result<Self, BoxError> {
        let url = &self.public_url;
        if self.is_secure() || (self.is_local() && self.listen.ip().is_loopback()) {
            return Ok(self);
        }
        let listen = self.listen;
        Err(format!("WEB_PUBLIC_URL={url}: it begins with https:// unless only this machine is served, and WEB_LISTEN={listen}").into())
    }
}

fn parse<T: FromStr<Err: Display>>(name: &str, value: &str) -> Result<T, BoxError> {
    let parsed = value.trim().parse();
    parsed.map_err(|error| format!("{name}={value} cannot be used: {error}").into())
}

const ENROLL_SERVICE: &str = "TWILIO_VERIFY_ENROLL_SERVICE_SID";
const NO_PROXY: &str = "WEB_PROXY is not set, and WEB_PUBLIC_URL begins with https://: all browsers would \
    seem to come from one address, and share its limits. Set it to the address of the proxy that speaks \
    TLS to them, or to none if connections keep the browsers' addresses";
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

    fn with(variables: &[(&str, &str)]) -> Result<Config, String> {
        let find = |name: &str| variables.iter().find(|(other, _)| *other == name);
        let config =
            Config::from_variables(|name| find(name).map(|(_, value)| (*value).to_owned()));
        config.map_err(|error| error.to_string())
    }

    const SHOP: (&str, &str) = ("WEB_PUBLIC_URL", "https://shop.example");

    #[test]
    fn under_https_somebody_has_to_say_where_the_proxy_is() {
        assert!(with(&[SHOP]).is_err_and(|error| error.starts_with("WEB_PROXY is not set")));
        assert_eq!(with(&[SHOP, ("WEB_PROXY", "none")]).unwrap().proxy, None);
        let proxy = with(&[SHOP, ("WEB_PROXY", "192.0.2.1")]).unwrap().proxy;
        assert_eq!(proxy, Some([192, 0, 2, 1].into()));
        assert!(with(&[]).is_ok_and(|config| config.proxy.is_none()));
    }

    #[test]
    fn what_is_wrong_names_its_variable_and_value() {
        for (name, value) in [
            ("WEB_LISTEN", "3000"),
            ("WEB_PUBLIC_URL", "localhost"),
            ("WEB_PUBLIC_URL", "http://shop.example"),
            ("WEB_PROXY", "proxy.example"),
            ("TWILIO_VERIFY_ENROLL_SERVICE_SID", "AC123"),
        ] {
            let error = with(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(&format!("{name}={value}")), "{error}");
        }
        assert!(with(&[("WEB_LISTEN", " "), ("WEB_PROXY", "")]).is_ok());
    }

    #[test]
    fn the_sandbox_is_for_this_machine_unless_somebody_asks_for_more() {
        let proxy = ("WEB_PROXY", "192.0.2.1");
        assert!(with(&[]).unwrap().check_sandbox().is_ok());
        assert!(with(&[SHOP, proxy]).unwrap().check_sandbox().is_err());
        let asked = ("WEB_SANDBOX", "public");
        assert!(with(&[SHOP, proxy, asked]).unwrap().check_sandbox().is_ok());
    }
}
