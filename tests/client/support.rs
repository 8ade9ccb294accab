//! A server with one answer for everything, a client of it, and names for what the tests share.

use std::{
    error::Error as _,
    time::{Duration, SystemTime},
};

use reqwest::header::HeaderMap;
use verify_mfa::{
    Channel, Code, Credentials, Error, PhoneNumber, ServiceClient, ServiceSid, VerificationSid,
    VerifyClient,
    client::{
        CheckOutcome, CreateVerification, CreateVerificationCheck, Retry, Verification,
        VerifyClientBuilder,
    },
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const KEY: &str = "SK00000000000000000000000000000001";
pub(crate) const SERVICE: &str = "VA00000000000000000000000000000001";
pub(crate) const VERIFICATION: &str = "VE00000000000000000000000000000001";
pub(crate) const ATTEMPT: &str = "VL00000000000000000000000000000001";
pub(crate) const PHONE: &str = "+14155550100";
pub(crate) const ADDRESS: &str = "jane.doe@example.com";
pub(crate) const CODE: &str = "012345";
pub(crate) const TOKEN: &str = "a-secret-token";

/// A server that gives every request the same answer, and a client of it.
pub(crate) struct Wire {
    server: MockServer,
    pub(crate) client: VerifyClient,
}

/// A request as it arrived.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Wire {
    pub(crate) async fn answering(status: u16, body: impl AsRef<[u8]>) -> Self {
        let reply = ResponseTemplate::new(status);
        Self::with(reply.set_body_raw(body.as_ref(), "application/json")).await
    }

    pub(crate) async fn with(reply: ResponseTemplate) -> Self {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(reply).mount(&server).await;
        let client = client(server.uri());
        Self { server, client }
    }

    /// The same server, and a client that makes a call more than once.
    pub(crate) fn impatient(self) -> Self {
        Self { client: impatient(self.uri()).build().unwrap(), ..self }
    }

    pub(crate) fn uri(&self) -> String {
        self.server.uri()
    }

    pub(crate) fn service(&self) -> ServiceClient {
        self.client.service(service_sid())
    }

    pub(crate) async fn send(&self) -> Result<Verification, Error> {
        self.service().verifications().create(&text_message()).await
    }

    pub(crate) async fn look(&self) -> Result<Verification, Error> {
        self.service().verifications().fetch(verification_sid()).await
    }

    pub(crate) async fn check(&self) -> Result<CheckOutcome, Error> {
        self.service().verification_checks().create(&typed_code()).await
    }

    /// The only request that arrived.
    pub(crate) async fn received(&self) -> Received {
        let requests = self.server.received_requests().await.unwrap();
        let [request] = &requests[..] else { panic!("{} requests", requests.len()) };
        let url = &request.url;
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        Received {
            line: format!("{} {}{query}", request.method, url.path()),
            headers: request.headers.clone(),
            body: String::from_utf8(request.body.clone()).unwrap(),
        }
    }

    pub(crate) async fn received_requests(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }
}

impl Received {
    /// The method, the path with its query, and the body.
    #[track_caller]
    pub(crate) fn expect(&self, line: &str, body: &str) {
        assert_eq!((self.line.as_str(), self.body.as_str()), (line, body));
        assert_eq!(self.header("accept"), Some("application/json"));
        let form = (!body.is_empty()).then_some("application/x-www-form-urlencoded");
        assert_eq!(self.header("content-type"), form);
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub(crate) fn credentials() -> Credentials {
    Credentials::auth_token(ACCOUNT.parse().unwrap(), TOKEN)
}

/// Every call is made once: what is made more than once is tested under `retry`.
pub(crate) fn builder(base_url: impl Into<String>) -> VerifyClientBuilder {
    VerifyClient::builder(credentials()).base_url(base_url).retry(Retry::none())
}

/// With the defaults, but for the waits: there are none.
pub(crate) fn impatient(base_url: impl Into<String>) -> VerifyClientBuilder {
    builder(base_url).retry(Retry::default().backoff(Duration::ZERO, Duration::ZERO))
}

pub(crate) fn client(base_url: impl Into<String>) -> VerifyClient {
    builder(base_url).build().unwrap()
}

pub(crate) fn service_sid() -> ServiceSid {
    SERVICE.parse().unwrap()
}

pub(crate) fn verification_sid() -> VerificationSid {
    VERIFICATION.parse().unwrap()
}

pub(crate) fn phone() -> PhoneNumber {
    PhoneNumber::from_e164(PHONE).unwrap()
}

pub(crate) fn code() -> Code {
    Code::parse(CODE).unwrap()
}

pub(crate) fn text_message() -> CreateVerification {
    CreateVerification::new(phone(), Channel::Sms)
}

pub(crate) fn typed_code() -> CreateVerificationCheck {
    CreateVerificationCheck::new(verification_sid()).code(&code())
}

/// A moment in UTC, by its RFC 3339 text.
pub(crate) fn at(text: &str) -> Option<SystemTime> {
    Some(text.parse::<jiff::Timestamp>().unwrap().into())
}

/// `Display` of the error and of every cause, outermost first.
pub(crate) fn chain(error: &Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts
}

/// Every cause is said once, and neither way of printing shows a secret.
#[track_caller]
pub(crate) fn assert_safe_to_log(error: &Error) {
    let texts = chain(error);
    for (at, text) in texts.iter().enumerate() {
        let later = texts.get(at + 1..).unwrap();
        assert!(!later.iter().any(|cause| text.contains(cause.as_str())), "twice: {texts:?}");
    }
    assert_no_secret(&texts.join("\n"));
    assert_no_secret(&format!("{error:?}"));
    assert_no_secret(&format!("{error:#?}"));
}

#[track_caller]
pub(crate) fn assert_no_secret(text: &str) {
    for secret in ["4155550100", CODE, "jane", TOKEN, "QUMwMDAw"] {
        assert!(!text.contains(secret), "{secret} in: {text}");
    }
}

/// The TLS that a bare `reqwest::Client` needs, unless another feature brings one.
pub(crate) fn bare_client() -> reqwest::Client {
    #[cfg(feature = "rustls-ring")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
