//! Wrong, late, repeated and simultaneous codes.

use std::time::Duration;

use verify_mfa::flow::{Approval, ChallengeId, Decision, Ended, Login, Refusal};

use crate::support::{World, assert_granted, assert_refused};

#[tokio::test]
async fn wrong_codes_are_said_to_be_wrong_with_the_tries_left() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    for expected in [4, 3, 2, 1] {
        let approval = world.approve(&challenge, world.wrong_code()).await;
        assert!(matches!(approval, Approval::Incorrect { left } if left == expected));
    }
    assert_refused(world.approve(&challenge, world.wrong_code()).await, Ended::Exhausted);
}

#[tokio::test]
async fn after_five_wrong_codes_the_right_one_is_refused_without_asking_twilio() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    for _ in 0..5 {
        let _ = world.approve(&challenge, world.wrong_code()).await;
    }
    let asked = world.asked();
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Exhausted);
    assert_eq!(world.asked(), asked);
}

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
async fn what_cannot_be_a_code_is_neither_counted_nor_sent() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let asked = world.asked();
    for text in ["", "12345", "1234567", "12345l", "１２３４５６", "12345\u{200b}6"] {
        assert_refused(world.approve(&challenge, text).await, Refusal::MalformedCode { digits: 6 });
    }
    assert_eq!(world.asked(), asked);
    let approval = world.approve(&challenge, world.wrong_code()).await;
    assert!(matches!(approval, Approval::Incorrect { left: 4 }));
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
async fn a_code_after_ten_minutes_is_expired_without_asking_twilio() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let (code, asked) = (world.code(), world.asked());
    world.wait(600);
    assert_refused(world.approve(&challenge, &code).await, Ended::Expired);
    assert_eq!(world.asked(), asked);
}

#[tokio::test]
async fn a_code_just_before_ten_minutes_counts() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(599);
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn a_double_submit_of_a_code_that_worked_says_so() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let code = world.code();
    assert_granted(world.approve(&challenge, &code).await);
    assert_refused(world.approve(&challenge, &code).await, Ended::AlreadyApproved);
}

#[tokio::test]
async fn thirty_two_submits_at_once_give_one_grant() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let code = world.code();
    let submits = (0..32).map(|_| world.mfa.approve(&challenge.id, &world.session, &code));
    let answers = futures_util::future::join_all(submits).await;
    let grants = answers.iter().filter(|answer| matches!(answer, Ok(Approval::LoggedIn(_))));
    assert_eq!(grants.count(), 1);
}

#[tokio::test]
async fn two_hundred_wrong_codes_at_once_ask_twilio_five_times_at_most() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let (code, asked) = (world.wrong_code(), world.asked());
    let submits = (0..200).map(|_| world.mfa.approve(&challenge.id, &world.session, code));
    futures_util::future::join_all(submits).await;
    assert!(world.asked() - asked <= 5);
}

#[tokio::test]
async fn an_id_that_names_nothing_is_unknown() {
    let world = World::enrolled().await;
    let unknown = format!("{:064}", 0);
    for text in ["", "nonsense", "💥", unknown.as_str()] {
        let id = ChallengeId::from(text);
        let approval = world.mfa.approve(&id, &world.session, "123456").await.unwrap();
        assert_refused(approval, Ended::Unknown);
    }
}

/// Wrong codes in challenge after challenge, as often as they are checked.
async fn fail(world: &World, times: u32) {
    for _ in 0..times {
        let challenge = world.login().await;
        let approval = world.approve(&challenge, world.wrong_code()).await;
        match challenge.checks_left {
            1 => assert_refused(approval, Ended::Exhausted),
            _ => assert!(matches!(approval, Approval::Incorrect { .. }), "{approval:?}"),
        }
    }
}

async fn lock(world: &World) -> Option<Duration> {
    let decision = world.mfa.challenge(&world.user, &world.session, Login::new()).await.unwrap();
    let Decision::Refused(Refusal::Locked { until }) = decision else { panic!("{decision:?}") };
    until.map(|until| until.duration_since(world.sandbox.now()).unwrap())
}

#[tokio::test]
async fn ten_wrong_codes_in_a_row_lock_the_user_for_fifteen_minutes_across_challenges() {
    let world = World::enrolled().await;
    fail(&world, 10).await;
    assert_eq!(lock(&world).await, Some(Duration::from_secs(900)));
    world.wait(900);
    assert_granted(world.approve(&world.login().await, &world.code()).await);
}

#[tokio::test]
async fn the_right_code_clears_the_count_of_wrong_ones() {
    let world = World::enrolled().await;
    fail(&world, 9).await;
    assert_granted(world.approve(&world.login().await, &world.code()).await);
    fail(&world, 9).await;
    assert_granted(world.approve(&world.login().await, &world.code()).await);
}

#[tokio::test]
async fn support_can_unlock_a_user() {
    let world = World::enrolled().await;
    fail(&world, 10).await;
    world.mfa.unlock(&world.user).await.unwrap();
    assert_granted(world.approve(&world.login().await, &world.code()).await);
}
