//! The two calls as an application writes them without a client: no types and no limits.

use std::time::Duration;

use serde::Deserialize;

use crate::{ACCOUNT, CODE, PHONE, SERVICE, TOKEN};

pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
}

#[derive(Deserialize)]
struct Verification {
    sid: String,
}

#[derive(Deserialize)]
struct VerificationCheck {
    status: String,
    valid: bool,
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        Self::with(url, reqwest::Client::builder)
    }

    /// With a limit on connecting and on the whole, as our client has.
    pub(crate) fn with_timeouts(url: &str) -> Self {
        Self::with(url, || {
            let builder = reqwest::Client::builder();
            builder.connect_timeout(Duration::from_secs(5)).timeout(Duration::from_secs(30))
        })
    }

    fn with(url: &str, builder: impl Fn() -> reqwest::ClientBuilder) -> Self {
        #[cfg(feature = "rustls-ring")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { http: builder().build().unwrap(), url: url.to_owned() }
    }

    pub(crate) async fn create_and_check(&self) {
        let verification = self.create().await.unwrap();
        let check = self.check(&verification.sid).await.unwrap();
        assert!(check.status == "approved" && check.valid);
    }

    async fn create(&self) -> reqwest::Result<Verification> {
        let request = self
            .http
            .post(format!("{}/v2/Services/{SERVICE}/Verifications", self.url))
            .basic_auth(ACCOUNT, Some(TOKEN))
            .form(&[("To", PHONE), ("Channel", "sms")]);
        request.send().await?.error_for_status()?.json().await
    }

    async fn check(&self, sid: &str) -> reqwest::Result<VerificationCheck> {
        let request = self
            .http
            .post(format!("{}/v2/Services/{SERVICE}/VerificationCheck", self.url))
            .basic_auth(ACCOUNT, Some(TOKEN))
            .form(&[("VerificationSid", sid), ("Code", CODE)]);
        request.send().await?.error_for_status()?.json().await
    }
}
