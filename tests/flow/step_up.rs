//! A fresh code for one action: another phone, or something of the application's own.

use std::time::Duration;

use verify_mfa::{
    Channel, PhoneNumber,
    flow::{Action, Approval, Challenge, Ended, PhoneNotAllowed, Refusal, StepUp},
};

use crate::support::{World, assert_refused, challenged, refused, session};

const NEW: &str = "+14155550111";

pub(crate) fn new_phone() -> PhoneNumber {
    PhoneNumber::parse(NEW).unwrap()
}

async fn step_up(world: &World, action: Action) -> Challenge {
    let started = world.mfa.step_up(&world.user, &world.session, action, Channel::Sms).await;
    challenged(started.unwrap())
}

/// A world in which the old phone is proved and the new one is waiting for its code.
pub(crate) async fn half_way() -> (World, Challenge) {
    let world = World::enrolled().await;
    let challenge = step_up(&world, Action::ChangePhone(new_phone())).await;
    match world.approve(&challenge, &world.code()).await {
        Approval::Continue(challenge) => (world, challenge),
        other => panic!("it does not go on: {other:?}"),
    }
}

async fn delete_account(world: &World) -> StepUp {
    let challenge = step_up(world, Action::Other("delete-account".into())).await;
    match world.approve(&challenge, &world.code()).await {
        Approval::SteppedUp(step_up) => step_up,
        other => panic!("no step-up but {other:?}"),
    }
}

#[tokio::test]
async fn a_phone_is_changed_after_a_code_to_the_old_one_and_a_code_to_the_new_one() {
    let (world, challenge) = half_way().await;
    assert_eq!(challenge.masked_phone, new_phone().masked());
    assert_eq!(world.phone().await, Some(world.phone.clone()));
    let code = world.sandbox.code_for(NEW).unwrap();
    let approval = world.approve(&challenge, &code).await;
    assert!(matches!(approval, Approval::PhoneChanged), "{approval:?}");
    assert_eq!(world.phone().await, Some(new_phone()));
}

#[tokio::test]
async fn a_phone_change_sends_nothing_to_the_new_phone_before_the_old_one_is_proved() {
    let world = World::enrolled().await;
    let challenge = step_up(&world, Action::ChangePhone(new_phone())).await;
    let _ = world.approve(&challenge, world.wrong_code()).await;
    assert_eq!(world.sandbox.code_for(NEW), None);
    assert_eq!(challenge.masked_phone, world.phone.masked());
}

#[tokio::test]
async fn the_code_of_the_old_phone_does_not_prove_the_new_one() {
    let (world, challenge) = half_way().await;
    let approval = world.approve(&challenge, &world.code()).await;
    assert!(matches!(approval, Approval::Incorrect { .. }), "{approval:?}");
    assert_eq!(world.phone().await, Some(world.phone.clone()));
}

#[tokio::test]
async fn another_session_cannot_finish_a_phone_change() {
    let (world, challenge) = half_way().await;
    let code = world.sandbox.code_for(NEW).unwrap();
    let thief = session("stolen");
    let approval = world.mfa.approve(&challenge.id, &thief, &code).await.unwrap();
    assert_refused(approval, Ended::Unknown);
}

#[tokio::test]
async fn a_new_phone_that_the_policy_does_not_allow_costs_nothing() {
    let world = World::enrolled().await;
    let asked = world.asked();
    let kenyan = Action::ChangePhone(PhoneNumber::parse("+254 700 111222").unwrap());
    let started = world.mfa.step_up(&world.user, &world.session, kenyan, Channel::Sms).await;
    let reason = PhoneNotAllowed::Country;
    assert_eq!(refused(started.unwrap()), Refusal::PhoneNotAllowed { reason });
    assert_eq!(world.asked(), asked);
}

#[tokio::test]
async fn the_same_phone_is_no_change() {
    let world = World::enrolled().await;
    let same = Action::ChangePhone(world.phone.clone());
    let started = world.mfa.step_up(&world.user, &world.session, same, Channel::Sms).await;
    assert_eq!(refused(started.unwrap()), Refusal::AlreadyEnrolled);
}

#[tokio::test]
async fn a_step_up_is_for_its_user_and_its_action_and_for_five_minutes() {
    let world = World::enrolled().await;
    let (now, minute) = (world.sandbox.now(), Duration::from_secs(60));
    let other_user = "grace".parse().unwrap();
    let uses = [
        (&world.user, "delete-account", now + 4 * minute, true),
        (&world.user, "delete-account", now + 5 * minute, false),
        (&world.user, "export-data", now, false),
        (&other_user, "delete-account", now, false),
    ];
    for (user, action, at, allowed) in uses {
        assert_eq!(delete_account(&world).await.allows(user, action, at), allowed, "{action}");
    }
}

#[tokio::test]
async fn a_code_for_one_action_does_not_serve_another_in_the_same_session() {
    let world = World::enrolled().await;
    let harmless = step_up(&world, Action::Other("export-data".into())).await;
    let code = world.code();
    let disable = step_up(&world, Action::Disable).await;
    assert_ne!(harmless.id, disable.id);
    assert_refused(world.approve(&harmless, &code).await, Ended::Superseded);
    let approval = world.approve(&disable, &code).await;
    assert!(matches!(approval, Approval::Incorrect { .. }), "{approval:?}");
}
