//! Who is asking.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::{AccountSid, ApiKeySid, Error};

/// What Twilio authenticates a request with. The secret is wiped from memory when dropped and never
/// shown.
///
/// ```
/// use verify_mfa::Credentials;
///
/// let account = "AC00000000000000000000000000000001".parse()?;
/// let key = "SK00000000000000000000000000000001".parse()?;
/// let credentials = Credentials::api_key(account, key, "key-secret");
/// assert!(!format!("{credentials:?}").contains("key-secret"));
/// # Ok::<(), verify_mfa::InvalidSid>(())
/// ```
#[derive(Clone)]
pub struct Credentials {
    account: AccountSid,
    key: Option<ApiKeySid>,
    secret: SecretString,
}

impl Credentials {
    /// The account's SID and its auth token. The token can do everything with the account: Twilio
    /// recommends it for local testing only, and [`api_key`](Self::api_key) elsewhere.
    pub fn auth_token(account: AccountSid, token: impl Into<SecretString>) -> Self {
        Self { account, key: None, secret: token.into() }
    }

    /// An API key and its secret. The account is kept for your own records; no Verify request names
    /// it.
    pub fn api_key(account: AccountSid, key: ApiKeySid, secret: impl Into<SecretString>) -> Self {
        Self { account, key: Some(key), secret: secret.into() }
    }

    /// The account.
    pub fn account_sid(&self) -> &AccountSid {
        &self.account
    }

    fn user_name(&self) -> &str {
        self.key.as_ref().map_or(self.account.as_str(), ApiKeySid::as_str)
    }

    /// The `Authorization` header, made once for all requests.
    pub(super) fn authorization(&self) -> Result<HeaderValue, Error> {
        let secret = self.secret.expose_secret();
        if secret.is_empty() {
            return Err(Error::configuration("the auth token or API key secret is empty"));
        }
        let pair = SecretString::from(format!("{}:{secret}", self.user_name()));
        let basic = format!("Basic {}", BASE64_STANDARD.encode(pair.expose_secret()));
        let mut header = HeaderValue::try_from(SecretString::from(basic).expose_secret())
            .map_err(|_| Error::configuration("the credentials do not fit into a header"))?;
        header.set_sensitive(true);
        Ok(header)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("account", &self.account)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
