//! The configuration from the environment.

use std::{env, fmt::Display, str::FromStr};

use verify_mfa::BoxError;

use crate::config::Config;

impl Config {
    /// From the variables of `.env.example` that begin with `WEB_`, each of which may be absent or empty.
    ///
    /// # Errors
    /// When one of them cannot be used: other machines are served under `https` only.
    pub fn from_env() -> Result<Self, BoxError> {
        Self::from_variables(|name| env::var(name).ok())
    }

    pub(crate) fn from_variables(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, BoxError> {
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
}

fn parse<T: FromStr<Err: Display>>(name: &str, value: &str) -> Result<T, BoxError> {
    let parsed = value.trim().parse();
    parsed.map_err(|error| format!("{name}={value} cannot be used: {error}").into())
}

const ENROLL_SERVICE: &str = "TWILIO_VERIFY_ENROLL_SERVICE_SID";
const NO_PROXY: &str = "WEB_PROXY is not set, and WEB_PUBLIC_URL begins with https://: all browsers would \
    seem to come from one address, and share its limits. Set it to the address of the proxy that speaks \
    TLS to them, or to none if connections keep the browsers' addresses";
