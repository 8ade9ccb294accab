//! A login through the flow.

use verify_mfa::{
    Country, Credentials, MfaFlow, ServiceClient, VerifyClient,
    flow::{Approval, Challenge, Countries, Decision, Limit, Login, Policy, StateKey},
    store::StateStore,
};

use crate::{
    ACCOUNT, CODE, SERVICE, TOKEN,
    users::{Users, session, user},
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

pub(crate) fn flow<S>(service: &ServiceClient, state: &S, policy: Policy) -> MfaFlow
where
    S: StateStore + Clone,
{
    let key = StateKey::new(*b"a key of 32 bytes for the tests!").unwrap();
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
