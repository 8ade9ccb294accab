//! 25: a lock is told, with a notice, once.

use verify_mfa::{
    flow::{Challenge, EventKind, Notice},
    sandbox::{Fault, Sandbox},
};

use crate::{
    enrollment::half_way,
    events::enrolled,
    spy::Spy,
    support::{World, generous, session},
    world::Told,
};

#[tokio::test]
async fn r25_a_lock_is_told_with_a_notice_and_so_is_its_end() {
    let (world, told) = enrolled().await;
    for _ in 0..10 {
        let challenge = world.login().await;
        let _ = world.approve(&challenge, world.wrong_code()).await;
        world.cancel(&challenge).await;
        world.wait(120);
    }
    assert_eq!(told.only(EventKind::Locked).owasp_name(), Some("authn_login_lock"));
    told.only(EventKind::Notice(Notice::Locked));
    world.mfa.unlock(&world.user).await.unwrap();
    told.only(EventKind::Unlocked);
}

#[tokio::test]
async fn r25_a_hard_lock_is_told_with_a_notice() {
    let policy = generous().hard_lock(3).unwrap();
    let mut world = World::enrolled_with(policy).await;
    let told = Told::by(&mut world);
    let challenge = world.login().await;
    for _ in 0..3 {
        let _ = world.approve(&challenge, world.wrong_code()).await;
    }
    told.only(EventKind::HardLocked);
    told.only(EventKind::Notice(Notice::Locked));
}

#[tokio::test]
async fn r25_a_lock_whose_process_died_is_told_once_when_the_user_comes_again() {
    let policy = generous().hard_lock(1).unwrap();
    let (mut world, spy) = Spy::world(Sandbox::start().await.unwrap(), policy);
    world.replace_phone(&world.user, &world.phone).await;
    let told = Told::by(&mut world);
    let challenge = world.login().await;
    // It loads and saves the record, loads the user, asks Twilio, and gets no further.
    spy.fail_after(3);
    let checked = world.mfa.approve(&challenge.id, &world.session, world.wrong_code()).await;
    checked.unwrap_err();
    assert!(world.is_locked().await && told.count(EventKind::HardLocked) == 0);
    world.wait(60);
    for _ in 0..2 {
        assert_eq!(world.lock().await, None);
        told.only(EventKind::HardLocked);
        told.only(EventKind::Notice(Notice::Locked));
    }
}

/// Eight wrong codes, and two more at once, in a change of phone and in a login.
async fn ten_wrong_codes(world: &World, change: &Challenge, fault: Option<Fault>) {
    let other = session("login");
    world.fail_at(&world.mfa, &other, 8).await;
    let login = world.login_in(&other).await;
    let _ = fault.map(|fault| world.sandbox.inject(fault.once()));
    let wrong = world.mfa.approve(&change.id, &world.session, world.wrong_code());
    let also_wrong = world.mfa.approve(&login.id, &other, world.wrong_code());
    let _ = tokio::join!(wrong, also_wrong);
}

#[tokio::test]
async fn r25_a_lock_that_two_wrong_codes_lead_to_at_once_is_told_once() {
    let (mut world, change) = half_way().await;
    let told = Told::by(&mut world);
    ten_wrong_codes(&world, &change, None).await;
    assert_eq!((told.count(EventKind::CheckFailed), world.is_locked().await), (10, true));
    told.only(EventKind::Locked);
    told.only(EventKind::Notice(Notice::Locked));
}

#[tokio::test]
async fn r25_a_lock_is_not_told_when_one_of_two_checks_at_once_is_given_back() {
    let (mut world, change) = half_way().await;
    let told = Told::by(&mut world);
    let busy = Fault::error(429, 20429, "Too Many Requests");
    ten_wrong_codes(&world, &change, Some(busy)).await;
    assert_eq!((told.count(EventKind::CheckFailed), world.is_locked().await), (9, false));
    assert_eq!(told.count(EventKind::Locked), 0);
}
