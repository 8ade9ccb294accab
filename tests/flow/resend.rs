//! The code again, the same way or by a call.

use verify_mfa::{
    Channel, Error,
    flow::{Challenge, ChannelUnavailable, Ended, Refusal, Resend, Resent},
    store::SecurityStamp,
};

use crate::support::{World, assert_granted, generous, session};

async fn resend(world: &World, challenge: &Challenge, how: Resend) -> Result<Challenge, Refusal> {
    match world.mfa.resend(&challenge.id, &world.session, how).await.expect("an answer") {
        Resent::Sent(challenge) => Ok(challenge),
        Resent::Refused(refusal) => Err(refusal),
    }
}

#[tokio::test]
async fn the_same_code_is_sent_again_after_the_wait() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let code = world.code();
    world.wait(30);
    let again = resend(&world, &challenge, Resend::Same).await.unwrap();
    assert_eq!((again.id, again.expires_at), (challenge.id.clone(), challenge.expires_at));
    assert_eq!((world.code(), world.sent()), (code.clone(), 3));
    assert_granted(world.approve(&challenge, &code).await);
}

#[tokio::test]
async fn before_the_wait_is_over_nothing_is_sent() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(29);
    let retry_at = challenge.next_resend_at;
    let refusal = resend(&world, &challenge, Resend::Same).await.unwrap_err();
    assert_eq!(refusal, Refusal::ResendTooSoon { retry_at });
    assert_eq!(world.sent(), 2);
}

#[tokio::test]
async fn two_resends_at_once_send_once() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(30);
    let once = || resend(&world, &challenge, Resend::Same);
    let (one, other) = tokio::join!(once(), once());
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(world.sent(), 3);
}

#[tokio::test]
async fn the_waits_grow_and_after_five_sends_there_are_no_more() {
    let world = World::enrolled_with(generous()).await;
    let challenge = world.login().await;
    for wait in [30, 40, 60, 90] {
        world.wait(wait - 1);
        resend(&world, &challenge, Resend::Same).await.unwrap_err();
        world.wait(1);
        resend(&world, &challenge, Resend::Same).await.unwrap();
    }
    world.wait(120);
    let refusal = resend(&world, &challenge, Resend::Same).await.unwrap_err();
    assert_eq!(refusal, Refusal::SendLimitReached { until: challenge.expires_at });
}

#[tokio::test]
async fn a_call_is_placed_a_minute_after_the_message() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(59);
    resend(&world, &challenge, Resend::Call).await.unwrap_err();
    world.wait(1);
    let called = resend(&world, &challenge, Resend::Call).await.unwrap();
    assert_eq!(called.channel, Channel::Call);
    assert_eq!(world.sandbox.messages().last().unwrap().channel, Channel::Call);
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn there_are_two_calls_at_most() {
    let world = World::enrolled_with(generous()).await;
    let challenge = world.login().await;
    for _ in 0..2 {
        world.wait(60);
        resend(&world, &challenge, Resend::Call).await.unwrap();
    }
    world.wait(60);
    let reason = ChannelUnavailable::CallLimit;
    let refusal = resend(&world, &challenge, Resend::Call).await.unwrap_err();
    assert_eq!(refusal, Refusal::ChannelUnavailable { reason });
}

#[tokio::test]
async fn another_session_cannot_resend() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(30);
    let resent = world.mfa.resend(&challenge.id, &session("stolen"), Resend::Same).await.unwrap();
    assert!(matches!(resent, Resent::Refused(Refusal::Ended(Ended::Unknown))), "{resent:?}");
}

#[tokio::test]
async fn after_a_password_change_nothing_is_sent_again() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.users.change_stamp(&world.user, SecurityStamp::new("after the password change"));
    world.wait(30);
    let refusal = resend(&world, &challenge, Resend::Same).await.unwrap_err();
    assert_eq!((refusal, world.sent()), (Refusal::Ended(Ended::Canceled), 2));
}

#[tokio::test]
async fn an_expired_challenge_is_not_sent_again() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(600);
    let refusal = resend(&world, &challenge, Resend::Same).await.unwrap_err();
    assert_eq!((refusal, world.sent()), (Refusal::Ended(Ended::Expired), 2));
}

#[tokio::test]
async fn errors_are_send_and_sync() {
    fn assert<T: Send + Sync + 'static>() {}
    assert::<Error>();
    assert::<verify_mfa::MfaFlow>();
}
