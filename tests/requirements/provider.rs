//! 8, 52 and 53: what Twilio says, and when it says nothing.

use std::time::Duration;

use serde_json::{Value, json};
use verify_mfa::{
    Channel, Credentials, Error, MfaFlow, PhoneNumber, ServiceClient, UserId, VerifyClient,
    client::Retry,
    flow::{Approval, Challenge, Ended, Login, Policy, Session, Started},
    store::{MemoryUsers, UserStore},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string_contains, method, path},
};

use crate::support::{PHONE, assert_refused, challenged, policy, session};

pub(crate) const SERVICE: &str = "VA00000000000000000000000000000001";
const VERIFICATION: &str = "VE00000000000000000000000000000001";
const OTHER_VERIFICATION: &str = "VE00000000000000000000000000000002";
pub(crate) const STARTS: &str = "/v2/Services/VA00000000000000000000000000000001/Verifications";
pub(crate) const CHECKS: &str = "/v2/Services/VA00000000000000000000000000000001/VerificationCheck";

/// A Twilio that says what a test tells it to.
pub(crate) struct Provider {
    pub(crate) server: MockServer,
    pub(crate) mfa: MfaFlow,
    users: MemoryUsers,
    user: UserId,
    pub(crate) session: Session,
}

impl Provider {
    pub(crate) async fn new() -> Self {
        Self::with(policy()).await
    }

    pub(crate) async fn with(policy: Policy) -> Self {
        let server = MockServer::start().await;
        let users = MemoryUsers::default();
        let user = UserId::new("ada").unwrap();
        users.insert(&user);
        let mfa = MfaFlow::new(service(&server.uri()), users.clone(), policy);
        Self { server, mfa, users, user, session: session("only") }
    }

    /// A provider that has sent a code.
    pub(crate) async fn challenged() -> (Self, Challenge) {
        Self::challenged_with(policy()).await
    }

    pub(crate) async fn challenged_with(policy: Policy) -> (Self, Challenge) {
        let provider = Self::with(policy).await;
        provider.says(STARTS, 201, verification("pending")).await;
        let challenge = challenged(provider.enroll().await.unwrap());
        (provider, challenge)
    }

    pub(crate) async fn says(&self, to: &str, status: u16, body: Value) {
        let reply = ResponseTemplate::new(status).set_body_json(body);
        Mock::given(method("POST")).and(path(to)).respond_with(reply).mount(&self.server).await;
    }

    pub(crate) async fn refuses(&self, to: &str, status: u16, code: u32) {
        let message = "Invalid parameter `To`: +14155550100";
        self.says(to, status, json!({ "code": code, "message": message, "status": status })).await;
    }

    /// Refuses a start by this channel.
    pub(crate) async fn refuses_channel(&self, channel: &str, status: u16, code: u32) {
        let reply = ResponseTemplate::new(status).set_body_json(json!({ "code": code }));
        let start = Mock::given(method("POST")).and(path(STARTS));
        let by = body_string_contains(format!("Channel={channel}"));
        start.and(by).respond_with(reply).mount(&self.server).await;
    }

    pub(crate) async fn enroll(&self) -> Result<Started, Error> {
        self.enroll_phone(&PhoneNumber::parse(PHONE).unwrap()).await
    }

    pub(crate) async fn enroll_phone(&self, phone: &PhoneNumber) -> Result<Started, Error> {
        self.mfa.enroll(&self.user, &self.session, phone, Channel::Sms).await
    }

    pub(crate) async fn is_locked(&self) -> bool {
        self.mfa.status(&self.user).await.unwrap().locked.is_some()
    }

    pub(crate) async fn requests(&self) -> Vec<String> {
        let requests = self.server.received_requests().await.unwrap();
        requests.iter().map(|own| String::from_utf8(own.body.clone()).unwrap()).collect()
    }

    pub(crate) async fn approve(&self, challenge: &Challenge) -> Result<Approval, Error> {
        self.mfa.approve(&challenge.id, &self.session, "123456").await
    }

