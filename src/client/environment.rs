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

/// The API key if any part of it is set, the auth token otherwise.
fn credentials(variable: &impl Fn(&str) -> Option<String>) -> Result<Credentials, Error> {
    if variable("TWILIO_API_KEY").or_else(|| variable("TWILIO_API_KEY_SECRET")).is_some() {
        let names = ["TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_KEY_SECRET"];
        let [account, key, secret] = all(variable, names)?;
        let key = ApiKeySid::parse(&key).map_err(|error| invalid("TWILIO_API_KEY", error))?;
        return Ok(Credentials::api_key(account_sid(&account)?, key, secret));
    }
    let [account, token] = all(variable, ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"])?;
    Ok(Credentials::auth_token(account_sid(&account)?, token))
}

/// The values of all `names`, or an error that names all that are missing.
fn all<const N: usize>(
    variable: &impl Fn(&str) -> Option<String>,
    names: [&str; N],
) -> Result<[String; N], Error> {
    let values = names.map(variable);
    if values.iter().all(Option::is_some) {
        return Ok(values.map(Option::unwrap_or_default));
    }
    let absent = names.iter().zip(&values).filter(|(_, value)| value.is_none());
    Err(missing(&absent.map(|(name, _)| *name).collect::<Vec<_>>()))
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
