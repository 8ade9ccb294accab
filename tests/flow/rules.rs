//! What the policy says, and looking without changing anything.

use std::time::Duration;

use verify_mfa::{
    Error, UserId,
    flow::{CoolDown, Limit, Policy, Refusal, Resend, Resent},
};

use crate::support::{World, assert_granted, generous, policy, session};

const HOUR: Duration = Duration::from_secs(60 * 60);

#[test]
fn what_would_weaken_a_login_is_an_error() {
    let seconds = Duration::from_secs;
    let cool_down = |failures, wait| CoolDown { failures, wait };
    let milliseconds = |window| Limit::new(1, Duration::from_millis(window));
    let weak: [(&str, Result<Policy, Error>); 17] = [
        ("no life", policy().lifetime(Duration::ZERO)),
        ("a life over 10 minutes", policy().lifetime(seconds(601))),
        ("no checks", policy().checks_per_challenge(0)),
        ("6 checks", policy().checks_per_challenge(6)),
        ("6 sends", policy().sends_per_challenge(6)),
        ("6 calls", policy().calls_per_challenge(6)),
        ("no waits", policy().resend_waits([])),
        ("a wait of nothing", policy().resend_waits([Duration::ZERO])),
        ("a window of nothing", policy().sends_per_phone([Limit::new(1, Duration::ZERO)])),
        ("a window over a day", policy().sends_per_user([Limit::new(1, 25 * HOUR)])),
        ("two limits in an hour", policy().sends_in_all([5, 9].map(Limit::per_hour))),
        ("two in a second", policy().sends_per_phone([1000, 1500].map(milliseconds))),
        ("no cool-downs", policy().cool_downs([])),
        ("a late cool-down", policy().cool_downs([cool_down(11, HOUR)])),
        ("a cool-down of no time", policy().cool_downs([cool_down(10, Duration::from_nanos(1))])),
        ("shrinking ones", policy().cool_downs([cool_down(5, HOUR), cool_down(6, seconds(1))])),
        ("a late hard lock", policy().hard_lock(101)),
    ];
    for (what, policy) in weak {
        assert!(matches!(policy, Err(Error::Configuration { .. })), "{what}: {policy:?}");
    }
    assert!(matches!(policy().step_up_lifetime(HOUR), Err(Error::Configuration { .. })));
}

#[tokio::test]
async fn the_status_of_a_user_tells_the_masked_phone_and_the_lock() {
    let world = World::enrolled_with(generous().hard_lock(1).unwrap()).await;
    let status = world.mfa.status(&world.user).await.unwrap();
    assert_eq!(status.masked_phone.as_deref(), Some("+1 *** *** **00"));
    assert_eq!((status.locked, status.now), (None, world.sandbox.now()));
    let challenge = world.login().await;
    let _ = world.approve(&challenge, world.wrong_code()).await;
    let status = world.mfa.status(&world.user).await.unwrap();
    assert_eq!(status.locked, Some(Refusal::Locked { until: None }));
    world.mfa.status(&UserId::new("nobody").unwrap()).await.unwrap_err();
}

#[tokio::test]
async fn a_pending_challenge_can_be_shown_again_in_its_session_and_nothing_is_sent() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let _ = world.approve(&challenge, world.wrong_code()).await;
    let asked = world.asked();
    let shown = world.mfa.pending(&challenge.id, &world.session).await.unwrap().unwrap();
    assert_eq!((shown.id.clone(), shown.checks_left), (challenge.id.clone(), 4));
    assert_eq!(shown.masked_phone, challenge.masked_phone);
    assert_eq!(world.mfa.pending(&challenge.id, &session("other")).await.unwrap(), None);
    assert_eq!(world.asked(), asked);
    assert_granted(world.approve(&challenge, &world.code()).await);
    assert_eq!(world.mfa.pending(&challenge.id, &world.session).await.unwrap(), None);
}

#[tokio::test]
async fn a_limit_of_the_application_does_not_end_a_live_challenge() {
    let policy = generous().sends_in_all([Limit::per_hour(2)]).unwrap();
    let world = World::enrolled_with(policy).await;
    let challenge = world.login().await;
    world.wait(30);
    let resent = world.mfa.resend(&challenge.id, &world.session, Resend::Same).await.unwrap();
    assert!(matches!(resent, Resent::Refused(Refusal::SendLimitReached { .. })), "{resent:?}");
    assert_granted(world.approve(&challenge, &world.code()).await);
}
