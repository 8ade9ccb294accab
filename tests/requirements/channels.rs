//! 54 to 57: fraud, calls, services of their own, and the sandbox.

use verify_mfa::{
    Channel,
    client::CreateService,
    flow::{Action, Approval, Calls, ChannelUnavailable, Limit, Login, Refusal, Resend, Resent},
    sandbox::Fault,
};

use crate::{
    provider::{Provider, STARTS},
    support::{World, assert_granted, challenged, generous, policy, refused, session},
    world::{assert_nothing, delete_account, landline, phone},
};

#[tokio::test]
async fn r54_fraud_never_leads_to_another_channel_by_itself() {
    for (code, status) in [(60410, 403), (60605, 403), (30450, 400)] {
        let eager = generous().call_when_text_fails(true).calls(Calls::Always);
        let provider = Provider::with(eager).await;
        provider.refuses(STARTS, status, code).await;
        refused(provider.enroll().await.unwrap());
        assert_eq!(provider.requests().await, ["To=%2B14155550100&Channel=sms"], "{code}");
    }
}

#[tokio::test]
async fn r54_fraud_is_not_asked_about_again_by_another_channel() {
    let world = World::new().await;
    world.sandbox.inject(Fault::fraud_block().once());
    refused(world.enroll_as(&world.user, &world.session, &world.phone).await);
    let (asked, another) = (world.asked(), session("another"));
    for channel in [Channel::Call, Channel::Sms] {
        let enroll = world.mfa.enroll(&world.user, &another, &world.phone, channel);
        assert_eq!(refused(enroll.await.unwrap()), Refusal::BlockedByFraudGuard);
    }
    assert_eq!(world.asked(), asked);
    world.wait(600);
    challenged(world.enroll_as(&world.user, &world.session, &world.phone).await);
}

#[tokio::test]
async fn r54_a_resend_that_is_blocked_leaves_the_first_code_and_no_call() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(60);
    world.sandbox.inject(Fault::fraud_block().once());
    let blocked = Refusal::BlockedByFraudGuard;
    assert_eq!(world.resend(&challenge, Resend::Same).await.unwrap_err(), blocked);
    world.wait(120);
    let asked = world.asked();
    assert_eq!(world.resend(&challenge, Resend::Call).await.unwrap_err(), blocked);
    assert_eq!(world.asked(), asked);
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn r55_a_call_is_placed_a_minute_after_the_message() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(59);
    world.resend(&challenge, Resend::Call).await.unwrap_err();
    world.wait(1);
    let called = world.resend(&challenge, Resend::Call).await.unwrap();
    assert_eq!(called.channel, Channel::Call);
    assert_eq!(world.sandbox.messages().last().unwrap().channel, Channel::Call);
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn r55_there_are_two_calls_at_most() {
    let world = World::enrolled_with(generous()).await;
    let challenge = world.login().await;
    for _ in 0..2 {
        world.wait(60);
        world.resend(&challenge, Resend::Call).await.unwrap();
    }
    world.wait(60);
    let reason = ChannelUnavailable::CallLimit;
    let refusal = world.resend(&challenge, Resend::Call).await.unwrap_err();
    assert_eq!(refusal, Refusal::ChannelUnavailable { reason });
}

#[tokio::test]
async fn r55_calls_share_the_limits_of_messages_and_count_twice() {
    // Enrollments get half of what all share.
    let (three, six) = ([Limit::per_hour(3)], [Limit::per_hour(6)]);
    for policy in [
        generous().sends_per_user(three),
        generous().sends_per_phone(three),
        generous().sends_per_country(six),
        generous().sends_in_all(six),
    ] {
        let world = World::with(policy.unwrap()).await;
        let challenge = world.enroll().await;
        world.wait(60);
        world.resend(&challenge, Resend::Call).await.unwrap();
        world.wait(60);
        let refusal = world.resend(&challenge, Resend::Same).await.unwrap_err();
        assert!(matches!(refusal, Refusal::SendLimitReached { .. }), "{refusal:?}");
        assert_eq!(world.sent(), 2);
    }
}

