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
    /// [`Error::Configuration`] names every variable that is missing, or the first that does not
    /// hold what it should.
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
    let with_key = ["TWILIO_API_KEY", "TWILIO_API_KEY_SECRET"].map(variable);
    if with_key.iter().all(Option::is_none) {
        let [account, token] = all(variable, ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"])?;
        return Ok(Credentials::auth_token(account_sid(&account)?, token));
    }
    let names = ["TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_KEY_SECRET"];
    let [account, key, secret] = all(variable, names)?;
    let key = ApiKeySid::parse(&key).map_err(|error| invalid("TWILIO_API_KEY", error))?;
    Ok(Credentials::api_key(account_sid(&account)?, key, secret))
}

/// What the variables hold, or an error that names every one that is missing.
fn all<const COUNT: usize>(
    variable: &impl Fn(&str) -> Option<String>,
    names: [&str; COUNT],
) -> Result<[String; COUNT], Error> {
    let values = names.map(variable);
    if values.iter().all(Option::is_some) {
        return Ok(values.map(Option::unwrap_or_default));
    }
    let missing_names = names.iter().zip(&values).filter(|(_, value)| value.is_none());
    Err(missing(&missing_names.map(|(name, _)| *name).collect::<Vec<_>>()))
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
    env::var(name).ok().and_then(|text| filled(&text))
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

const SERVICE_NAMES: [&str; 3] =
    ["TWILIO_VERIFY_SERVICE_SID", "TWILIO_VERIFY_SERVICE_ID", "TWILIO_SERVICE"];

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    const ACCOUNT: (&str, &str) = ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001");
    const TOKEN: (&str, &str) = ("TWILIO_AUTH_TOKEN", "auth-token");
    const KEY: (&str, &str) = ("TWILIO_API_KEY", "SK00000000000000000000000000000001");
    const SECRET: (&str, &str) = ("TWILIO_API_KEY_SECRET", "key-secret");
    const SERVICE: &str = "VA00000000000000000000000000000001";

    /// A process with these variables and no other.
    fn with<'a>(variables: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |wanted| {
            let found = variables.iter().find(|(name, _)| *name == wanted);
            found.and_then(|(_, text)| filled(text))
        }
    }

    #[track_caller]
    fn problem(variables: &[(&str, &str)]) -> String {
        VerifyClient::from_variables(with(variables)).unwrap_err().to_string()
    }

    #[track_caller]
    fn user_name(variables: &[(&str, &str)]) -> String {
        let header = credentials(&with(variables)).unwrap().authorization().unwrap();
        let basic = header.to_str().unwrap().strip_prefix("Basic ").unwrap();
        let pair = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, basic).unwrap();
        String::from_utf8(pair).unwrap()
    }

    #[track_caller]
    fn assert_host(variables: &[(&str, &str)], host: &str) {
        let variables = [&[ACCOUNT, TOKEN], variables].concat();
        let client = VerifyClient::from_variables(with(&variables)).unwrap();
        assert!(format!("{client:?}").contains(host), "{client:?}");
    }

    #[test]
    fn an_account_with_its_token_is_enough() {
        assert_eq!(user_name(&[ACCOUNT, TOKEN]), "AC00000000000000000000000000000001:auth-token");
    }

    #[test]
    fn an_api_key_goes_before_a_token() {
        let pair = "SK00000000000000000000000000000001:key-secret";
        assert_eq!(user_name(&[ACCOUNT, KEY, SECRET]), pair);
        assert_eq!(user_name(&[ACCOUNT, TOKEN, KEY, SECRET]), pair);
    }

    #[test]
    fn every_missing_variable_is_named() {
        for (variables, names) in [
            (&[][..], "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
            (&[ACCOUNT], "TWILIO_AUTH_TOKEN"),
            (&[TOKEN], "TWILIO_ACCOUNT_SID"),
            (&[KEY], "TWILIO_ACCOUNT_SID and TWILIO_API_KEY_SECRET"),
            (&[SECRET], "TWILIO_ACCOUNT_SID and TWILIO_API_KEY"),
            (&[KEY, SECRET], "TWILIO_ACCOUNT_SID"),
            (&[ACCOUNT, KEY], "TWILIO_API_KEY_SECRET"),
            (&[ACCOUNT, SECRET], "TWILIO_API_KEY"),
        ] {
            let expected = format!("set {names} in the environment");
            assert_eq!(problem(variables), format!("the configuration does not work: {expected}"));
        }
    }

    #[test]
    fn half_an_api_key_is_never_replaced_by_a_token() {
        assert!(problem(&[ACCOUNT, TOKEN, KEY]).contains("TWILIO_API_KEY_SECRET"));
        assert!(problem(&[ACCOUNT, TOKEN, SECRET]).contains("TWILIO_API_KEY"));
    }

    #[test]
    fn a_blank_variable_is_not_set_and_blanks_around_one_are_dropped() {
        for blank in ["", " ", "\t\n"] {
            assert_eq!(filled(blank), None);
        }
        assert_eq!(filled(" text\n").as_deref(), Some("text"));
        assert!(problem(&[ACCOUNT, ("TWILIO_AUTH_TOKEN", " ")]).contains("TWILIO_AUTH_TOKEN"));
        let blank_key = [ACCOUNT, TOKEN, ("TWILIO_API_KEY", ""), ("TWILIO_API_KEY_SECRET", "")];
        assert!(user_name(&blank_key).ends_with("auth-token"));
    }

    #[test]
    fn a_variable_that_holds_another_kind_of_sid_is_named_and_not_shown() {
        let service = ("TWILIO_ACCOUNT_SID", SERVICE);
        let account = ("TWILIO_API_KEY", ACCOUNT.1);
        for (variables, name) in [
            (&[service, TOKEN][..], "TWILIO_ACCOUNT_SID"),
            (&[ACCOUNT, account, SECRET], "TWILIO_API_KEY"),
            (&[ACCOUNT, ("TWILIO_API_KEY", "key-secret"), SECRET], "TWILIO_API_KEY"),
        ] {
            let error = VerifyClient::from_variables(with(variables)).unwrap_err();
            let text = format!("{error}: {}", error.source().unwrap());
            assert!(text.contains(&format!("the environment variable {name} does not")), "{text}");
            assert!(text.contains("hexadecimal digits") && !text.contains("key-secret"), "{text}");
        }
    }

    #[test]
    fn region_and_edge_choose_the_host() {
        assert_host(&[], "\"verify.twilio.com\"");
        assert_host(&[("TWILIO_REGION", "ie1")], "\"verify.ie1.twilio.com\"");
        let edge = ("TWILIO_EDGE", "dublin");
        assert_host(&[edge], "\"verify.dublin.us1.twilio.com\"");
        assert_host(&[("TWILIO_REGION", "ie1"), edge], "\"verify.dublin.ie1.twilio.com\"");
    }

    #[test]
    fn a_service_goes_by_three_names_and_the_documented_one_first() {
        for name in SERVICE_NAMES {
            let variables = [(name, SERVICE)];
            assert_eq!(ServiceSid::from_variables(with(&variables)).unwrap().as_str(), SERVICE);
        }
        let other = SERVICE.replace('1', "2");
        let both = [("TWILIO_SERVICE", other.as_str()), ("TWILIO_VERIFY_SERVICE_SID", SERVICE)];
        assert_eq!(ServiceSid::from_variables(with(&both)).unwrap().as_str(), SERVICE);
    }

    #[test]
    fn a_missing_or_wrong_service_is_named() {
        let error = ServiceSid::from_variables(with(&[])).unwrap_err();
        assert!(error.to_string().contains("set TWILIO_VERIFY_SERVICE_SID in the environment"));
        let wrong = [("TWILIO_SERVICE", ACCOUNT.1)];
        let error = ServiceSid::from_variables(with(&wrong)).unwrap_err();
        assert!(error.to_string().contains("the environment variable TWILIO_SERVICE does not"));
        let source = error.source().unwrap().to_string();
        assert!(source.contains("expected a Verify service SID"), "{source}");
    }
}
