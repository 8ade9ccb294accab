//! Requests to the control plane, and to the API beside it.

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use verify_mfa::{
    Channel, Error, PhoneNumber,
    client::CreateVerification,
    sandbox::{Sandbox, SandboxBuilder},
};

pub(crate) const PHONE: &str = "+14155550100";

/// A sandbox that is controlled over HTTP.
pub(crate) struct Desk {
    pub(crate) sandbox: Sandbox,
    client: Client,
}

impl Desk {
    pub(crate) async fn start() -> Self {
        Self::with(Sandbox::builder().control_plane()).await
    }

    pub(crate) async fn with(builder: SandboxBuilder) -> Self {
        #[cfg(feature = "rustls-ring")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { sandbox: builder.start().await.unwrap(), client: Client::new() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.sandbox.base_url()))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Response {
        self.request(Method::POST, path).body(body.to_owned()).send().await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.request(Method::DELETE, path).send().await.unwrap()
    }

    /// Sends a text message, as an application does.
    pub(crate) async fn send(&self, to: &str) -> Result<(), Error> {
        let phone = PhoneNumber::parse(to).unwrap();
        let verification = CreateVerification::new(&phone, Channel::Sms);
        self.sandbox.service().verifications().create(&verification).await.map(drop)
    }
}

pub(crate) async fn json(response: Response, status: u16) -> Value {
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let seen = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    assert_eq!(seen, status, "{body}");
    body
}

/// A sentence that says what is wrong.
pub(crate) async fn problem(response: Response, status: u16) -> String {
    let body = json(response, status).await;
    let sentence = body["error"].as_str().unwrap();
    assert!(sentence.ends_with('.') && body.as_object().unwrap().len() == 1, "{body}");
    sentence.to_owned()
}
