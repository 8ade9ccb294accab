//! A fresh code for one action: another phone, or something of the application's own.

use std::time::Duration;

use verify_mfa::{
    Channel,
    flow::{Action, Approval, Challenge, Refusal, StepUp},
    store::{SecurityStamp, UserStore},
};

use crate::support::{World, challenged, refused};

async fn step_up(world: &World, action: Action) -> Challenge {
    let started = world.mfa.step_up(&world.user, &world.session, action, Channel::Sms).await;
    challenged(started.unwrap())
}

async fn delete_account(world: &World) -> StepUp {
    let challenge = step_up(world, Action::Other("delete-account".into())).await;
    match world.approve(&challenge, &world.code()).await {
        Approval::SteppedUp(step_up) => step_up,
        other => panic!("no step-up but {other:?}"),
    }
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
async fn a_step_up_tells_whether_the_password_was_changed_since() {
    let world = World::enrolled().await;
    let step_up = delete_account(&world).await;
    let stamp = async || world.users.load(&world.user).await.unwrap().unwrap().stamp;
    assert_eq!(*step_up.stamp(), stamp().await);
    world.users.change_stamp(&world.user, SecurityStamp::random().unwrap());
    assert_ne!(*step_up.stamp(), stamp().await);
}
