//! Records that this release does not understand, or not all of.

use std::time::Duration;

use verify_mfa::{
    Error,
    flow::{Challenge, Decision, Ended, Limit, Login, Policy, Refusal, Resend, Resent, StateKey},
    store::{MemoryState, StateStore},
};

use crate::support::{World, assert_granted, assert_refused, generous, session};

/// A world that keeps its records where a test can change them.
async fn world(policy: Policy) -> (World, MemoryState) {
    let mut world = World::enrolled_with(policy).await;
    let state = MemoryState::with_clock(world.sandbox.clock());
    let key = StateKey::new(*b"a key of 32 bytes for the tests!").unwrap();
    world.mfa = world.mfa.with_state(state.clone(), key);
    (world, state)
}

/// Changes the record that a challenge is in.
async fn change(
    state: &MemoryState,
    challenge: &Challenge,
    change: impl FnOnce(Vec<u8>) -> Vec<u8>,
) {
    let key = challenge.id.as_str().get(..32).unwrap();
    let record = state.load(key).await.unwrap().record.unwrap();
    let bytes = change(record.bytes);
    let day = Duration::from_secs(24 * 60 * 60);
    let _ = state.save(key, &bytes, Some(record.version), day).await.unwrap();
}

/// What a newer release calls something that this one calls `known`.
async fn rename(state: &MemoryState, challenge: &Challenge, known: &str, unknown: &str) {
    let (known, unknown) = (known.as_bytes(), unknown.as_bytes());
    assert_eq!(known.len(), unknown.len());
    let renamed = |mut bytes: Vec<u8>| {
        let at = bytes.windows(known.len()).position(|own| own == known).unwrap();
        bytes[at..at + known.len()].copy_from_slice(unknown);
        bytes
    };
    change(state, challenge, renamed).await;
}

/// Makes the phone of a login another one, as whoever can write to the store could: its digits are stored
/// as if each bit of them were flipped or not by the key, behind a tag of 16 bytes.
async fn redirect(state: &MemoryState, challenge: &Challenge) {
    let last_digit = [b"\xa1n\xc4\x20".len(), 16, "+1415555010".len()].into_iter().sum::<usize>();
    let redirected = |mut bytes: Vec<u8>| {
        let at = bytes.windows(4).position(|own| own == b"\xa1n\xc4\x20").unwrap();
        bytes[at + last_digit] ^= 1;
        bytes
    };
    change(state, challenge, redirected).await;
}

async fn decide(world: &World, name: &str) -> Result<Decision, Error> {
    world.mfa.challenge(&world.user, &session(name), Login::new()).await
}

#[tokio::test]
async fn a_challenge_for_an_unknown_purpose_is_over_and_failures_and_sends_still_count() {
    let policy = generous().hard_lock(2).unwrap().sends_per_user([Limit::per_hour(2)]).unwrap();
    let (world, state) = world(policy).await;
    // What a plain login is for is not written down.
    let login = Login::new().remember(true);
    let decision = world.mfa.challenge(&world.user, &world.session, login).await.unwrap();
    let Decision::Challenged(challenge) = decision else { panic!("no challenge but {decision:?}") };
    let _ = world.approve(&challenge, world.wrong_code()).await;
    rename(&state, &challenge, "Login", "Vogon").await;
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Unknown);
    let again = world.login().await;
    let third = decide(&world, "third").await.unwrap();
    assert!(matches!(third, Decision::Refused(Refusal::SendLimitReached { .. })), "{third:?}");
    let _ = world.approve(&again, world.wrong_code()).await;
    let locked = Some(Refusal::Locked { until: None });
    assert_eq!(world.mfa.status(&world.user).await.unwrap().locked, locked);
}

#[tokio::test]
async fn a_code_is_not_checked_for_a_phone_that_was_changed_in_the_store() {
    let (world, state) = world(generous()).await;
    let challenge = world.login().await;
    redirect(&state, &challenge).await;
    let asked = world.asked();
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Canceled);
    assert_eq!(world.asked(), asked);
}

#[tokio::test]
async fn a_code_is_not_sent_again_to_a_phone_that_was_changed_in_the_store() {
    let (world, state) = world(generous()).await;
    let challenge = world.login().await;
    redirect(&state, &challenge).await;
    world.wait(60);
    let asked = world.asked();
    let answer = world.mfa.resend(&challenge.id, &world.session, Resend::Same).await.unwrap();
    assert!(matches!(answer, Resent::Refused(Refusal::Ended(Ended::Canceled))), "{answer:?}");
    assert_eq!(world.asked(), asked);
}

#[tokio::test]
async fn a_challenge_in_an_unknown_phase_is_over() {
    let (world, state) = world(generous()).await;
    let challenge = world.login().await;
    world.mfa.cancel(&challenge.id, &world.session).await.unwrap();
    for (known, unknown) in [("Canceled", "Vanished"), ("Ended", "Moved")] {
        rename(&state, &challenge, known, unknown).await;
        assert_refused(world.approve(&challenge, &world.code()).await, Ended::Unknown);
    }
    assert_granted(world.approve(&world.login().await, &world.code()).await);
}

#[tokio::test]
async fn what_is_known_goes_on_beside_what_is_not() {
    let (mut world, state) = world(generous()).await;
    let canceled = world.login().await;
    world.mfa.cancel(&canceled.id, &world.session).await.unwrap();
    world.session = session("second");
    let challenge = world.login().await;
    rename(&state, &challenge, "Canceled", "Vanished").await;
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn an_unknown_lock_stays_until_support_lifts_it() {
    let (world, state) = world(generous()).await;
    let mut challenge = world.login().await;
    for attempt in 0..10 {
        if attempt == 5 {
            challenge = world.login().await;
        }
        let _ = world.approve(&challenge, world.wrong_code()).await;
    }
    rename(&state, &challenge, "Until", "After").await;
    world.wait(24 * 60 * 60 - 1);
    let decision = decide(&world, "second").await.unwrap();
    let locked = Refusal::Locked { until: None };
    assert!(matches!(decision, Decision::Refused(refusal) if refusal == locked));
    world.mfa.unlock(&world.user).await.unwrap();
    assert_granted(world.approve(&world.login().await, &world.code()).await);
}

#[tokio::test]
async fn nobody_gets_in_with_a_record_that_cannot_be_read_before_support_replaces_it() {
    let (world, state) = world(generous()).await;
    let challenge = world.login().await;
    change(&state, &challenge, |_| b"no record".to_vec()).await;
    let error = decide(&world, "first").await.unwrap_err();
    assert!(matches!(error, Error::Store { .. }), "{error:?}");
    let answer = world.mfa.approve(&challenge.id, &world.session, &world.code()).await;
    assert!(matches!(answer, Err(Error::Store { .. })), "{answer:?}");
    world.mfa.unlock(&world.user).await.unwrap();
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Unknown);
    assert_granted(world.approve(&world.login().await, &world.code()).await);
}
