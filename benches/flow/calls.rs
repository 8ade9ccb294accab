//! The two calls of a login through the bare client, and what else only these benches need.

use async_trait::async_trait;
use verify_mfa::{
    BoxError, Channel, Code, Error, ServiceClient,
    client::{CheckOutcome, CreateVerification, CreateVerificationCheck},
    flow::{PlannedSend, Policy, Risk, RiskAssessment},
};

use crate::{CODE, login::policy, users::phone};

/// Counts nothing but what stands in the user's own record.
pub(crate) fn policy_without_counters() -> Policy {
    let without = || -> Result<Policy, Error> {
        policy().sends_per_phone([])?.sends_per_caller([])?.sends_per_country([])?.sends_in_all([])
    };
    without().unwrap()
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
