//! A login through the flow, and the same two calls through the bare client.

use async_trait::async_trait;
use verify_mfa::{
    BoxError, Channel, Code, Country, Credentials, Error, MfaFlow, ServiceClient, VerifyClient,
    client::{CheckOutcome, CreateVerification, CreateVerificationCheck},
    flow::{
        Approval, Challenge, Countries, Decision, Limit, Login, PlannedSend, Policy, Risk,
        RiskAssessment, StateKey,
    },
    store::MemoryState,
};

use crate::{
    ACCOUNT, CODE, SERVICE, TOKEN,
    users::{Users, phone, session, user},
};

pub(crate) fn service(url: &str) -> ServiceClient {
    let credentials = Credentials::auth_token(ACCOUNT.parse().unwrap(), TOKEN);
    let client = VerifyClient::builder(credentials).base_url(url).build().unwrap();
    client.service(SERVICE.parse().unwrap())
}

/// Counts everything, and has room for a million logins.
pub(crate) fn policy() -> Policy {
    let limit = [Limit::per_day(u32::MAX)];
    let policy = Policy::new(Countries::only([Country::US])).sends_in_all(limit);
    policy.and_then(|policy| policy.sends_per_country(limit)).unwrap()
}

/// Counts nothing but what stands in the user's own record.
pub(crate) fn policy_without_counters() -> Policy {
    let without = || -> Result<Policy, Error> {
        policy().sends_per_phone([])?.sends_per_caller([])?.sends_per_country([])?.sends_in_all([])
    };
    without().unwrap()
}

pub(crate) fn flow(service: &ServiceClient, state: &MemoryState, policy: Policy) -> MfaFlow {
    let key = StateKey::new([7; 32]);
    MfaFlow::new(service.clone(), Users, policy).with_state(state.clone(), key)
}

/// Begins the login of a user, and lets it wait for its code.
pub(crate) async fn begin(flow: &MfaFlow, number: u32) -> Challenge {
    match flow.challenge(&user(number), &session(number), Login::new()).await.unwrap() {
        Decision::Challenged(challenge) => challenge,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn log_in(flow: &MfaFlow, number: u32) {
    let challenge = begin(flow, number).await;
    let approval = flow.approve(&challenge.id, &session(number), CODE).await.unwrap();
    assert!(matches!(approval, Approval::LoggedIn(_)), "{approval:?}");
}

pub(crate) async fn create_and_check(service: &ServiceClient, number: u32) {
    let verification = CreateVerification::new(phone(number), Channel::Sms);
    let verification = service.verifications().create(&verification).await.unwrap();
    let code = Code::parse(CODE).unwrap();
    let check = CreateVerificationCheck::new(&verification.sid).code(&code);
    let outcome = service.verification_checks().create(&check).await.unwrap();
    assert!(matches!(outcome, CheckOutcome::Approved(_)));
}

/// Refuses every send just before it would be made: what is left of a challenge is our own part.
pub(crate) struct NothingIsSent;

#[async_trait]
impl RiskAssessment for NothingIsSent {
    async fn assess(&self, _: &PlannedSend) -> Result<Risk, BoxError> {
        Ok(Risk::TooHigh)
    }
}
