//! The two calls of a login through the bare client, and what else only these benches need.

use async_trait::async_trait;
use verify_mfa::{
    BoxError, Channel, Code, Error, ServiceClient,
    client::{CheckOutcome, CreateVerification, CreateVerificationCheck},
    flow::{PlannedSend, Policy, Risk, RiskAssessment},
    store::UserStore,
};

use crate::{
    CODE,
    login::policy,
    users::{Users, user},
};

/// Counts nothing but what stands in the user's own record.
pub(crate) fn policy_without_counters() -> Policy {
    let without = || -> Result<Policy, Error> {
        policy().sends_per_phone([])?.sends_per_caller([])?.sends_per_country([])?.sends_in_all([])
    };
    without().unwrap()
}

/// By hand the user's phone has to be loaded too, once.
pub(crate) async fn create_and_check(service: &ServiceClient, number: u32) {
    let factors = Users.load(&user(number)).await.unwrap().unwrap();
    let verification = CreateVerification::new(factors.phone.unwrap(), Channel::Sms);
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
