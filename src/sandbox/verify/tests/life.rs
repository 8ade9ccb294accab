//! A verification from its first send to its end.

use super::*;

const UNKNOWN: &str = "VE00000000000000000000000000000009";

const EXHAUSTED_LONG_AGO: [Step; 6] =
    [Step::Wrong, Step::Wrong, Step::Wrong, Step::Wrong, Step::Wrong, Step::Wait(600)];
const APPROVED: &[Step] = &[Step::End(Ending::Approved)];
const CANCELED: &[Step] = &[Step::End(Ending::Canceled)];
const EXPIRED: &[Step] = &[Step::Wait(600)];

#[test]
fn a_right_code_has_the_documented_outcome_in_every_state() {
    let approved = Ok(VerificationStatus::Approved);
    let table = [
        ("just sent", &[][..], approved.clone()),
        ("the last second", &[Step::Wait(599)], approved.clone()),
        ("four wrong codes before", &[Step::Wrong; 4], approved.clone()),
        ("sent again", &[Step::Resend], approved),
        ("five wrong codes before", EXHAUSTED, Err(Refusal::ChecksUsedUp)),
        ("approved by a check", &[Step::Right], Err(Refusal::NotFound)),
        ("approved by hand", APPROVED, Err(Refusal::NotFound)),
        ("canceled", CANCELED, Err(Refusal::NotFound)),
        ("expired", EXPIRED, Err(Refusal::NotFound)),
        ("exhausted, then expired", &EXHAUSTED_LONG_AGO, Err(Refusal::NotFound)),
        (
            "a resend extends nothing",
            &[Step::Wait(599), Step::Resend, Step::Wait(1)],
            Err(Refusal::NotFound),
        ),
    ];
    for (situation, steps, expected) in table {
        let (mut world, started) = World::after(steps);
        let outcome = world.check(&Target::Sid(started.sid.clone()), right(&started));
        assert_eq!(outcome, expected, "{situation}, by SID");
        let (mut world, started) = World::after(steps);
        assert_eq!(world.check(&to(PHONE), right(&started)), expected, "{situation}, by number");
    }
}

#[test]
fn a_target_that_is_not_there_is_not_found() {
    let unknown = || VerificationSid::parse(UNKNOWN).unwrap();
    let (mut world, started) = World::after(&[]);
    let targets = [
        to(OTHER_PHONE),
        Target::Sid(unknown()),
        Target::Both(unknown(), destination(PHONE)),
        Target::Both(started.sid.clone(), destination(OTHER_PHONE)),
    ];
    for target in targets {
        let outcome = world.check(&target, right(&started));
        assert_eq!(outcome, Err(Refusal::NotFound), "{target:?}");
    }
}

#[test]
fn every_wrong_code_is_answered_with_pending_and_the_sixth_check_is_refused() {
    let (mut world, started) = World::after(&[]);
    for _ in 0..5 {
        assert_eq!(world.check(&to(PHONE), WRONG), Ok(VerificationStatus::Pending));
    }
    assert_eq!(world.check(&to(PHONE), WRONG), Err(Refusal::ChecksUsedUp));
    let sid = Target::Sid(started.sid);
    assert_eq!(world.fetch(&sid), Ok(VerificationStatus::MaxAttemptsReached));
}

#[test]
fn what_can_be_fetched_depends_on_how_it_ended() {
    let table = [
        (&[][..], Ok(VerificationStatus::Pending)),
        (CANCELED, Ok(VerificationStatus::Canceled)),
        (EXHAUSTED, Ok(VerificationStatus::MaxAttemptsReached)),
        (APPROVED, Err(Refusal::NotFound)),
        (EXPIRED, Err(Refusal::NotFound)),
    ];
    for (steps, expected) in table {
        let (mut world, started) = World::after(steps);
        assert_eq!(world.fetch(&Target::Sid(started.sid)), expected, "{steps:?}");
    }
}

