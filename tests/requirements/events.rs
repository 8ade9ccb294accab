//! What the application is told.

use std::sync::{Arc, Mutex};

use verify_mfa::{
    Channel, Country, LineType,
    flow::{
        Action, ChallengePurpose, Countries, Enroll, EventKind, Limit, Notice, Policy, Resend,
        SecurityEvent,
    },
    sandbox::Fault,
    store::SecurityStamp,
};

use crate::step_up::{half_way, new_phone};
use crate::support::{World, assert_granted, challenged, generous, landline, refused, session};

/// What was told, in order.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<SecurityEvent>>>);

impl Told {
    fn by(world: &mut World) -> Self {
        let told = Self::default();
        let events = told.clone();
        let sink = move |event: &SecurityEvent| events.0.lock().unwrap().push(event.clone());
        world.mfa = world.mfa.clone().with_events(sink);
        told
    }

    fn kinds(&self) -> Vec<EventKind> {
        self.0.lock().unwrap().iter().map(|event| event.kind).collect()
    }

    #[track_caller]
    fn only(&self, kind: EventKind) -> SecurityEvent {
        let all = self.0.lock().unwrap();
        let mut found = all.iter().filter(|event| event.kind == kind);
        match (found.next(), found.next()) {
            (Some(event), None) => event.clone(),
            _ => panic!("not exactly one {kind:?} in {all:#?}"),
        }
    }
}

async fn enrolled() -> (World, Told) {
    let mut world = World::enrolled_with(generous()).await;
    let told = Told::by(&mut world);
    (world, told)
}

#[tokio::test]
async fn an_enrollment_is_told_from_its_start_to_its_notice() {
    let mut world = World::new().await;
    let told = Told::by(&mut world);
    let challenge = world.enroll().await;
    let _ = world.approve(&challenge, &world.code()).await;
    let expected = [
        EventKind::EnrollStarted,
        EventKind::ChallengeSent,
        EventKind::EnrollConfirmed,
        EventKind::StampChanged,
        EventKind::Notice(Notice::Enrolled),
    ];
    assert_eq!(told.kinds(), expected);
}

#[tokio::test]
async fn an_event_tells_whose_it_is_and_what_it_is_about_and_not_the_phone() {
    let (world, told) = enrolled().await;
    let challenge = world.login().await;
    let sent = told.only(EventKind::ChallengeSent);
    assert_eq!((&sent.user, sent.at), (&world.user, world.sandbox.now()));
    assert_eq!(sent.purpose, Some(ChallengePurpose::Login));
    assert_eq!((sent.channel.clone(), sent.country), (Some(Channel::Sms), Some(Country::US)));
    assert_eq!(sent.line_type, Some(LineType::FixedLineOrMobile));
    let text = format!("{sent:?}");
    assert!(!text.contains("5550100") && !text.contains(challenge.id.as_str()), "{text}");
    assert_granted(world.approve(&challenge, &world.code()).await);
    let approved = told.only(EventKind::LoginApproved);
    assert_eq!((approved.challenge, approved.phone), (sent.challenge, sent.phone));
}

#[tokio::test]
async fn a_login_without_a_second_factor_says_so() {
    let mut world = World::new().await;
    let told = Told::by(&mut world);
    let _ = world.mfa.challenge(&world.user, &world.session, Default::default()).await.unwrap();
    assert_eq!(told.only(EventKind::LoginApproved).reason, Some("first_factor"));
}

#[tokio::test]
async fn sending_again_and_calling_are_events_of_their_own() {
    let (world, told) = enrolled().await;
    let challenge = world.login().await;
    for how in [Resend::Same, Resend::Call] {
        world.wait(60);
        let _ = world.mfa.resend(&challenge.id, &world.session, how).await.unwrap();
    }
    let expected =
        [EventKind::ChallengeSent, EventKind::ChallengeResent, EventKind::ChallengeCalled];
    assert_eq!(told.kinds(), expected);
}

