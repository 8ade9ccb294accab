//! Who may use the sandbox.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::types::{AccountSid, ApiKeySid};

/// The account's token and its API keys, as they arrive in a header.
pub(crate) struct Credentials {
    pub(crate) auth_token: SecretString,
    accepted: Vec<SecretString>,
}

impl Credentials {
    pub(crate) fn new(
        account: &AccountSid,
        auth_token: SecretString,
        api_keys: &[(ApiKeySid, SecretString)],
    ) -> Self {
        let mut accepted = vec![encoded(account.as_str(), &auth_token)];
        accepted.extend(api_keys.iter().map(|(sid, secret)| encoded(sid.as_str(), secret)));
        Self { auth_token, accepted }
    }

    /// Whether this `Authorization` header is one of theirs.
    pub(crate) fn admit(&self, authorization: &[u8]) -> bool {
        let Some((scheme, given)) = authorization.split_at_checked("Basic ".len()) else {
            return false;
        };
        scheme.eq_ignore_ascii_case(b"Basic ")
            && self
                .accepted
                .iter()
                .any(|accepted| accepted.expose_secret().as_bytes().ct_eq(given).into())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials([redacted] of {})", self.accepted.len())
    }
}

fn encoded(name: &str, secret: &SecretString) -> SecretString {
    BASE64_STANDARD.encode(format!("{name}:{}", secret.expose_secret())).into()
}