    pub(crate) async fn is_enrolled(&self) -> bool {
        self.users.load(&self.user).await.unwrap().unwrap().phone.is_some()
    }
}

fn service(base_url: &str) -> ServiceClient {
    let account = "AC00000000000000000000000000000001".parse().unwrap();
    let builder = VerifyClient::builder(Credentials::auth_token(account, "token"));
    let retry = Retry::default().backoff(Duration::ZERO, Duration::ZERO);
    let client = builder.base_url(base_url).retry(retry).build().unwrap();
    client.service(SERVICE.parse().unwrap())
}

pub(crate) fn verification(status: &str) -> Value {
    json!({
        "sid": VERIFICATION, "service_sid": SERVICE, "to": PHONE, "channel": "sms",
        "status": status, "valid": status == "approved",
    })
}

#[track_caller]
pub(crate) fn with(mut reply: Value, field: &str, value: impl Into<Value>) -> Value {
    reply[field] = value.into();
    reply
}

#[tokio::test]
async fn r52_a_failed_start_may_be_tried_again_at_once() {
    let provider = Provider::new().await;
    provider.refuses(STARTS, 429, 20429).await;
    assert!(provider.enroll().await.unwrap_err().is_retryable());
    assert_eq!(provider.requests().await.len(), 3);
    provider.server.reset().await;
    provider.says(STARTS, 201, verification("pending")).await;
    challenged(provider.enroll().await.unwrap());
}

#[tokio::test]
async fn r52_a_start_whose_fate_is_unknown_is_not_repeated_by_itself() {
    let provider = Provider::new().await;
    provider.refuses(STARTS, 503, 20503).await;
    assert!(provider.enroll().await.unwrap_err().is_ambiguous());
    challenged(provider.enroll().await.unwrap());
    assert_eq!(provider.server.received_requests().await.unwrap().len(), 1);
}

/// A provider whose start got no answer, but whose pending verification, when looked up, got its
/// last message at `sent_at`.
async fn lost_start(sent_at: &str) -> (Provider, Challenge) {
    let provider = Provider::new().await;
    provider.refuses(STARTS, 503, 20503).await;
    provider.enroll().await.unwrap_err();
    let challenge = challenged(provider.enroll().await.unwrap());
    let attempts = json!([{ "time": sent_at, "channel": "SMS" }]);
    let pending = with(verification("pending"), "send_code_attempts", attempts);
    let reply = ResponseTemplate::new(200).set_body_json(pending);
    let lookup = path(format!("{STARTS}/{}", PHONE.replace('+', "%2B")));
    Mock::given(method("GET")).and(lookup).respond_with(reply).mount(&provider.server).await;
    provider.says(CHECKS, 201, verification("approved")).await;
    (provider, challenge)
}

#[tokio::test]
async fn r52_a_code_whose_start_had_an_unknown_fate_can_still_be_approved() {
    let (provider, challenge) = lost_start("2100-01-01T00:00:00Z").await;
    assert!(matches!(provider.approve(&challenge).await, Ok(Approval::Enrolled { .. })));
}

#[tokio::test]
async fn r52_after_a_start_of_unknown_fate_an_older_verification_of_the_phone_is_not_ours() {
    let (provider, challenge) = lost_start("2001-01-01T00:00:00Z").await;
    assert_refused(provider.approve(&challenge).await.unwrap(), Ended::Expired);
    assert!(!provider.is_enrolled().await);
}

#[tokio::test]
async fn r52_a_start_of_unknown_fate_that_is_superseded_leaves_no_code_behind() {
    let provider = Provider::new().await;
    let phone = PhoneNumber::parse(PHONE).unwrap();
    let stamp = provider.users.load(&provider.user).await.unwrap().unwrap().stamp;
    let _ = provider.users.save_phone(&provider.user, Some(&phone), &stamp, &stamp).await.unwrap();
    provider.refuses(STARTS, 503, 20503).await;
    for name in ["first", "second"] {
        let login = provider.mfa.challenge(&provider.user, &session(name), Login::new()).await;
        login.unwrap_err();
    }
    let requests = provider.server.received_requests().await.unwrap();
    let paths = requests.iter().map(|request| request.url.path()).collect::<Vec<_>>();
    assert_eq!(paths, [STARTS, &format!("{STARTS}/%2B14155550100"), STARTS]);
    assert_eq!(requests.get(1).unwrap().body, b"Status=canceled");
}