#[test]
fn only_what_occupies_its_destination_is_fetched_by_it() {
    let found = |steps| World::after(steps).0.fetch(&to(PHONE)).is_ok();
    assert!(found(&[]) && found(EXHAUSTED));
    assert!(!found(CANCELED) && !found(APPROVED) && !found(EXPIRED));
}

#[test]
fn what_can_be_ended_by_hand_depends_on_how_it_stands() {
    let table = [
        (&[][..], true, true),
        (EXHAUSTED, false, true),
        (CANCELED, false, false),
        (APPROVED, false, false),
        (EXPIRED, false, false),
    ];
    for (steps, approve, cancel) in table {
        for (ending, allowed) in [(Ending::Approved, approve), (Ending::Canceled, cancel)] {
            let (mut world, started) = World::after(steps);
            let outcome = world.end(&Target::Sid(started.sid), ending);
            assert_eq!(outcome.is_ok(), allowed, "{ending:?} after {steps:?}");
        }
    }
}

#[test]
fn sending_again_keeps_verification_and_code_across_channels() {
    let (mut world, first) = World::after(&[]);
    let second = world.send(start(PHONE, Channel::Call)).unwrap();
    assert_eq!((&second.sid, right(&second)), (&first.sid, right(&first)));
    assert_eq!(second.channel, Channel::Call);
    let channels: Vec<_> = second.attempts.iter().map(|attempt| &attempt.channel).collect();
    assert_eq!(channels, [&Channel::Sms, &Channel::Call]);
}

#[test]
fn the_sixth_send_is_refused_until_the_window_ends() {
    let (mut world, first) = World::after(&[Step::Resend; 4]);
    assert_eq!(world.send(sms(PHONE)).unwrap_err(), Refusal::SendsUsedUp);
    world.wait(600);
    assert_ne!(world.send(sms(PHONE)).unwrap().sid, first.sid);
}

#[test]
fn after_five_wrong_codes_nothing_is_sent_until_the_window_ends() {
    let (mut world, first) = World::after(EXHAUSTED);
    assert_eq!(world.send(sms(PHONE)).unwrap_err(), Refusal::ChecksUsedUp);
    world.wait(600);
    assert_ne!(world.send(sms(PHONE)).unwrap().sid, first.sid);
}

#[test]
fn what_ended_frees_its_destination() {
    let exhausted_then_canceled = [EXHAUSTED, CANCELED].concat();
    for steps in [&[Step::Right][..], APPROVED, CANCELED, EXPIRED, &exhausted_then_canceled] {
        let (mut world, first) = World::after(steps);
        let second = world.send(sms(PHONE)).unwrap();
        assert_ne!(second.sid, first.sid, "{steps:?}");
        assert_ne!(right(&second), right(&first), "{steps:?}");
    }
}

#[test]
fn a_canceled_verification_can_be_fetched_after_the_next_began() {
    let (mut world, first) = World::after(CANCELED);
    world.send(sms(PHONE)).unwrap();
    assert_eq!(world.fetch(&Target::Sid(first.sid)), Ok(VerificationStatus::Canceled));
}

#[test]
fn a_destination_is_verified_per_service() {
    let (mut world, first) = World::after(&[]);
    let other: ServiceSid = world.source.sid("VA");
    world.verify.services.create(other.clone(), ServiceSettings::new("Other"), world.now);
    world.service = other;
    let second = world.send(sms(PHONE)).unwrap();
    assert_ne!(second.sid, first.sid);
    assert_eq!(world.check(&Target::Sid(first.sid), WRONG), Err(Refusal::NotFound));
}

#[test]
fn a_deleted_service_takes_its_verifications_along() {
    let (mut world, _) = World::after(&[]);
    world.verify.services.delete(&world.service).unwrap();
    assert_eq!(world.fetch(&to(PHONE)), Err(Refusal::NotFound));
    assert_eq!(world.send(sms(PHONE)).unwrap_err(), Refusal::NotFound);
}
