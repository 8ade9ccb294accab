//! 11 to 16 and 34: wrong codes, and the locks that they lead to.

use std::time::Duration;

use futures_util::future::join_all;
use verify_mfa::{
    flow::{Action, ChallengeId, Decision, Ended, Refusal, Resend},
    sandbox::Sandbox,
};

use crate::{
    enrollment::half_way,
    spy::Spy,
    support::{World, assert_granted, assert_refused, generous, session},
    world::{DAY, assert_nothing, phone},
};

const HOUR: u64 = 60 * 60;

#[tokio::test]
async fn r11_wrong_codes_count_over_challenges_sends_sessions_restarts_and_nodes() {
    let (world, spy) = Spy::world(Sandbox::start().await.unwrap(), generous());
    assert!(matches!(
        world.approve(&world.enroll().await, &world.code()).await,
        verify_mfa::flow::Approval::Enrolled { .. }
    ));
    world.fail(3).await;
    world.wait(60);
    world.resend(&world.login().await, Resend::Call).await.unwrap();
    world.fail(1).await;
    world.wait(60);
    world.resend(&world.login().await, Resend::Same).await.unwrap();
    world.fail(1).await;
    world.fail_at(&world.mfa, &session("after a logout"), 2).await;
    let restarted = spy.node(&world, generous());
    world.fail_at(&restarted, &session("after a restart"), 2).await;
    assert!(!world.is_locked().await);
    let beside = spy.node(&world, generous());
    world.fail_at(&beside, &session("on another node"), 1).await;
    assert_eq!(world.lock().await, Some(Duration::from_secs(900)));
    assert!(restarted.status(&world.user).await.unwrap().locked.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r12_two_hundred_wrong_codes_at_once_ask_twilio_five_times_at_most() {
    let world = World::enrolled().await;
    let (challenge, checks) = (world.login().await, world.checks());
    let tasks = (0..200).map(|_| {
        let (mfa, id, session) = (world.mfa.clone(), challenge.id.clone(), world.session.clone());
        let code = world.wrong_code();
        tokio::spawn(async move { mfa.approve(&id, &session, code).await })
    });
    join_all(tasks).await;
    assert!(world.checks() - checks <= 5, "{} checks", world.checks() - checks);
}

#[tokio::test]
async fn r13_a_hundred_wrong_codes_in_a_row_lock_the_user_for_good() {
    let world = World::enrolled_with(generous()).await;
    let checks = world.checks();
    for _ in 0..20 {
        world.fail(5).await;
        world.wait(DAY);
    }
    assert_eq!((world.lock().await, world.checks() - checks), (None, 100));
    world.wait(300 * DAY);
    let elsewhere = world.login_as(&world.user, &session("another")).await;
    let expected = Refusal::Locked { until: None };
    assert!(matches!(elsewhere, Decision::Refused(refusal) if refusal == expected));
    world.change_password();
    assert_eq!(world.lock().await, None);
    world.mfa.unlock(&world.user).await.unwrap();
    assert_granted(world.approve(&world.login().await, &world.code()).await);
}

#[tokio::test]
async fn r14_the_cool_downs_grow_from_fifteen_minutes_over_an_hour_to_a_day() {
    let world = World::enrolled_with(generous()).await;
    world.fail(5).await;
    for wait in [HOUR / 4, HOUR, DAY, DAY, DAY] {
        assert!(!world.is_locked().await);
        world.fail(5).await;
        assert_eq!(world.lock().await, Some(Duration::from_secs(wait)));
        world.wait(wait - 1);
        assert_eq!(world.lock().await, Some(Duration::from_secs(1)));
        world.wait(1);
    }
    assert_granted(world.approve(&world.login().await, &world.code()).await);
}

#[tokio::test]
async fn r14_a_locked_user_cannot_try_or_resend_in_a_live_challenge() {
    let (world, challenge) = half_way().await;
    world.fail_at(&world.mfa, &session("login"), 10).await;
    let asked = world.asked();
    let refusal = Refusal::Locked { until: Some(world.sandbox.now() + Duration::from_secs(900)) };
    let approval = world.approve(&challenge, &world.code_of(&phone(11))).await;
    assert_refused(approval, refusal.clone());
    world.wait(60);
    assert_eq!(world.resend(&challenge, Resend::Same).await.unwrap_err(), refusal);
    assert_eq!(world.asked(), asked);
}

#[tokio::test]
async fn r15_the_right_code_clears_the_count_of_wrong_ones() {
    let world = World::enrolled().await;
    world.fail(9).await;
    assert_granted(world.approve(&world.login().await, &world.code()).await);
    world.fail(9).await;
    assert_granted(world.approve(&world.login().await, &world.code()).await);
}

#[tokio::test]
async fn r15_the_count_is_cleared_by_the_save_that_consumes_the_challenge() {
    let (world, spy) = Spy::world(Sandbox::start().await.unwrap(), generous());
    let challenge = world.enroll().await;
    assert_nothing(&world.approve(&challenge, world.wrong_code()).await);
    spy.asked();
    let _ = world.approve(&challenge, &world.code()).await;
    let saved = spy.asked().into_iter().filter(|own| own.operation == "save");
    let saved: Vec<_> = saved.map(|own| String::from_utf8_lossy(&own.bytes).into_owned()).collect();
    let [reserved, consumed] = saved.as_slice() else { panic!("{saved:?}") };
    assert!(reserved.contains("failures\u{2}"), "{reserved}");
    assert!(consumed.contains("AlreadyApproved") && !consumed.contains("failures"), "{consumed}");
}

#[tokio::test]
async fn r15_nothing_else_clears_the_count() {
    let world = World::enrolled_with(generous()).await;
    world.fail(9).await;
    world.wait(60);
    world.resend(&world.login().await, Resend::Same).await.unwrap();
    world.cancel(&world.login().await).await;
    world.login_in(&session("second")).await;
    world.wait(60);
    world.step_up(Action::Disable).await;
    world.change_password();
    world.wait(30 * DAY);
    world.fail(1).await;
    assert_eq!(world.lock().await, Some(Duration::from_secs(900)));
}

#[tokio::test]
async fn r16_without_the_first_factor_nobody_can_lock_a_user() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let made_up = format!("{}{}", &challenge.id.as_str()[..32], "0".repeat(32));
    let made_up = ChallengeId::from(made_up.as_str());
    let stranger = session("stranger's");
    let asked = world.asked();
    for _ in 0..100 {
        let foreign = world.mfa.approve(&challenge.id, &stranger, "000000").await.unwrap();
        assert_refused(foreign, Ended::Unknown);
        let unknown = world.mfa.approve(&made_up, &world.session, "000000").await.unwrap();
        assert_refused(unknown, Ended::Unknown);
    }
    assert_eq!((world.is_locked().await, world.asked()), (false, asked));
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn r34_a_new_password_clears_neither_the_lock_nor_the_factor() {
    let world = World::enrolled().await;
    world.fail(10).await;
    world.change_password();
    assert!(world.is_locked().await && world.mfa.is_enrolled(&world.user).await.unwrap());
    world.wait(900);
    let decision = world.login_as(&world.user, &world.session).await;
    assert!(matches!(decision, Decision::Challenged(_)), "{decision:?}");
}
