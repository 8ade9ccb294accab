//! What is remembered, and for how long.

use super::*;
use crate::sandbox::verify::Open;

fn sizes(world: &mut World) -> [usize; 5] {
    let Open { verifications, .. } = world.verify.services.open(&world.service).unwrap();
    verifications.sizes()
}

fn largest(world: &mut World) -> usize {
    sizes(world).into_iter().max().unwrap()
}

/// Addresses, of which there are enough.
fn somebody(number: usize) -> String {
    format!("somebody-{number}@example.com")
}

fn email(number: usize) -> Start {
    start(&somebody(number), Channel::Email)
}

#[test]
fn what_expired_is_forgotten() {
    let mut world = World::new();
    for number in 0..5_000 {
        world.send(email(number)).unwrap();
        world.wait(1);
    }
    assert!(largest(&mut world) <= 601, "{:?}", sizes(&mut world));
}

#[test]
fn what_used_up_its_checks_is_forgotten_after_six_lives() {
    let (mut world, first) = World::after(EXHAUSTED);
    let sid = Target::Sid(first.sid);
    for (wait, found) in [(600, true), (3_599, true), (1, false)] {
        world.wait(wait);
        world.send(email(0)).unwrap();
        assert_eq!(world.fetch(&sid).is_ok(), found, "{:?}", sizes(&mut world));
    }
}

#[test]
fn what_was_canceled_can_be_fetched_for_six_lives() {
    let (mut world, first) = World::after(&[Step::End(Ending::Canceled)]);
    let sid = Target::Sid(first.sid);
    for (wait, found) in [(3_599, true), (1, false)] {
        world.wait(wait);
        world.send(email(0)).unwrap();
        assert_eq!(world.fetch(&sid).is_ok(), found);
    }
}

#[test]
fn of_what_ended_under_a_clock_that_stands_still_the_last_are_remembered() {
    let (mut world, pending) = World::after(&[]);
    for number in 0..45_000 {
        let sent = world.send(email(number)).unwrap();
        let ending = if number % 2 == 0 { Ending::Approved } else { Ending::Canceled };
        world.end(&Target::Sid(sent.sid), ending).unwrap();
    }
    assert!(largest(&mut world) <= 30_010, "{:?}", sizes(&mut world));
    assert!(sizes(&mut world)[0] <= 10_002, "{:?}", sizes(&mut world));
    assert_eq!(world.check(&to(PHONE), right(&pending)), Ok(VerificationStatus::Approved));
}

#[test]
fn the_code_is_known_as_long_as_its_verification() {
    let (mut world, first) = World::after(&[]);
    let known = |world: &World| world.verify.code_for(&first.to).is_some();
    assert!(known(&world));
    world.wait(600);
    world.send(email(0)).unwrap();
    assert!(!known(&world));
}

#[test]
fn of_several_services_the_last_code_counts() {
    let (mut world, first) = World::after(&[]);
    let service = world.service.clone();
    world.service = world.source.sid("VA");
    let other = world.service.clone();
    world.verify.services.create(other, ServiceSettings::new("Other"), world.now);
    let second = world.send(sms(PHONE)).unwrap();
    let code = |world: &World| world.verify.code_for(&first.to).unwrap().expose_secret().to_owned();
    assert_eq!(code(&world), right(&second));
    world.service = service;
    world.send(sms(PHONE)).unwrap();
    assert_eq!(code(&world), right(&first));
}
