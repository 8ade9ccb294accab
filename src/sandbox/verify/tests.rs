//! The rules, step by step: what was done before, what is asked now, what is answered.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{
    Answer, Destination, Ending, Refusal, Rules, ServiceSettings, Start, Target, Transaction,
    Verification, Verify,
};
use crate::{
    sandbox::source::Source,
    types::{Channel, Code, ServiceSid, VerificationSid, VerificationStatus},
};

const PHONE: &str = "+14155550100";
const OTHER_PHONE: &str = "+14155550101";
const UNKNOWN: &str = "VE00000000000000000000000000000009";

/// An account with one service, and a clock.
struct World {
    verify: Verify,
    source: Source,
    service: ServiceSid,
    now: SystemTime,
}

impl World {
    fn new() -> Self {
        Self::with(ServiceSettings::new("Tests"))
    }

    fn with(settings: ServiceSettings) -> Self {
        Self::under(Rules::default(), settings)
    }

    fn under(rules: Rules, settings: ServiceSettings) -> Self {
        let (mut verify, mut source) = (Verify::new(Arc::new(rules)), Source::seeded(1));
        let service: ServiceSid = source.sid("VA");
        verify.services.create(service.clone(), settings, SystemTime::UNIX_EPOCH);
        Self { verify, source, service, now: SystemTime::UNIX_EPOCH }
    }

    fn send(&mut self, start: Start) -> Result<Verification, Refusal> {
        let sent = self.verify.start(&self.service, start, self.now, &mut self.source)?;
        Ok(sent.verification.clone())
    }

    fn check(&mut self, target: &Target, code: &str) -> Result<VerificationStatus, Refusal> {
        let answer = Answer { code: Some(code.into()), ..Answer::default() };
        Ok(self.verify.check(&self.service, target, answer, self.now)?.status())
    }

    fn end(&mut self, target: &Target, ending: Ending) -> Result<VerificationStatus, Refusal> {
        let ended = self.verify.end(&self.service, target, ending, self.now)?;
        Ok(ended.status.clone())
    }

    fn fetch(&mut self, target: &Target) -> Result<VerificationStatus, Refusal> {
        let found = self.verify.fetch(&self.service, target, self.now)?;
        Ok(found.status.clone())
    }

    fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }

    /// Starts a verification and does `steps` with it.
    fn after(steps: &[Step]) -> (Self, Verification) {
        let mut world = Self::new();
        let started = world.send(sms(PHONE)).unwrap();
        for step in steps {
            world.take(*step, &started);
        }
        (world, started)
    }

    fn take(&mut self, step: Step, started: &Verification) {
        let sid = Target::Sid(started.sid.clone());
        match step {
            Step::Right => drop(self.check(&sid, right(started)).unwrap()),
            Step::Wrong => drop(self.check(&sid, WRONG).unwrap()),
            Step::Resend => drop(self.send(sms(PHONE)).unwrap()),
            Step::End(ending) => drop(self.end(&sid, ending).unwrap()),
            Step::Wait(seconds) => self.wait(seconds),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Right,
    Wrong,
    Resend,
    End(Ending),
    Wait(u64),
}

/// No code that a source makes up has letters.
const WRONG: &str = "wrong!";

fn sms(to: &str) -> Start {
    start(to, Channel::Sms)
}

fn start(to: &str, channel: Channel) -> Start {
    Start::new(destination(to), channel)
}

fn destination(text: &str) -> Destination {
    Destination::parse(text).unwrap()
}

fn to(text: &str) -> Target {
    Target::To(destination(text))
}

fn right(verification: &Verification) -> &str {
    verification.code.expose_secret()
}

const EXHAUSTED: &[Step] = &[Step::Wrong; 5];
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
fn custom_codes_need_a_service_that_allows_them() {
    let custom = || Some(Code::custom("ABCD").unwrap());
    let refused = World::new().send(Start { custom_code: custom(), ..sms(PHONE) });
    assert_eq!(refused.unwrap_err(), Refusal::FeatureClosed("Custom codes"));

    let mut allowed = ServiceSettings::new("Tests");
    allowed.custom_code_enabled = true;
    let mut world = World::with(allowed);
    world.send(sms(PHONE)).unwrap();
    world.send(Start { custom_code: custom(), ..sms(PHONE) }).unwrap();
    assert_eq!(world.check(&to(PHONE), "ABCD"), Ok(VerificationStatus::Approved));
}

#[test]
fn codes_are_as_long_as_the_service_says() {
    let mut settings = ServiceSettings::new("Tests");
    settings.code_length = 9;
    let sent = World::with(settings).send(sms(PHONE)).unwrap();
    assert_eq!(right(&sent).len(), 9);
}

#[test]
fn a_payment_is_confirmed_only_as_it_was_started() {
    let paid =
        |amount: &str| Some(Transaction { amount: amount.to_owned(), payee: "Acme".to_owned() });
    let mut settings = ServiceSettings::new("Tests");
    settings.psd2_enabled = true;
    let mut world = World::with(settings);
    assert_eq!(world.send(sms(PHONE)).unwrap_err(), Refusal::TransactionMissing);
    let call = Start { transaction: paid("5"), ..start(PHONE, Channel::Call) };
    assert_eq!(world.send(call).unwrap_err(), Refusal::CallWithTransaction);
    let sent = world.send(Start { transaction: paid("5"), ..sms(PHONE) }).unwrap();
    assert_eq!(world.check(&to(PHONE), right(&sent)), Err(Refusal::TransactionMissing));
    for (amount, expected) in
        [("6", VerificationStatus::Pending), ("5", VerificationStatus::Approved)]
    {
        let code = Some(right(&sent).into());
        let answer = Answer { code, transaction: paid(amount), ..Answer::default() };
        let checked = world.verify.check(&world.service, &to(PHONE), answer, world.now).unwrap();
        assert_eq!(checked.status(), expected);
    }
}

#[test]
fn channel_and_destination_must_fit() {
    let table = [
        (PHONE, Channel::Email, false),
        ("someone@example.com", Channel::Sms, false),
        ("someone@example.com", Channel::Email, true),
        (PHONE, Channel::WhatsApp, true),
    ];
    for (to, channel, allowed) in table {
        let outcome = World::new().send(start(to, channel.clone()));
        assert_eq!(outcome.is_ok(), allowed, "{channel} to {to}");
    }
}

#[test]
fn an_app_hash_goes_into_text_messages_only() {
    let hashed = |channel| Start { app_hash: Some("h".to_owned()), ..start(PHONE, channel) };
    assert!(World::new().send(hashed(Channel::Sms)).is_ok());
    let refused = World::new().send(hashed(Channel::WhatsApp));
    assert_eq!(refused.unwrap_err(), Refusal::AppHashWithoutSms);
}

#[test]
fn a_deleted_service_takes_its_verifications_along() {
    let (mut world, _) = World::after(&[]);
    world.verify.services.delete(&world.service).unwrap();
    assert_eq!(world.fetch(&to(PHONE)), Err(Refusal::NotFound));
    assert_eq!(world.send(sms(PHONE)).unwrap_err(), Refusal::NotFound);
}
