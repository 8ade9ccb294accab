//! What the policy says, and looking without changing anything.

use std::{net::IpAddr, time::Duration};

use verify_mfa::{
    BoxError, Channel, Error, PhoneNumber, UserId,
    flow::{
        Action, Calls, ChannelUnavailable, CoolDown, Enroll, Limit, Login, PhoneNotAllowed,
        PlannedSend, Policy, Refusal, Resend, Resent, Risk, RiskAssessment, Session, Started,
    },
    sandbox::Fault,
};

use crate::support::{
    World, assert_granted, challenged, generous, landline, policy, refused, session,
};

const HOUR: Duration = Duration::from_secs(60 * 60);

impl World {
    async fn enroll_by(&self, session: &Session, how: impl Into<Enroll>) -> Started {
        self.mfa.enroll(&self.user, session, &self.phone, how).await.unwrap()
    }

    async fn call(&self, action: Action) -> Started {
        self.mfa.step_up(&self.user, &self.session, action, Channel::Call).await.unwrap()
    }
}

#[test]
fn what_would_weaken_a_login_is_an_error() {
    let seconds = Duration::from_secs;
    let cool_down = |failures, wait| CoolDown { failures, wait };
    let weak: [(&str, Result<Policy, Error>); 14] = [
        ("no life", policy().lifetime(Duration::ZERO)),
        ("a life over 10 minutes", policy().lifetime(seconds(601))),
        ("no checks", policy().checks_per_challenge(0)),
        ("6 checks", policy().checks_per_challenge(6)),
        ("6 sends", policy().sends_per_challenge(6)),
        ("6 calls", policy().calls_per_challenge(6)),
        ("no waits", policy().resend_waits([])),
        ("a wait of nothing", policy().resend_waits([Duration::ZERO])),
        ("a window of nothing", policy().sends_per_phone([Limit::new(1, Duration::ZERO)])),
        ("a window over a day", policy().sends_per_user([Limit::new(1, 25 * HOUR)])),
        ("no cool-downs", policy().cool_downs([])),
        ("a late cool-down", policy().cool_downs([cool_down(11, HOUR)])),
        ("shrinking ones", policy().cool_downs([cool_down(5, HOUR), cool_down(6, seconds(1))])),
        ("a late hard lock", policy().hard_lock(101)),
    ];
    for (what, policy) in weak {
        assert!(matches!(policy, Err(Error::Configuration { .. })), "{what}: {policy:?}");
    }
    assert!(matches!(policy().step_up_lifetime(HOUR), Err(Error::Configuration { .. })));
}

#[tokio::test]
async fn a_call_is_placed_for_a_text_that_cannot_arrive_if_the_policy_says_so() {
    let world = World::with(policy().call_when_text_fails(true)).await;
    world.sandbox.inject(landline().once());
    let challenge = challenged(world.enroll_by(&world.session, Channel::Sms).await);
    assert_eq!((challenge.channel.clone(), world.sent()), (Channel::Call, 1));
    let _ = world.approve(&challenge, &world.code()).await;
    assert!(world.phone().await.is_some());
}

#[tokio::test]
async fn no_call_is_placed_by_itself_otherwise() {
    for (policy, fault) in [
        (policy(), landline()),
        (policy().call_when_text_fails(true), Fault::fraud_block()),
        (policy().call_when_text_fails(true), Fault::opted_out()),
        (policy().call_when_text_fails(true).calls(Calls::Never), landline()),
    ] {
        let world = World::with(policy).await;
        world.sandbox.inject(fault.once());
        refused(world.enroll_by(&world.session, Channel::Sms).await);
        assert_eq!(world.sent(), 0);
    }
}

#[tokio::test]
async fn a_fraud_block_is_not_asked_about_again_by_another_channel() {
    let world = World::with(policy()).await;
    world.sandbox.inject(Fault::fraud_block().once());
    refused(world.enroll_by(&world.session, Channel::Sms).await);
    let asked = world.asked();
    for channel in [Channel::Call, Channel::Sms] {
        let refusal = refused(world.enroll_by(&session("another"), channel).await);
        assert_eq!(refusal, Refusal::BlockedByFraudGuard);
    }
    assert_eq!(world.asked(), asked);
    world.wait(600);
    challenged(world.enroll_by(&world.session, Channel::Sms).await);
}

#[tokio::test]
async fn a_call_does_not_switch_off_or_change_the_factor_unless_the_policy_says_so() {
    let new = PhoneNumber::parse("+1 415 555 0111").unwrap();
    let world = World::enrolled().await;
    for action in [Action::Disable, Action::ChangePhone(new.clone())] {
        let reason = ChannelUnavailable::CallsNotAllowed;
        assert_eq!(refused(world.call(action).await), Refusal::ChannelUnavailable { reason });
    }
    challenged(world.call(Action::Other("delete-account".into())).await);
    let world = World::enrolled_with(policy().calls(Calls::Always)).await;
    challenged(world.call(Action::Disable).await);
}

