//! What an attacker, bad luck or a careless setting must not achieve.

use std::time::Duration;

use verify_mfa::{
    BoxError, Channel, Error, MfaFlow, PhoneNumber,
    flow::{Approval, Decision, Ended, Login, Refusal, Session, StateKey},
    store::{Increment, Loaded, MemoryState, StateStore, Swap, Version},
};

use crate::support::{World, assert_granted, assert_refused, challenged, generous, policy};

/// A store that does something when a record with a certain text is saved.
struct Intercepted<F> {
    state: MemoryState,
    text: &'static str,
    intercept: F,
}

#[async_trait::async_trait]
impl<F: Fn() -> Option<Swap> + Send + Sync + 'static> StateStore for Intercepted<F> {
    async fn load(&self, key: &str) -> Result<Loaded, BoxError> {
        self.state.load(key).await
    }

    async fn save(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Option<Version>,
        time_to_live: Duration,
    ) -> Result<Swap, BoxError> {
        let found = String::from_utf8_lossy(bytes).contains(self.text);
        match found.then(&self.intercept).flatten() {
            Some(swap) => Ok(swap),
            None => self.state.save(key, bytes, expected, time_to_live).await,
        }
    }

    async fn delete(&self, key: &str) -> Result<(), BoxError> {
        self.state.delete(key).await
    }

    async fn increment(
        &self,
        key: &str,
        by: u32,
        window: Duration,
        limit: u32,
    ) -> Result<Increment, BoxError> {
        self.state.increment(key, by, window, limit).await
    }
}

impl World {
    fn with_state(mut self, state: impl StateStore) -> Self {
        self.mfa = self
            .mfa
            .with_state(state, StateKey::new(*b"a key of 32 bytes for the tests!").unwrap());
        self
    }

    fn state(&self) -> MemoryState {
        MemoryState::with_clock(self.sandbox.clock())
    }

    async fn is_locked(&self) -> bool {
        let decision = self.mfa.challenge(&self.user, &self.session, Login::new()).await;
        matches!(decision.unwrap(), Decision::Refused(Refusal::Locked { .. }))
    }
}

#[tokio::test]
async fn a_right_code_whose_answer_comes_too_late_is_neither_a_grant_nor_a_failure() {
    let world = World::enrolled_with(generous()).await;
    let clock = world.sandbox.clock();
    let state = world.state();
    let intercept = move || {
        clock.advance(Duration::from_secs(2));
        None
    };
    let world = world.with_state(Intercepted { state, text: "Checking", intercept });
    for _ in 0..10 {
        let challenge = world.login().await;
        world.wait(599);
        assert_refused(world.approve(&challenge, &world.code()).await, Ended::Expired);
    }
    assert!(!world.is_locked().await);
}

#[tokio::test]
async fn an_approval_that_cannot_be_saved_is_no_grant_and_not_to_be_repeated() {
    let world = World::enrolled().await;
    let state = world.state();
    let intercept = || Some(Swap::Stale);
    let world = world.with_state(Intercepted { state, text: "AlreadyApproved", intercept });
    let challenge = world.login().await;
    let answer = world.mfa.approve(&challenge.id, &world.session, &world.code()).await;
    let error = answer.unwrap_err();
    assert!(matches!(error, Error::Store { .. }) && !error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn a_record_that_cannot_be_read_tells_nothing_of_what_is_in_it() {
    let world = World::enrolled().await;
    let state = world.state();
    let world = world.with_state(state.clone());
    let challenge = world.login().await;
    let key = challenge.id.as_str().get(..32).unwrap();
    let version = state.load(key).await.unwrap().record.unwrap().version;
    let broken = br#"{"user": "ada", "failures": "+14155550100"}"#;
    let _ = state.save(key, broken, Some(version), Duration::from_secs(60)).await.unwrap();
    let error = world.mfa.approve(&challenge.id, &world.session, "123456").await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(!format!("{error} {error:?} {source}").contains("4155550100"), "{error:?}");
}

#[tokio::test]
async fn a_live_challenge_is_not_forgotten_for_ended_ones() {
    let world = World::with(generous()).await;
    let first = world.enroll().await;
    for last_digit in 1..=9 {
        let phone = PhoneNumber::parse(&format!("+1415555011{last_digit}")).unwrap();
        let started = world.mfa.enroll(&world.user, &world.session, &phone, Channel::Sms).await;
        challenged(started.unwrap());
    }
    // The first one was superseded and forgotten; the newest one is still there.
    assert_refused(world.approve(&first, "123456").await, Ended::Unknown);
    let code = world.sandbox.code_for("+14155550119").unwrap();
    let newest = PhoneNumber::parse("+14155550119").unwrap();
    let started = world.mfa.enroll(&world.user, &world.session, &newest, Channel::Sms).await;
    let approval = world.approve(&challenged(started.unwrap()), &code).await;
    assert!(matches!(approval, Approval::Enrolled { .. }), "{approval:?}");
}

#[tokio::test]
async fn any_timeout_leaves_time_to_check_a_code() {
    let world = World::enrolled().await;
    for seconds in [1, 3600, u64::MAX / 2, u64::MAX] {
        let account = world.sandbox.account_sid().clone();
        let token = world.sandbox.auth_token();
        let client =
            verify_mfa::VerifyClient::builder(verify_mfa::Credentials::auth_token(account, token));
        let client =
            client.base_url(world.sandbox.base_url()).timeout(Duration::from_secs(seconds));
        let service = client.build().unwrap().service(world.sandbox.service_sid().clone());
        let mfa = MfaFlow::new(service, world.users.clone(), policy()).with_state(
            world.state(),
            StateKey::new(*b"another key for tests, 32 bytes!").unwrap(),
        );
        let decision = mfa.challenge(&world.user, &world.session, Login::new()).await.unwrap();
        let Decision::Challenged(challenge) = decision else { panic!("{decision:?}") };
        let approval = mfa.approve(&challenge.id, &world.session, &world.code()).await.unwrap();
        assert_granted(approval);
    }
}

#[test]
fn a_forgotten_key_is_an_error() {
    for byte in [0, 7] {
        assert!(matches!(StateKey::new([byte; 32]), Err(Error::Configuration { .. })));
    }
}

#[test]
fn a_session_without_a_secret_is_an_error() {
    for secret in ["", "too short"] {
        assert!(matches!(Session::new(secret), Err(Error::Configuration { .. })));
    }
}

#[test]
fn a_lock_that_does_not_end_by_itself_does_not_ask_to_wait() {
    assert!(!Refusal::Locked { until: None }.message().contains("wait"));
}