#[tokio::test]
async fn r52_a_lost_answer_to_a_check_lets_nobody_in_and_ends_the_challenge() {
    let (provider, challenge) = Provider::challenged().await;
    provider.refuses(CHECKS, 503, 20503).await;
    assert!(provider.approve(&challenge).await.unwrap_err().is_ambiguous());
    assert_refused(provider.approve(&challenge).await.unwrap(), Ended::Unknown);
    assert!(!provider.is_enrolled().await);
}

#[tokio::test]
async fn r52_a_check_that_was_never_processed_costs_no_try() {
    let (provider, challenge) = Provider::challenged().await;
    provider.refuses(CHECKS, 429, 20429).await;
    provider.approve(&challenge).await.unwrap_err();
    provider.server.reset().await;
    provider.says(CHECKS, 200, verification("pending")).await;
    let approval = provider.approve(&challenge).await.unwrap();
    assert!(matches!(approval, Approval::Incorrect { left: 4 }), "{approval:?}");
}

#[tokio::test]
async fn r53_a_verification_that_twilio_does_not_find_is_over_and_not_approved() {
    let (provider, challenge) = Provider::challenged().await;
    provider.refuses(CHECKS, 404, 20404).await;
    assert_refused(provider.approve(&challenge).await.unwrap(), Ended::Expired);
}

#[tokio::test]
async fn r08_an_approval_counts_only_for_our_verification_service_and_phone() {
    let foreign = [
        ("sid", OTHER_VERIFICATION),
        ("service_sid", "VA00000000000000000000000000000002"),
        ("to", "+14155550199"),
    ];
    for (field, value) in foreign {
        let (provider, challenge) = Provider::challenged().await;
        provider.says(CHECKS, 201, with(verification("approved"), field, value)).await;
        assert!(provider.approve(&challenge).await.is_err(), "{field}");
        assert!(!provider.is_enrolled().await, "{field}");
    }
}

#[tokio::test]
async fn r08_a_reply_that_says_neither_approved_nor_wrong_is_neither() {
    let replies = [
        with(verification("approved"), "valid", false),
        with(verification("approved"), "valid", Value::Null),
        with(verification("pending"), "valid", true),
        with(verification("approved"), "status", "APPROVED"),
        with(verification("pending"), "status", "canceled"),
        with(verification("pending"), "status", "expired"),
        with(verification("pending"), "sid", OTHER_VERIFICATION),
    ];
    for reply in replies {
        let (provider, challenge) = Provider::challenged().await;
        provider.says(CHECKS, 201, reply).await;
        assert!(provider.approve(&challenge).await.unwrap_err().is_ambiguous());
        assert!(!provider.is_enrolled().await);
    }
}

#[tokio::test]
async fn r08_a_wrong_code_that_used_up_the_checks_is_a_wrong_code() {
    let (provider, challenge) = Provider::challenged().await;
    let reply = with(verification("pending"), "status", "max_attempts_reached");
    provider.says(CHECKS, 201, reply).await;
    let approval = provider.approve(&challenge).await.unwrap();
    assert!(matches!(approval, Approval::Incorrect { left: 4 }), "{approval:?}");
}

#[tokio::test]
async fn r08_an_approval_that_leaves_something_out_counts_for_nothing() {
    for field in ["sid", "service_sid", "to", "status", "valid"] {
        let (provider, challenge) = Provider::challenged().await;
        let mut reply = verification("approved");
        reply.as_object_mut().unwrap().remove(field);
        provider.says(CHECKS, 201, reply).await;
        assert!(provider.approve(&challenge).await.unwrap_err().is_ambiguous(), "{field}");
        assert!(!provider.is_enrolled().await, "{field}");
    }
}
