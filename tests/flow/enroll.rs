//! A phone becomes a factor only when a code sent to it comes back.

use verify_mfa::{
    Channel, PhoneNumber,
    flow::{Action, Approval, ChannelUnavailable, Ended, PhoneNotAllowed, Refusal},
};

use crate::support::{World, assert_refused, challenged, refused, session};

#[tokio::test]
async fn a_phone_is_saved_when_its_code_is_approved_and_not_before() {
    let world = World::new().await;
    let challenge = world.enroll().await;
    assert_eq!(world.phone().await, None);
    let approval = world.approve(&challenge, &world.code()).await;
    assert!(matches!(approval, Approval::Enrolled), "{approval:?}");
    assert_eq!(world.phone().await, Some(world.phone.clone()));
}

#[tokio::test]
async fn a_challenge_tells_the_code_page_what_it_needs() {
    let world = World::new().await;
    let challenge = world.enroll().await;
    let now = world.sandbox.now();
    assert_eq!(challenge.masked_phone, world.phone.masked());
    assert_eq!(challenge.channel, Channel::Sms);
    assert_eq!(challenge.checks_left, 5);
    assert_eq!(challenge.expires_at.duration_since(now).unwrap().as_secs(), 600);
    assert_eq!(challenge.next_resend_at.duration_since(now).unwrap().as_secs(), 30);
}

#[tokio::test]
async fn a_second_phone_is_refused_while_there_is_one() {
    let world = World::enrolled().await;
    let started = world.mfa.enroll(&world.user, &world.session, &world.phone, Channel::Sms).await;
    assert_eq!(refused(started.unwrap()), Refusal::AlreadyEnrolled);
}

#[tokio::test]
async fn a_phone_of_a_country_that_is_not_listed_costs_nothing() {
    let world = World::new().await;
    let kenyan = PhoneNumber::parse("+254 700 111222").unwrap();
    let started = world.mfa.enroll(&world.user, &world.session, &kenyan, Channel::Sms).await;
    let reason = PhoneNotAllowed::Country;
    assert_eq!(refused(started.unwrap()), Refusal::PhoneNotAllowed { reason });
    assert_eq!(world.asked(), 0);
}

#[tokio::test]
async fn a_premium_rate_number_costs_nothing() {
    let world = World::new().await;
    let premium = PhoneNumber::parse("+1 900 234 5678").unwrap();
    let started = world.mfa.enroll(&world.user, &world.session, &premium, Channel::Sms).await;
    let reason = PhoneNotAllowed::LineType;
    assert_eq!(refused(started.unwrap()), Refusal::PhoneNotAllowed { reason });
    assert_eq!(world.asked(), 0);
}

#[tokio::test]
async fn email_is_not_a_second_factor() {
    let world = World::new().await;
    let started = world.mfa.enroll(&world.user, &world.session, &world.phone, Channel::Email).await;
    let reason = ChannelUnavailable::Unsupported;
    assert_eq!(refused(started.unwrap()), Refusal::ChannelUnavailable { reason });
}

#[tokio::test]
async fn starting_again_in_the_same_session_sends_nothing() {
    let world = World::new().await;
    let first = world.enroll().await;
    let second = world.enroll().await;
    assert_eq!((first.id, world.sent()), (second.id, 1));
}

#[tokio::test]
async fn many_starts_at_once_send_one_message() {
    let world = World::new().await;
    let starts = (0..8).map(|_| world.enroll());
    let challenges = futures_util::future::join_all(starts).await;
    assert!(challenges.iter().all(|challenge| challenge.id == challenges[0].id));
    assert_eq!(world.sent(), 1);
}

#[tokio::test]
async fn a_corrected_number_takes_the_place_of_the_mistyped_one() {
    let world = World::new().await;
    let mistyped = world.enroll().await;
    let corrected = PhoneNumber::parse("+14155550111").unwrap();
    let started = world.mfa.enroll(&world.user, &world.session, &corrected, Channel::Sms).await;
    let challenge = challenged(started.unwrap());
    assert_refused(world.approve(&mistyped, &world.code()).await, Ended::Superseded);
    let code = world.sandbox.code_for(corrected.as_str()).unwrap();
    assert!(matches!(world.approve(&challenge, &code).await, Approval::Enrolled));
    assert_eq!(world.phone().await, Some(corrected));
}

#[tokio::test]
async fn the_owner_of_a_phone_does_not_stop_another_user_from_enrolling_it() {
    let world = World::enrolled().await;
    let other = "grace".parse().unwrap();
    world.users.insert(&other);
    let started = world.mfa.enroll(&other, &session("other"), &world.phone, Channel::Sms).await;
    challenged(started.unwrap());
}

#[tokio::test]
async fn a_fresh_code_switches_two_factor_login_off() {
    let world = World::enrolled().await;
    let started =
        world.mfa.step_up(&world.user, &world.session, Action::Disable, Channel::Sms).await;
    let challenge = challenged(started.unwrap());
    assert!(world.phone().await.is_some());
    let approval = world.approve(&challenge, &world.code()).await;
    assert!(matches!(approval, Approval::Disabled), "{approval:?}");
    assert_eq!(world.phone().await, None);
    assert!(!world.mfa.is_enrolled(&world.user).await.unwrap());
}

#[tokio::test]
async fn without_a_phone_there_is_nothing_to_switch_off() {
    let world = World::new().await;
    let started =
        world.mfa.step_up(&world.user, &world.session, Action::Disable, Channel::Sms).await;
    assert_eq!(refused(started.unwrap()), Refusal::NotEnrolled);
}
