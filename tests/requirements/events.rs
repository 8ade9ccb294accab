//! 20, 25, 49 and 50: what the application is told. Of locks: `events_of_locks.rs`.

use verify_mfa::{
    Channel, Country, LineType,
    flow::{
        Action, Approval, ChallengePurpose, Countries, EventKind, Limit, Login, Notice, Policy,
        Resend,
    },
    sandbox::Fault,
};

use crate::{
    enrollment::half_way,
    support::{World, assert_granted, generous, refused, session},
    world::{Told, delete_account, landline, phone},
};

pub(crate) async fn enrolled() -> (World, Told) {
    let mut world = World::enrolled_with(generous()).await;
    let told = Told::by(&mut world);
    (world, told)
}

#[tokio::test]
async fn r25_an_enrollment_is_told_from_its_start_to_its_notice() {
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
async fn r49_an_event_tells_whose_it_is_and_what_it_is_about_and_not_the_phone() {
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
async fn r49_a_login_without_a_second_factor_says_so() {
    let mut world = World::new().await;
    let told = Told::by(&mut world);
    let _ = world.mfa.challenge(&world.user, &world.session, Default::default()).await.unwrap();
    assert_eq!(told.only(EventKind::LoginApproved).reason, Some("first_factor"));
}

#[tokio::test]
async fn r49_sending_again_and_calling_are_events_of_their_own() {
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
async fn r50_wrong_codes_are_told_and_so_is_a_login_that_they_end() {
    let (world, told) = enrolled().await;
    let challenge = world.login().await;
    for _ in 0..5 {
        let _ = world.approve(&challenge, world.wrong_code()).await;
    }
    assert_eq!(told.count(EventKind::CheckFailed), 5);
    let event = told.only(EventKind::OneFactorOnly);
    assert_eq!(
        (event.reason, event.owasp_name()),
        (Some("exhausted"), Some("authn_login_fail_max"))
    );
}

#[tokio::test]
async fn r50_a_login_that_was_left_alone_is_told_when_the_next_one_begins() {
    let (world, told) = enrolled().await;
    world.login().await;
    world.wait(600);
    world.login().await;
    assert_eq!(told.only(EventKind::OneFactorOnly).reason, Some("expired"));
}

#[tokio::test]
async fn r50_a_login_that_another_session_takes_over_or_that_is_canceled_is_told() {
    let (world, told) = enrolled().await;
    world.login().await;
    let second = session("second");
    let challenge = world.login_in(&second).await;
    assert_eq!(told.only(EventKind::OneFactorOnly).reason, Some("superseded"));
    world.mfa.cancel(&challenge.id, &second).await.unwrap();
    assert_eq!(told.kinds().last(), Some(&EventKind::OneFactorOnly));
}

#[tokio::test]
async fn r50_a_login_that_an_outage_ends_is_not_told_as_one_that_was_left_alone() {
    let (world, told) = enrolled().await;
    world.sandbox.inject(Fault::error(429, 20429, "Too Many Requests").once());
    let login = world.mfa.challenge(&world.user, &world.session, Login::new()).await;
    assert!(login.unwrap_err().is_retryable());
    let challenge = world.login().await;
    world.sandbox.inject(Fault::drop_after().once());
    let answer = world.mfa.approve(&challenge.id, &world.session, world.wrong_code()).await;
    assert!(answer.unwrap_err().is_ambiguous());
    assert_eq!(
        (told.count(EventKind::ProviderError), told.count(EventKind::OneFactorOnly)),
        (2, 0)
    );
}

#[tokio::test]
async fn r25_a_change_of_phone_is_told_with_a_notice() {
    let (mut world, challenge) = half_way().await;
    let told = Told::by(&mut world);
    let code = world.code_of(&phone(11));
    let _ = world.approve(&challenge, &code).await;
    let expected =
        [EventKind::PhoneChanged, EventKind::StampChanged, EventKind::Notice(Notice::PhoneChanged)];
    assert_eq!(told.kinds(), expected);
}

#[tokio::test]
async fn r25_switching_off_is_told_with_a_notice() {
    let (world, told) = enrolled().await;
    let _ = world.approve(&world.step_up(Action::Disable).await, &world.code()).await;
    told.only(EventKind::MfaDisabled);
    told.only(EventKind::Notice(Notice::Disabled));
}

#[tokio::test]
async fn r25_whoever_changes_or_switches_off_gets_the_old_phone_to_tell_it() {
    let (world, challenge) = half_way().await;
    let changed = world.approve(&challenge, &world.code_of(&phone(11))).await;
    let text = format!("{changed:?}");
    assert!(!text.contains("5550100") && !text.contains("5550111"), "{text}");
    let Approval::PhoneChanged { from, .. } = changed else { panic!("{changed:?}") };
    assert_eq!(from, world.phone);
    let disable = world.step_up(Action::Disable).await;
    let disabled = world.approve(&disable, &world.code_of(&phone(11))).await;
    let Approval::Disabled { phone: old, .. } = disabled else { panic!("{disabled:?}") };
    assert_eq!((old, world.phone().await), (phone(11), None));
}

#[tokio::test]
async fn r49_a_step_up_is_told_when_it_is_given_and_when_it_is_not() {
    let (world, told) = enrolled().await;
    for right in [true, false] {
        let challenge = world.step_up(delete_account()).await;
        match right {
            true => drop(world.approve(&challenge, &world.code()).await),
            false => world.cancel(&challenge).await,
        }
    }
    told.only(EventKind::StepUpApproved);
    told.only(EventKind::StepUpFailed);
}

#[tokio::test]
async fn r49_what_twilio_refuses_or_does_not_answer_is_told() {
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
async fn r49_an_answer_to_a_check_that_was_lost_is_told() {
    let (world, told) = enrolled().await;
    let challenge = world.login().await;
    world.sandbox.inject(Fault::drop_after().once());
    let answer = world.mfa.approve(&challenge.id, &world.session, &world.code()).await;
    answer.unwrap_err();
    told.only(EventKind::Ambiguous);
    assert_eq!(told.only(EventKind::ProviderError).reason, Some("ambiguous"));
}

#[tokio::test]
async fn r49_a_limit_tells_which_one_it_was() {
    let policy = Policy::new(Countries::any()).sends_in_all([]).unwrap();
    let mut world = World::with(policy.sends_per_country([Limit::per_hour(0)]).unwrap()).await;
    let told = Told::by(&mut world);
    let enroll = world.mfa.enroll(&world.user, &world.session, &world.phone, Channel::Sms);
    refused(enroll.await.unwrap());
    let event = told.only(EventKind::SendLimited);
    assert_eq!(event.reason, Some("country_claims"));
    assert_eq!(event.owasp_name(), Some("excess_rate_limit_exceeded"));
}

#[tokio::test]
async fn r50_a_password_change_during_the_login_is_told() {
    let (world, told) = enrolled().await;
    let challenge = world.login().await;
    world.change_password();
    let _ = world.approve(&challenge, &world.code()).await;
    assert_eq!(told.only(EventKind::OneFactorOnly).reason, Some("canceled"));
}

#[tokio::test]
async fn r49_the_limits_of_a_user_are_told_like_the_others() {
    let one = [Limit::per_hour(1)];
    for policy in [generous().sends_per_user(one), generous().new_phones_per_user(one)] {
        let mut world = World::with(policy.unwrap()).await;
        let told = Told::by(&mut world);
        world.enroll().await;
        refused(world.enroll_as(&world.user, &world.session, &phone(11)).await);
        let event = told.only(EventKind::SendLimited);
        assert_eq!((event.reason, event.user), (Some("user"), world.user.clone()));
    }
}

#[tokio::test]
async fn r49_a_resend_that_a_limit_of_the_user_refuses_is_told() {
    let policy = generous().sends_per_challenge(2).unwrap();
    for (sends, told_as) in [(1, Some("user")), (2, None)] {
        let limited = policy.clone().sends_per_user([Limit::per_hour(sends)]).unwrap();
        let mut world = World::with(limited).await;
        let told = Told::by(&mut world);
        let challenge = world.enroll().await;
        for _ in 0..2 {
            world.wait(60);
            let _ = world.resend(&challenge, Resend::Same).await;
        }
        let limits = told.all().into_iter().filter(|event| event.kind == EventKind::SendLimited);
        let limits: Vec<_> = limits.collect();
        assert_eq!(limits.last().and_then(|event| event.reason), told_as);
        assert!(limits.iter().all(|event| event.challenge.is_some()), "{limits:#?}");
    }
}

#[tokio::test]
async fn r49_who_begins_or_sends_again_while_locked_is_told() {
    let (mut world, challenge) = half_way().await;
    world.fail_at(&world.mfa, &session("login"), 10).await;
    world.wait(60);
    let told = Told::by(&mut world);
    world.resend(&challenge, Resend::Same).await.unwrap_err();
    let resend = told.only(EventKind::SendRefused);
    assert_eq!((resend.reason, resend.user), (Some("locked"), world.user.clone()));
    assert_eq!(resend.purpose, Some(ChallengePurpose::NewPhone));
    world.lock().await;
    let begin = told.all().pop().unwrap();
    assert_eq!((begin.kind, begin.reason), (EventKind::SendRefused, Some("locked")));
    assert_eq!((begin.user, begin.challenge), (world.user.clone(), None));
}

#[tokio::test]
async fn r49_the_right_code_to_the_old_phone_is_told_too() {
    let mut world = World::enrolled().await;
    let told = Told::by(&mut world);
    let change = world.step_up(Action::ChangePhone(phone(11))).await;
    let _ = world.approve(&change, &world.code()).await;
    let approved = told.only(EventKind::StepUpApproved);
    assert_eq!(approved.purpose, Some(ChallengePurpose::ChangePhone));
}

#[tokio::test]
async fn r20_failures_and_approvals_can_be_counted_per_send() {
    let (world, told) = enrolled().await;
    let session = session("one more");
    for wrong in [0, 1, 5, 0] {
        let challenge = world.login_in(&session).await;
        for _ in 0..wrong {
            let _ = world.mfa.approve(&challenge.id, &session, world.wrong_code()).await;
        }
        let _ = world.mfa.approve(&challenge.id, &session, &world.code()).await;
    }
    let sends = told.count(EventKind::ChallengeSent);
    let approved = told.count(EventKind::LoginApproved);
    assert_eq!((sends, approved, told.count(EventKind::CheckFailed)), (4, 3, 6));
    let of_one_phone = |event: &verify_mfa::flow::SecurityEvent| event.phone.is_some();
    assert!(told.all().iter().all(of_one_phone), "which phones cost money cannot be told");
}

#[test]
fn r49_every_kind_has_a_name_of_its_own() {
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
