//! Credentials from the variables that Twilio's own tools use.

use std::env;

use crate::{AccountSid, ApiKeySid, Credentials, Error, InvalidSid, ServiceSid, VerifyClient};

impl VerifyClient {
    /// A client from the environment of the process: `TWILIO_ACCOUNT_SID` with either
    /// `TWILIO_API_KEY` and `TWILIO_API_KEY_SECRET` or `TWILIO_AUTH_TOKEN`; the API key is used when
    /// both are there. `TWILIO_REGION` and `TWILIO_EDGE` choose the host. A variable that is empty
    /// counts as not set. Files such as `.env` are not read.
    ///
    /// Building a client loads the machine's trust roots (some 20 million instructions): make one
    /// for the process and clone it.
    ///
    /// # Errors
    /// [`Error::Configuration`] names every variable that is missing or that does not hold what it
    /// should.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(variable)
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut builder = Self::builder(credentials(&variable)?);
        if let Some(region) = variable("TWILIO_REGION") {
            builder = builder.region(region);
        }
        if let Some(edge) = variable("TWILIO_EDGE") {
            builder = builder.edge(edge);
        }
        builder.build()
    }
}

impl ServiceSid {
    /// The service from `TWILIO_VERIFY_SERVICE_SID`, or from `TWILIO_VERIFY_SERVICE_ID` or
    /// `TWILIO_SERVICE`, names that tutorials use.
    ///
    /// # Errors
    /// [`Error::Configuration`] when none of them is set or the first that is set holds another kind
    /// of SID.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(variable)
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let found = SERVICE_NAMES.iter().find_map(|name| Some((*name, variable(name)?)));
        let (name, text) = found.ok_or_else(|| missing(&["TWILIO_VERIFY_SERVICE_SID"]))?;
        Self::parse(&text).map_err(|error| invalid(name, error))
    }
}

fn credentials(variable: &impl Fn(&str) -> Option<String>) -> Result<Credentials, Error> {
    let key = variable("TWILIO_API_KEY");
    let key_secret = variable("TWILIO_API_KEY_SECRET");
    if key.is_none() && key_secret.is_none() {
        let (account, token) = both(variable, "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")?;
        return Ok(Credentials::auth_token(account_sid(&account)?, token));
    }
    let (key, secret) = both(variable, "TWILIO_API_KEY", "TWILIO_API_KEY_SECRET")?;
    let account = variable("TWILIO_ACCOUNT_SID").ok_or_else(|| missing(&["TWILIO_ACCOUNT_SID"]))?;
    let key = ApiKeySid::parse(&key).map_err(|error| invalid("TWILIO_API_KEY", error))?;
    Ok(Credentials::api_key(account_sid(&account)?, key, secret))
}

fn both(
    variable: &impl Fn(&str) -> Option<String>,
    first: &'static str,
    second: &'static str,
) -> Result<(String, String), Error> {
    match (variable(first), variable(second)) {
        (Some(one), Some(other)) => Ok((one, other)),
        (Some(_), None) => Err(missing(&[second])),
        (None, Some(_)) => Err(missing(&[first])),
        (None, None) => Err(missing(&[first, second])),
    }
}

fn account_sid(text: &str) -> Result<AccountSid, Error> {
    AccountSid::parse(text).map_err(|error| invalid("TWILIO_ACCOUNT_SID", error))
}

fn missing(names: &[&str]) -> Error {
    Error::configuration(format!("set {} in the environment", names.join(" and ")))
}

fn invalid(name: &str, error: InvalidSid) -> Error {
    Error::Configuration {
        problem: format!("the environment variable {name} does not hold what it should").into(),
        source: Some(error.into()),
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

const SERVICE_NAMES: [&str; 3] =
    ["TWILIO_VERIFY_SERVICE_SID", "TWILIO_VERIFY_SERVICE_ID", "TWILIO_SERVICE"];
