//! 21 to 24, 28 to 30: switching on, changing, switching off. 25 is in `events.rs`.

use std::sync::{Arc, Mutex};

use verify_mfa::{
    BoxError, Channel, LineType, PhoneNumber,
    flow::{
        Action, Approval, Challenge, Countries, Decision, Ended, Enroll, EventKind,
        PhoneNotAllowed, PlannedSend, Policy, Refusal, Resend, Risk, RiskAssessment, Started,
    },
};

use crate::{
    support::{World, assert_refused, challenged, generous, granted, policy, refused, session},
    world::{Told, assert_nothing, phone},
};

/// A world in which the old phone is proved and the new one is waiting for its code.
pub(crate) async fn half_way() -> (World, Challenge) {
    let world = World::enrolled().await;
    let challenge = world.step_up(Action::ChangePhone(phone(11))).await;
    match world.approve(&challenge, &world.code()).await {
        Approval::Continue(challenge) => (world, challenge),
        other => panic!("it does not go on: {other:?}"),
    }
}

#[tokio::test]
async fn r21_a_phone_is_a_factor_when_its_code_is_approved_and_not_before() {
    let world = World::new().await;
    let challenge = world.enroll().await;
    assert_eq!(world.phone().await, None);
    assert!(!world.mfa.is_enrolled(&world.user).await.unwrap());
    assert_eq!(world.mfa.status(&world.user).await.unwrap().masked_phone, None);
    let login = world.login_as(&world.user, &session("login")).await;
    assert!(matches!(login, Decision::NotEnrolled(_)), "{login:?}");
    let approval = world.approve(&challenge, &world.code()).await;
    assert!(matches!(approval, Approval::Enrolled { .. }), "{approval:?}");
    assert_eq!(world.phone().await, Some(world.phone.clone()));
}

#[tokio::test]
async fn r21_a_new_phone_does_not_replace_the_live_one_before_its_code_is_approved() {
    let (world, challenge) = half_way().await;
    let wrong = world.approve(&challenge, &world.code()).await;
    assert!(matches!(wrong, Approval::Incorrect { .. }), "the old phone's code: {wrong:?}");
    assert_eq!(world.phone().await, Some(world.phone.clone()));
    let login = world.login_in(&session("login")).await;
    assert_eq!(login.masked_phone, world.phone.masked());
}

#[tokio::test]
async fn r22_a_first_factor_that_is_too_old_has_to_be_given_again_to_enroll() {
    let world = World::new().await;
    let session = world.session.clone().authenticated_at(world.sandbox.now());
    world.wait(5 * 60);
    let stale = refused(world.enroll_as(&world.user, &session, &world.phone).await);
    assert_eq!((stale, world.asked()), (Refusal::StepUpRequired, 0));
    let session = world.session.clone().authenticated_at(world.sandbox.now());
    challenged(world.enroll_as(&world.user, &session, &world.phone).await);
}

#[tokio::test]
async fn r22_switching_off_and_changing_need_a_fresh_code_however_fresh_the_login_is() {
    for action in [Action::Disable, Action::ChangePhone(phone(11))] {
        let world = World::enrolled().await;
        let grant = granted(world.approve(&world.login().await, &world.code()).await);
        let session = world.session.clone().authenticated_at(grant.at());
        let started = world.mfa.step_up(&world.user, &session, action, Channel::Sms).await;
        let challenge = challenged(started.unwrap());
        assert_nothing(&world.approve(&challenge, world.wrong_code()).await);
        assert_eq!(world.phone().await, Some(world.phone.clone()));
        world.wait(600);
        assert_refused(world.approve(&challenge, &world.code()).await, Ended::Expired);
    }
}

#[tokio::test]
async fn r23_a_phone_is_changed_after_a_code_to_the_old_one_and_a_code_to_the_new_one() {
    let (world, challenge) = half_way().await;
    assert_eq!(challenge.masked_phone, phone(11).masked());
    let approval = world.approve(&challenge, &world.code_of(&phone(11))).await;
    assert!(matches!(approval, Approval::PhoneChanged { .. }), "{approval:?}");
    assert_eq!(world.phone().await, Some(phone(11)));
}

#[tokio::test]
async fn r23_nothing_is_sent_to_the_new_phone_before_the_old_one_is_proved() {
    let world = World::enrolled().await;
    let challenge = world.step_up(Action::ChangePhone(phone(11))).await;
    assert_nothing(&world.approve(&challenge, world.wrong_code()).await);
    assert_eq!(world.sandbox.code_for(phone(11)), None);
    assert_eq!(challenge.masked_phone, world.phone.masked());
    let enrolled = refused(world.enroll_as(&world.user, &world.session, &phone(11)).await);
    assert_eq!(enrolled, Refusal::AlreadyEnrolled);
}

#[tokio::test]
async fn r24_each_change_of_the_factor_changes_the_stamp() {
    let (world, challenge) = half_way().await;
    let enrolled = world.stamp(&world.user).await;
    let _ = world.approve(&challenge, &world.code_of(&phone(11))).await;
    let changed = world.stamp(&world.user).await;
    let disable = world.step_up(Action::Disable).await;
    let _ = world.approve(&disable, &world.code_of(&phone(11))).await;
    let disabled = world.stamp(&world.user).await;
    assert_eq!(world.phone().await, None);
    assert!(enrolled.as_str().len() >= 32 && enrolled != changed && changed != disabled);
}

