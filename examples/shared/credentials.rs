//! What a person types first.

use secrecy::{ExposeSecret, SecretString};
use verify_mfa::UserId;

use super::{
    failure::Failure,
    terminal::{ask, ask_password},
};

/// Asks for the user name and the password.
pub(crate) fn ask_credentials() -> Result<(UserId, SecretString), Failure> {
    let name = ask("User name: ")?;
    if name.chars().any(char::is_control) {
        return Err(Failure::because("A user name has no control characters."));
    }
    let user = UserId::new(name)?;
    let password = ask_password("Password: ")?;
    if password.expose_secret().is_empty() {
        return Err(Failure::because("A password cannot be empty."));
    }
    Ok((user, password))
}
