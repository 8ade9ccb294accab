//! The code again, the same way or by a call.

use verify_mfa::{
    Error,
    flow::{Challenge, Ended, Refusal, Resend, Resent},
};

use crate::support::{World, assert_granted};

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