#[tokio::test]
async fn addresses_of_one_ipv6_network_are_one_caller() {
    let policy = generous().sends_per_caller([Limit::per_hour(2)]).unwrap();
    let world = World::with(policy).await;
    let from = |name: &str, address: &str| {
        session(name).caller(address.parse::<IpAddr>().expect("an address"))
    };
    challenged(world.enroll_by(&from("a", "2001:db8::1"), Channel::Sms).await);
    challenged(world.enroll_by(&from("b", "2001:db8::ffff:1"), Channel::Sms).await);
    refused(world.enroll_by(&from("c", "2001:db8::2"), Channel::Sms).await);
    challenged(world.enroll_by(&from("d", "2001:db8:0:1::2"), Channel::Sms).await);
    challenged(world.enroll_by(&from("e", "192.0.2.1"), Channel::Sms).await);
    challenged(world.enroll_by(&from("f", "::ffff:192.0.2.1"), Channel::Sms).await);
    refused(world.enroll_by(&from("g", "192.0.2.1"), Channel::Sms).await);
}

#[tokio::test]
async fn a_first_factor_that_is_too_old_has_to_be_given_again_to_enroll() {
    let world = World::new().await;
    let session = world.session.clone().authenticated_at(world.sandbox.now());
    world.wait(5 * 60);
    assert_eq!(refused(world.enroll_by(&session, Channel::Sms).await), Refusal::StepUpRequired);
    let session = world.session.clone().authenticated_at(world.sandbox.now());
    challenged(world.enroll_by(&session, Channel::Sms).await);
}

#[tokio::test]
async fn a_required_notice_has_to_be_acknowledged() {
    let world = World::with(policy().require_notice(true)).await;
    let refusal = refused(world.enroll_by(&world.session, Channel::Sms).await);
    assert_eq!((refusal, world.asked()), (Refusal::NoticeRequired, 0));
    challenged(
        world.enroll_by(&world.session, Enroll::new(Channel::Sms).notice_acknowledged()).await,
    );
}

/// Finds every phone that ends in 00 risky, and cannot tell about others.
struct Wary;

#[async_trait::async_trait]
impl RiskAssessment for Wary {
    async fn assess(&self, send: &PlannedSend) -> Result<Risk, BoxError> {
        match send.phone.as_str().ends_with("00") {
            true => Ok(Risk::TooHigh),
            false => Err("the carrier does not answer".into()),
        }
    }
}

#[tokio::test]
async fn a_risky_phone_gets_no_code() {
    let mut world = World::enrolled().await;
    world.mfa = world.mfa.clone().with_risk(Wary);
    let sent = world.sent();
    let decision = world.mfa.challenge(&world.user, &world.session, Login::new()).await.unwrap();
    let expected = Refusal::PhoneNotAllowed { reason: PhoneNotAllowed::Risk };
    assert!(
        matches!(&decision, verify_mfa::flow::Decision::Refused(refusal) if *refusal == expected),
        "{decision:?}"
    );
    assert_eq!(world.sent(), sent);
}

#[tokio::test]
async fn a_risk_that_cannot_be_assessed_is_an_error_and_sends_nothing() {
    let mut world = World::new().await;
    world.mfa = world.mfa.clone().with_risk(Wary);
    let phone = PhoneNumber::parse("+1 415 555 0111").unwrap();
    let answer = world.mfa.enroll(&world.user, &world.session, &phone, Channel::Sms).await;
    assert!(matches!(answer, Err(Error::Store { .. })), "{answer:?}");
    assert_eq!(world.sent(), 0);
}

#[tokio::test]
async fn the_status_of_a_user_tells_the_masked_phone_and_the_lock() {
    let world = World::enrolled_with(generous().hard_lock(1).unwrap()).await;
    let status = world.mfa.status(&world.user).await.unwrap();
    assert_eq!(status.masked_phone.as_deref(), Some("+1 *** *** **00"));
    assert_eq!((status.locked, status.now), (None, world.sandbox.now()));
    let challenge = world.login().await;
    let _ = world.approve(&challenge, world.wrong_code()).await;
    let status = world.mfa.status(&world.user).await.unwrap();
    assert_eq!(status.locked, Some(Refusal::Locked { until: None }));
    world.mfa.status(&UserId::new("nobody").unwrap()).await.unwrap_err();
}

#[tokio::test]
async fn a_pending_challenge_can_be_shown_again_in_its_session_and_nothing_is_sent() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let _ = world.approve(&challenge, world.wrong_code()).await;
    let asked = world.asked();
    let shown = world.mfa.pending(&challenge.id, &world.session).await.unwrap().unwrap();
    assert_eq!((shown.id.clone(), shown.checks_left), (challenge.id.clone(), 4));
    assert_eq!(shown.masked_phone, challenge.masked_phone);
    assert_eq!(world.mfa.pending(&challenge.id, &session("other")).await.unwrap(), None);
    assert_eq!(world.asked(), asked);
    assert_granted(world.approve(&challenge, &world.code()).await);
    assert_eq!(world.mfa.pending(&challenge.id, &world.session).await.unwrap(), None);
}

#[tokio::test]
async fn a_limit_of_the_application_does_not_end_a_live_challenge() {
    let policy = generous().sends_in_all([Limit::per_hour(2)]).unwrap();
    let world = World::enrolled_with(policy).await;
    let challenge = world.login().await;
    world.wait(30);
    let resent = world.mfa.resend(&challenge.id, &world.session, Resend::Same).await.unwrap();
    assert!(matches!(resent, Resent::Refused(Refusal::SendLimitReached { .. })), "{resent:?}");
    assert_granted(world.approve(&challenge, &world.code()).await);
}