#[tokio::test]
async fn r55_after_a_text_that_cannot_arrive_the_person_may_choose_a_call_at_once() {
    let world = World::enrolled().await;
    world.sandbox.inject(landline().once());
    let decision = world.login_as(&world.user, &world.session).await;
    let text = format!("{decision:?}");
    assert!(text.contains("Unreachable"), "{text}");
    let by_call = Login::new().channel(Channel::Call);
    let decision = world.mfa.challenge(&world.user, &world.session, by_call).await.unwrap();
    let verify_mfa::flow::Decision::Challenged(challenge) = decision else {
        panic!("{decision:?}")
    };
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn r55_a_call_is_placed_by_itself_only_if_the_policy_says_so() {
    let world = World::with(policy().call_when_text_fails(true)).await;
    world.sandbox.inject(landline().once());
    let challenge = world.enroll().await;
    assert_eq!((challenge.channel.clone(), world.sent()), (Channel::Call, 1));
    let _ = world.approve(&challenge, &world.code()).await;
    assert!(world.phone().await.is_some());
    for (policy, fault) in [
        (policy(), landline()),
        (policy().call_when_text_fails(true), Fault::opted_out()),
        (policy().call_when_text_fails(true).calls(Calls::Never), landline()),
    ] {
        let world = World::with(policy).await;
        world.sandbox.inject(fault.once());
        refused(world.enroll_as(&world.user, &world.session, &world.phone).await);
        assert_eq!(world.sent(), 0);
    }
}

#[tokio::test]
async fn r55_a_call_does_not_switch_off_or_change_the_factor_unless_the_policy_says_so() {
    let world = World::enrolled().await;
    let not_allowed = Refusal::ChannelUnavailable { reason: ChannelUnavailable::CallsNotAllowed };
    for action in [Action::Disable, Action::ChangePhone(phone(11))] {
        let begun = world.mfa.step_up(&world.user, &world.session, action, Channel::Call).await;
        assert_eq!(refused(begun.unwrap()), not_allowed);
    }
    let disable = world.step_up(Action::Disable).await;
    world.wait(60);
    assert_eq!(world.resend(&disable, Resend::Call).await.unwrap_err(), not_allowed);
    let world = World::enrolled_with(policy().calls(Calls::Always)).await;
    for action in [delete_account(), Action::Disable] {
        let begun = world.mfa.step_up(&world.user, &world.session, action, Channel::Call).await;
        challenged(begun.unwrap());
    }
}

#[tokio::test]
async fn r56_enrollments_can_have_a_service_of_their_own_whose_codes_serve_no_login() {
    let world = World::enrolled().await;
    let service = CreateService::new("Enrollment");
    let service = world.sandbox.client().services().create(&service).await.unwrap();
    let mfa = world.mfa.clone().with_enroll_service(world.sandbox.client().service(service.sid));
    let (login, code, stranger) = (world.login().await, world.code(), world.user("mallory"));
    let elsewhere = session("elsewhere");
    let enrolled = mfa.enroll(&stranger, &elsewhere, &world.phone, Channel::Sms).await;
    let enrolled = challenged(enrolled.unwrap());
    let enroll_code = world.code();
    assert_ne!(enroll_code, code);
    assert_nothing(&mfa.approve(&login.id, &world.session, &enroll_code).await.unwrap());
    assert_nothing(&mfa.approve(&enrolled.id, &elsewhere, &code).await.unwrap());
    assert_granted(mfa.approve(&login.id, &world.session, &code).await.unwrap());
    let done = mfa.approve(&enrolled.id, &elsewhere, &enroll_code).await.unwrap();
    assert!(matches!(done, Approval::Enrolled { .. }), "{done:?}");
}

#[tokio::test]
async fn r56_a_user_has_one_live_challenge_for_a_phone_in_a_service() {
    let world = World::enrolled().await;
    let challenges = [
        world.login().await,
        world.step_up(delete_account()).await,
        world.step_up(Action::Disable).await,
        world.login_in(&session("second")).await,
    ];
    let sessions = [&world.session, &world.session, &world.session, &session("second")];
    let mut live = 0;
    for (challenge, session) in challenges.iter().zip(sessions) {
        let pending = world.mfa.pending(&challenge.id, session).await.unwrap();
        live += usize::from(pending.is_some());
        let resent = world.mfa.resend(&challenge.id, session, Resend::Same).await.unwrap();
        assert!(matches!(resent, Resent::Refused(_)), "{resent:?}");
    }
    assert_eq!(live, 1);
}

#[tokio::test]
async fn r56_a_challenge_that_supersedes_two_cancels_both_at_twilio() {
    let world = World::enrolled().await;
    world.login().await;
    world.replace_phone(&world.user, &phone(11)).await;
    world.step_up(delete_account()).await;
    let verifications = world.sandbox.messages().into_iter().skip(1);
    let older: Vec<_> = verifications.map(|message| message.verification_sid).collect();
    world.login_in(&session("second")).await;
    let service = world.sandbox.service();
    for sid in &older {
        let error = service.verifications().cancel(sid.clone()).await.unwrap_err();
        assert!(error.twilio().unwrap().is_not_found(), "{error:?}");
    }
    assert_eq!((older.len(), world.sent()), (2, 4));
}

#[test]
fn r57_the_sandbox_is_a_feature_that_nobody_gets_without_asking() {
    let manifest = include_str!("../../Cargo.toml");
    let default = manifest.lines().find(|line| line.starts_with("default = ")).unwrap();
    assert_eq!(default, r#"default = ["rustls-ring"]"#);
    let rustls = manifest.lines().find(|line| line.starts_with("rustls-ring = ")).unwrap();
    assert!(!rustls.contains("sandbox"), "{rustls}");
    let library = include_str!("../../src/lib.rs");
    assert!(library.contains("#[cfg(feature = \"sandbox\")]"));
}
