//! What Twilio says, and when it says nothing.

use serde_json::{Value, json};
use verify_mfa::{
    Channel, Credentials, Error, MfaFlow, PhoneNumber, ServiceClient, UserId, VerifyClient,
    flow::{Approval, Challenge, ChannelUnavailable, Ended, Login, Refusal, Session, Started},
    store::{MemoryUsers, UserStore},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::support::{PHONE, assert_refused, challenged, policy, refused, session};

const SERVICE: &str = "VA00000000000000000000000000000001";
const VERIFICATION: &str = "VE00000000000000000000000000000001";
const OTHER_VERIFICATION: &str = "VE00000000000000000000000000000002";
const STARTS: &str = "/v2/Services/VA00000000000000000000000000000001/Verifications";
const CHECKS: &str = "/v2/Services/VA00000000000000000000000000000001/VerificationCheck";

/// A Twilio that says what a test tells it to.
struct Provider {
    server: MockServer,
    mfa: MfaFlow,
    users: MemoryUsers,
    user: UserId,
    session: Session,
}

impl Provider {
    async fn new() -> Self {
        let server = MockServer::start().await;
        let users = MemoryUsers::default();
        let user = UserId::new("ada").unwrap();
        users.insert(&user);
        let mfa = MfaFlow::new(service(&server.uri()), users.clone(), policy());
        Self { server, mfa, users, user, session: session("only") }
    }

    /// A provider that has sent a code.
    async fn challenged() -> (Self, Challenge) {
        let provider = Self::new().await;
        provider.says(STARTS, 201, verification("pending")).await;
        let challenge = challenged(provider.enroll().await.unwrap());
        (provider, challenge)
    }

    async fn says(&self, to: &str, status: u16, body: Value) {
        let reply = ResponseTemplate::new(status).set_body_json(body);
        Mock::given(method("POST")).and(path(to)).respond_with(reply).mount(&self.server).await;
    }

    async fn refuses(&self, to: &str, status: u16, code: u32) {
        let message = "Invalid parameter `To`: +14155550100";
        self.says(to, status, json!({ "code": code, "message": message, "status": status })).await;
    }

    async fn enroll(&self) -> Result<Started, Error> {
        let phone = PhoneNumber::parse(PHONE).unwrap();
        self.mfa.enroll(&self.user, &self.session, &phone, Channel::Sms).await
    }

    async fn approve(&self, challenge: &Challenge) -> Result<Approval, Error> {
        self.mfa.approve(&challenge.id, &self.session, "123456").await
    }

    async fn is_enrolled(&self) -> bool {
        self.users.load(&self.user).await.unwrap().unwrap().phone.is_some()
    }
}

fn service(base_url: &str) -> ServiceClient {
    let account = "AC00000000000000000000000000000001".parse().unwrap();
    let builder = VerifyClient::builder(Credentials::auth_token(account, "token"));
    builder.base_url(base_url).build().unwrap().service(SERVICE.parse().unwrap())
}

fn verification(status: &str) -> Value {
    json!({
        "sid": VERIFICATION, "service_sid": SERVICE, "to": PHONE, "channel": "sms",
        "status": status, "valid": status == "approved",
    })
}

#[track_caller]
fn with(mut reply: Value, field: &str, value: impl Into<Value>) -> Value {
    reply[field] = value.into();
    reply
}

#[tokio::test]
async fn refusals_of_twilio_are_answers_for_the_person() {
    let unavailable = |reason| Refusal::ChannelUnavailable { reason };
    let table = [
        (60200, 400, Refusal::InvalidPhone),
        (21211, 400, Refusal::InvalidPhone),
        (60205, 403, unavailable(ChannelUnavailable::Unreachable)),
        (60223, 400, unavailable(ChannelUnavailable::Unreachable)),
        (21408, 403, unavailable(ChannelUnavailable::Unreachable)),
        (21612, 400, unavailable(ChannelUnavailable::Unreachable)),
        (21614, 400, unavailable(ChannelUnavailable::Unreachable)),
        (21610, 400, unavailable(ChannelUnavailable::OptedOut)),
        (60410, 403, Refusal::BlockedByFraudGuard),
        (60605, 403, Refusal::BlockedByFraudGuard),
        (30450, 400, Refusal::BlockedByFraudGuard),
    ];
    for (code, status, expected) in table {
        let provider = Provider::new().await;
        provider.refuses(STARTS, status, code).await;
        assert_eq!(refused(provider.enroll().await.unwrap()), expected, "{code}");
    }
}

#[tokio::test]
async fn used_up_sends_say_until_when() {
    for code in [60202, 60203] {
        let provider = Provider::new().await;
        provider.refuses(STARTS, 429, code).await;
        let refusal = refused(provider.enroll().await.unwrap());
        assert!(matches!(refusal, Refusal::SendLimitReached { .. }), "{refusal:?}");
    }
}

#[tokio::test]
async fn too_many_starts_at_once_ask_for_patience() {
    let provider = Provider::new().await;
    provider.refuses(STARTS, 429, 60212).await;
    let refusal = refused(provider.enroll().await.unwrap());
    assert!(matches!(refusal, Refusal::ResendTooSoon { .. }), "{refusal:?}");
}

#[tokio::test]
async fn what_only_the_operator_can_fix_is_an_error() {
    for (code, status) in [(20003, 401), (60204, 403), (20404, 404), (60206, 400)] {
        let provider = Provider::new().await;
        provider.refuses(STARTS, status, code).await;
        let error = provider.enroll().await.unwrap_err();
        assert_eq!(error.code(), Some(code), "{error:?}");
    }
}

#[tokio::test]
async fn a_failed_start_may_be_tried_again_at_once() {
    let provider = Provider::new().await;
    provider.refuses(STARTS, 429, 20429).await;
    assert!(provider.enroll().await.unwrap_err().is_retryable());
    provider.server.reset().await;
    provider.says(STARTS, 201, verification("pending")).await;
    challenged(provider.enroll().await.unwrap());
}

#[tokio::test]
async fn a_start_whose_fate_is_unknown_is_not_repeated_by_itself() {
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
async fn a_code_whose_start_had_an_unknown_fate_can_still_be_approved() {
    let (provider, challenge) = lost_start("2100-01-01T00:00:00Z").await;
    assert!(matches!(provider.approve(&challenge).await, Ok(Approval::Enrolled)));
}

#[tokio::test]
async fn after_a_start_of_unknown_fate_an_older_verification_of_the_phone_is_not_ours() {
    let (provider, challenge) = lost_start("2001-01-01T00:00:00Z").await;
    assert_refused(provider.approve(&challenge).await.unwrap(), Ended::Expired);
    assert!(!provider.is_enrolled().await);
}

#[tokio::test]
async fn a_start_of_unknown_fate_that_is_superseded_leaves_no_code_behind() {
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
async fn a_lost_answer_to_a_check_lets_nobody_in_and_ends_the_challenge() {
    let (provider, challenge) = Provider::challenged().await;
    provider.refuses(CHECKS, 503, 20503).await;
    assert!(provider.approve(&challenge).await.unwrap_err().is_ambiguous());
    assert_refused(provider.approve(&challenge).await.unwrap(), Ended::Unknown);
    assert!(!provider.is_enrolled().await);
}

#[tokio::test]
async fn a_check_that_was_never_processed_costs_no_try() {
    let (provider, challenge) = Provider::challenged().await;
    provider.refuses(CHECKS, 429, 20429).await;
    provider.approve(&challenge).await.unwrap_err();
    provider.server.reset().await;
    provider.says(CHECKS, 200, verification("pending")).await;
    let approval = provider.approve(&challenge).await.unwrap();
    assert!(matches!(approval, Approval::Incorrect { left: 4 }), "{approval:?}");
}

#[tokio::test]
async fn a_verification_that_twilio_does_not_find_is_over_and_not_approved() {
    let (provider, challenge) = Provider::challenged().await;
    provider.refuses(CHECKS, 404, 20404).await;
    assert_refused(provider.approve(&challenge).await.unwrap(), Ended::Expired);
}

#[tokio::test]
async fn checks_that_twilio_counts_as_used_up_exhaust_the_challenge() {
    let (provider, challenge) = Provider::challenged().await;
    provider.refuses(CHECKS, 429, 60202).await;
    assert_refused(provider.approve(&challenge).await.unwrap(), Ended::Exhausted);
}

#[tokio::test]
async fn an_approval_counts_only_for_our_verification_service_and_phone() {
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
async fn a_reply_that_says_neither_approved_nor_wrong_is_neither() {
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
async fn a_wrong_code_that_used_up_the_checks_is_a_wrong_code() {
    let (provider, challenge) = Provider::challenged().await;
    let reply = with(verification("pending"), "status", "max_attempts_reached");
    provider.says(CHECKS, 201, reply).await;
    let approval = provider.approve(&challenge).await.unwrap();
    assert!(matches!(approval, Approval::Incorrect { left: 4 }), "{approval:?}");
}

#[tokio::test]
async fn an_approval_without_its_service_counts_for_nothing() {
    let (provider, challenge) = Provider::challenged().await;
    provider.says(CHECKS, 201, with(verification("approved"), "service_sid", Value::Null)).await;
    assert!(provider.approve(&challenge).await.is_err());
    assert!(!provider.is_enrolled().await);
}
