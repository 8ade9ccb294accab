//! How codes are typed, and what comes after wrong ones.

use futures_util::FutureExt;
use verify_mfa::{
    Error,
    flow::{Ended, Refusal},
};

use crate::support::{World, assert_granted, assert_refused, generous};

#[tokio::test]
async fn after_five_wrong_codes_a_new_challenge_has_a_new_code() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let old = world.code();
    for _ in 0..5 {
        let _ = world.approve(&challenge, world.wrong_code()).await;
    }
    let challenge = world.login().await;
    assert_ne!(world.code(), old);
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn spaces_and_hyphens_in_a_code_do_not_matter() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let code = world.code();
    let spaced = format!(" {} {}-{} ", &code[..2], &code[2..4], &code[4..]);
    assert_granted(world.approve(&challenge, &spaced).await);
}

#[tokio::test]
async fn an_approval_that_is_dropped_counts_as_wrong_and_ends_the_challenge() {
    let world = World::enrolled_with(generous().hard_lock(2).unwrap()).await;
    let (challenge, code) = (world.login().await, world.code());
    let dropped = world.mfa.approve(&challenge.id, &world.session, &code).now_or_never();
    assert!(dropped.is_none(), "{dropped:?}");
    let busy = world.mfa.approve(&challenge.id, &world.session, &code).await;
    assert!(matches!(busy, Err(Error::Conflict)), "{busy:?}");
    world.wait(120);
    assert_refused(world.approve(&challenge, &code).await, Ended::Unknown);
    let challenge = world.login().await;
    let _ = world.approve(&challenge, world.wrong_code()).await;
    let status = world.mfa.status(&world.user).await.unwrap();
    assert_eq!(status.locked, Some(Refusal::Locked { until: None }));
}
