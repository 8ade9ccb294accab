//! Requests by hand, and short ways to say what their answer must be.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use verify_mfa::sandbox::Sandbox;

pub(crate) const PHONE: &str = "+14155550100";

/// A sandbox and a client of it.
pub(crate) struct Wire {
    pub(crate) sandbox: Sandbox,
    client: Client,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) request_id: String,
}

impl Wire {
    pub(crate) async fn start() -> Self {
        Self::with(Sandbox::start().await.unwrap())
    }

    pub(crate) fn with(sandbox: Sandbox) -> Self {
        Self { sandbox, client: client() }
    }

    /// A request with the right credentials. `path` begins after `/v2`.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let (account, token) = (self.sandbox.account_sid(), self.sandbox.auth_token());
        self.anonymous(method, path).basic_auth(account, Some(token))
    }

    pub(crate) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/v2{path}", self.sandbox.base_url()))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        answer(self.request(Method::POST, path).form(form)).await
    }

    /// Follows an address that a reply gave.
    pub(crate) async fn follow(&self, url: &Value) -> Answer {
        let path = url.as_str().and_then(|url| url.strip_prefix(self.sandbox.base_url()));
        self.get(path.and_then(|path| path.strip_prefix("/v2")).unwrap()).await
    }

    /// A path of the ready-made service.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/Services/{}{rest}", self.sandbox.service_sid())
    }

    pub(crate) async fn send(&self, channel: &str) -> Answer {
        let form = [("To", PHONE), ("Channel", channel)];
        self.post(&self.path("/Verifications"), &form).await
    }

    /// Sends a text message and gives the verification's SID.
    pub(crate) async fn started(&self) -> String {
        self.send("sms").await.expect(201).text("sid")
    }

    pub(crate) async fn check(&self, code: &str) -> Answer {
        self.post(&self.path("/VerificationCheck"), &[("To", PHONE), ("Code", code)]).await
    }

    pub(crate) fn code(&self) -> String {
        self.sandbox.code_for(PHONE).unwrap()
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// Twilio's error shape with this code.
    #[track_caller]
    pub(crate) fn expect_error(self, status: u16, code: u64) -> Self {
        assert_eq!((self.status, &self.body["code"]), (status, &code.into()), "{}", self.body);
        assert_eq!(keys(&self.body), ["code", "message", "more_info", "status"]);
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["more_info"], format!("https://www.twilio.com/docs/errors/{code}"));
        self
    }

    #[track_caller]
    pub(crate) fn text(&self, key: &str) -> String {
        self.body[key].as_str().unwrap_or_else(|| panic!("no {key}: {}", self.body)).to_owned()
    }
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let request_id = response.headers()["twilio-request-id"].to_str().unwrap().to_owned();
    let body = response.bytes().await.unwrap();
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    Answer { status, body, request_id }
}

/// The names of an object's fields, sorted.
#[track_caller]
pub(crate) fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn client() -> Client {
    #[cfg(feature = "rustls-ring")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}