#[tokio::test]
async fn r24_a_change_of_the_factor_ends_the_other_challenges() {
    let (world, challenge) = half_way().await;
    let elsewhere = session("elsewhere");
    let login = world.login_in(&elsewhere).await;
    let code = world.code();
    let approval = world.approve(&challenge, &world.code_of(&phone(11))).await;
    assert!(matches!(approval, Approval::PhoneChanged { .. }), "{approval:?}");
    let late = world.mfa.approve(&login.id, &elsewhere, &code).await.unwrap();
    assert_refused(late, Ended::Canceled);
}

#[tokio::test]
async fn r28_a_required_notice_has_to_be_acknowledged_and_that_is_recorded() {
    let mut world = World::with(policy().require_notice(true)).await;
    let told = Told::by(&mut world);
    let enroll = |how: Enroll| world.mfa.enroll(&world.user, &world.session, &world.phone, how);
    let refusal = refused(enroll(Channel::Sms.into()).await.unwrap());
    assert_eq!((refusal, world.asked()), (Refusal::NoticeRequired, 0));
    challenged(enroll(Enroll::new(Channel::Sms).notice_acknowledged()).await.unwrap());
    assert_eq!(told.only(EventKind::EnrollStarted).reason, Some("notice_acknowledged"));
}

/// Remembers what was planned, and finds some phones risky.
#[derive(Clone, Default)]
struct Wary(Arc<Mutex<Vec<PlannedSend>>>);

#[async_trait::async_trait]
impl RiskAssessment for Wary {
    async fn assess(&self, send: &PlannedSend) -> Result<Risk, BoxError> {
        self.0.lock().unwrap().push(send.clone());
        match send.phone.as_str().get(10..) {
            Some("11") => Ok(Risk::TooHigh),
            Some("12") => Err("the carrier does not answer".into()),
            _ => Ok(Risk::Acceptable),
        }
    }
}

#[tokio::test]
async fn r29_the_risk_is_assessed_before_each_send() {
    let mut world = World::enrolled().await;
    let wary = Wary::default();
    world.mfa = world.mfa.clone().with_risk(wary.clone());
    let challenge = world.login().await;
    world.wait(60);
    world.resend(&challenge, Resend::Same).await.unwrap();
    world.wait(60);
    world.resend(&challenge, Resend::Call).await.unwrap();
    let planned = wary.0.lock().unwrap().clone();
    let channels: Vec<_> = planned.iter().map(|send| send.channel.clone()).collect();
    assert_eq!(channels, [Channel::Sms, Channel::Sms, Channel::Call]);
    assert!(planned.iter().all(|send| send.enrolled && send.phone == world.phone));
}

#[tokio::test]
async fn r29_a_risky_phone_gets_no_code_and_neither_does_one_of_unknown_risk() {
    let mut world = World::new().await;
    world.mfa = world.mfa.clone().with_risk(Wary::default());
    let refusal = refused(world.enroll_as(&world.user, &world.session, &phone(11)).await);
    assert_eq!(refusal, Refusal::PhoneNotAllowed { reason: PhoneNotAllowed::Risk });
    let unknown = world.mfa.enroll(&world.user, &world.session, &phone(12), Channel::Sms).await;
    assert!(matches!(unknown, Err(verify_mfa::Error::Store { .. })), "{unknown:?}");
    assert_eq!(world.sent(), 0);
}

/// The examples of the numbering plans.
const LINES: [(&str, LineType, bool); 8] = [
    ("+19002345678", LineType::PremiumRate, false),
    ("+37080812345", LineType::SharedCost, false),
    ("+307012345678", LineType::PersonalNumber, false),
    ("+12647241234", LineType::Pager, false),
    ("+423697861234", LineType::Voicemail, false),
    ("+12464301234", LineType::Uan, false),
    ("+37080123456", LineType::Voip, true),
    ("+14155550100", LineType::FixedLineOrMobile, true),
];

#[tokio::test]
async fn r30_numbers_that_cost_or_reach_nobody_are_refused_and_voip_is_flagged() {
    let any = Policy::new(Countries::any());
    for (number, line_type, allowed) in LINES {
        let mut world = World::with(any.clone()).await;
        let told = Told::by(&mut world);
        let phone = PhoneNumber::parse(number).unwrap();
        assert_eq!(phone.line_type(), line_type, "{number}");
        match world.enroll_as(&world.user, &world.session, &phone).await {
            Started::Challenged(_) if allowed => {
                let sent = told.only(EventKind::ChallengeSent);
                assert_eq!(sent.line_type, Some(line_type));
            }
            Started::Refused(refusal) if !allowed => {
                let reason = PhoneNotAllowed::LineType;
                assert_eq!(refusal, Refusal::PhoneNotAllowed { reason });
                assert_eq!(world.asked(), 0);
            }
            other => panic!("{number}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn r30_a_phone_of_a_forbidden_type_is_refused_as_a_new_phone_too() {
    let world = World::enrolled_with(generous()).await;
    let asked = world.asked();
    for number in ["+1 900 234 5678", "+254 700 111222"] {
        let action = Action::ChangePhone(PhoneNumber::parse(number).unwrap());
        let started = world.mfa.step_up(&world.user, &world.session, action, Channel::Sms).await;
        let refusal = refused(started.unwrap());
        assert!(matches!(refusal, Refusal::PhoneNotAllowed { .. }), "{refusal:?}");
    }
    assert_eq!(world.asked(), asked);
}