#[tokio::test]
async fn wrong_codes_are_told_and_so_is_a_login_that_they_end() {
    let (world, told) = enrolled().await;
    let challenge = world.login().await;
    for _ in 0..5 {
        let _ = world.approve(&challenge, world.wrong_code()).await;
    }
    assert_eq!(told.kinds().iter().filter(|kind| **kind == EventKind::CheckFailed).count(), 5);
    let event = told.only(EventKind::OneFactorOnly);
    assert_eq!(
        (event.reason, event.owasp_name()),
        (Some("exhausted"), Some("authn_login_fail_max"))
    );
}

#[tokio::test]
async fn a_login_that_was_left_alone_is_told_when_the_next_one_begins() {
    let (world, told) = enrolled().await;
    world.login().await;
    world.wait(600);
    world.login().await;
    assert_eq!(told.only(EventKind::OneFactorOnly).reason, Some("expired"));
}

#[tokio::test]
async fn a_login_that_another_session_takes_over_or_that_is_canceled_is_told() {
    let (world, told) = enrolled().await;
    world.login().await;
    let second = session("second");
    let challenge = world.login_in(&second).await;
    assert_eq!(told.only(EventKind::OneFactorOnly).reason, Some("superseded"));
    world.mfa.cancel(&challenge.id, &second).await.unwrap();
    assert_eq!(told.kinds().last(), Some(&EventKind::OneFactorOnly));
}

#[tokio::test]
async fn a_lock_is_told_with_a_notice_and_so_is_its_end() {
    let (world, told) = enrolled().await;
    for _ in 0..10 {
        let challenge = world.login().await;
        let _ = world.approve(&challenge, world.wrong_code()).await;
        world.mfa.cancel(&challenge.id, &world.session).await.unwrap();
    }
    assert_eq!(told.only(EventKind::Locked).owasp_name(), Some("authn_login_lock"));
    told.only(EventKind::Notice(Notice::Locked));
    world.mfa.unlock(&world.user).await.unwrap();
    told.only(EventKind::Unlocked);
}

#[tokio::test]
async fn a_hundred_wrong_codes_are_told_as_a_hard_lock() {
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
async fn a_change_of_phone_is_told_with_a_notice() {
    let (mut world, challenge) = half_way().await;
    let told = Told::by(&mut world);
    let code = world.sandbox.code_for(new_phone()).unwrap();
    let _ = world.approve(&challenge, &code).await;
    let expected =
        [EventKind::PhoneChanged, EventKind::StampChanged, EventKind::Notice(Notice::PhoneChanged)];
    assert_eq!(told.kinds(), expected);
}

#[tokio::test]
async fn switching_off_is_told_with_a_notice() {
    let (world, told) = enrolled().await;
    let off = world.mfa.step_up(&world.user, &world.session, Action::Disable, Channel::Sms).await;
    let _ = world.approve(&challenged(off.unwrap()), &world.code()).await;
    told.only(EventKind::MfaDisabled);
    told.only(EventKind::Notice(Notice::Disabled));
}

#[tokio::test]
async fn a_step_up_is_told_when_it_is_given_and_when_it_is_not() {
    let (world, told) = enrolled().await;
    for right in [true, false] {
        let action = Action::Other("delete-account".into());
        let started = world.mfa.step_up(&world.user, &world.session, action, Channel::Sms).await;
        let challenge = challenged(started.unwrap());
        match right {
            true => drop(world.approve(&challenge, &world.code()).await),
            false => world.mfa.cancel(&challenge.id, &world.session).await.unwrap(),
        }
    }
    told.only(EventKind::StepUpApproved);
    told.only(EventKind::StepUpFailed);
}

#[tokio::test]
async fn what_twilio_refuses_or_does_not_answer_is_told() {
    let mut world = World::with(generous()).await;
    let told = Told::by(&mut world);
    let enroll = || world.mfa.enroll(&world.user, &world.session, &world.phone, Channel::Sms);
    world.sandbox.inject(Fault::html(503).once());
    enroll().await.unwrap_err();
    assert_eq!(told.only(EventKind::ProviderError).reason, Some("ambiguous"));
    world.wait(600);
    world.sandbox.inject(landline().once());
    refused(enroll().await.unwrap());
    assert_eq!(told.only(EventKind::SendRefused).reason, Some("channel_unavailable"));
    world.sandbox.inject(Fault::fraud_block().once());
    refused(enroll().await.unwrap());
    told.only(EventKind::FraudBlock);
}

#[tokio::test]
async fn an_answer_to_a_check_that_was_lost_is_told() {
    let (world, told) = enrolled().await;
    let challenge = world.login().await;
    world.sandbox.inject(Fault::drop_after().once());
    let answer = world.mfa.approve(&challenge.id, &world.session, &world.code()).await;
    answer.unwrap_err();
    told.only(EventKind::Ambiguous);
    assert_eq!(told.only(EventKind::ProviderError).reason, Some("ambiguous"));
}

#[tokio::test]
async fn a_limit_tells_which_one_it_was() {
    let policy = Policy::new(Countries::any()).sends_in_all([]).unwrap();
    let mut world = World::with(policy.sends_per_country([Limit::per_hour(0)]).unwrap()).await;
    let told = Told::by(&mut world);
    let enroll = world.mfa.enroll(&world.user, &world.session, &world.phone, Channel::Sms);
    refused(enroll.await.unwrap());
    let event = told.only(EventKind::SendLimited);
    assert_eq!(event.reason, Some("country"));
    assert_eq!(event.owasp_name(), Some("excess_rate_limit_exceeded"));
}

#[tokio::test]
async fn the_acknowledgement_of_the_notice_is_recorded() {
    let mut world = World::with(generous().require_notice(true)).await;
    let told = Told::by(&mut world);
    let how = Enroll::new(Channel::Sms).notice_acknowledged();
    let started = world.mfa.enroll(&world.user, &world.session, &world.phone, how).await;
    challenged(started.unwrap());
    assert_eq!(told.only(EventKind::EnrollStarted).reason, Some("notice_acknowledged"));
}

#[tokio::test]
async fn a_password_change_during_the_check_is_told() {
    let (world, told) = enrolled().await;
    let challenge = world.login().await;
    world.users.change_stamp(&world.user, SecurityStamp::new("another"));
    let _ = world.approve(&challenge, &world.code()).await;
    assert_eq!(told.only(EventKind::OneFactorOnly).reason, Some("canceled"));
}

#[test]
fn every_kind_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<_> = KINDS.map(EventKind::as_str).into();
    assert_eq!(names.len(), KINDS.len());
}

const KINDS: [EventKind; 26] = [
    EventKind::EnrollStarted,
    EventKind::EnrollConfirmed,
    EventKind::EnrollFailed,
    EventKind::ChallengeSent,
    EventKind::ChallengeResent,
    EventKind::ChallengeCalled,
    EventKind::SendRefused,
    EventKind::SendLimited,
    EventKind::FraudBlock,
    EventKind::CheckFailed,
    EventKind::LoginApproved,
    EventKind::OneFactorOnly,
    EventKind::StepUpApproved,
    EventKind::StepUpFailed,
    EventKind::PhoneChanged,
    EventKind::MfaDisabled,
    EventKind::Locked,
    EventKind::HardLocked,
    EventKind::Unlocked,
    EventKind::StampChanged,
    EventKind::ProviderError,
    EventKind::Ambiguous,
    EventKind::Notice(Notice::Enrolled),
    EventKind::Notice(Notice::PhoneChanged),
    EventKind::Notice(Notice::Disabled),
    EventKind::Notice(Notice::Locked),
];
