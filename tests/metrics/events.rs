//! What is counted of what happens in a flow.

use metrics::set_default_local_recorder;
use verify_mfa::{
    Channel, PhoneNumber,
    flow::{Action, Approval, Calls, Challenge, Decision, Limit, Login, Resend},
    sandbox::Fault,
};

use crate::{
    recorder::Recorded,
    support::{PHONE, World, assert_granted, challenged, generous, policy},
};

const LOGIN: &str = "purpose=login,channel=sms,country=US";

/// What was counted of the flow, each once.
#[track_caller]
fn assert_counted(recorded: &Recorded, metrics: &[String]) {
    assert_eq!(recorded.named("verify.flow."), metrics);
    for metric in metrics {
        assert_eq!(recorded.values(metric), [1.0], "{metric}");
    }
}

fn sends() -> String {
    format!("verify.flow.sends{{{LOGIN}}}")
}

fn checks(outcome: &str) -> String {
    format!("verify.flow.checks{{{LOGIN},outcome={outcome}}}")
}

fn failures(reason: &str) -> String {
    format!("verify.flow.failures{{{LOGIN},reason={reason}}}")
}

fn rejections(reason: &str) -> String {
    format!("verify.flow.rejections{{{LOGIN},reason={reason}}}")
}

#[tokio::test]
async fn a_login_that_is_approved_is_a_send_a_check_and_an_approval() {
    let world = World::enrolled().await;
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let challenge = world.login().await;
    assert_granted(world.approve(&challenge, &world.code()).await);
    let approvals = format!("verify.flow.approvals{{{LOGIN}}}");
    assert_counted(&recorded, &[sends(), checks("approved"), approvals]);
}

#[tokio::test]
async fn a_login_without_a_second_factor_is_no_approval() {
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let world = World::new().await;
    let decision = world.mfa.challenge(&world.user, &world.session, Login::new()).await;
    assert!(matches!(decision, Ok(Decision::NotEnrolled(_))), "{decision:?}");
    assert_counted(&recorded, &[]);
}

#[tokio::test]
async fn a_wrong_code_is_a_check_and_no_approval() {
    let world = World::enrolled().await;
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let challenge = world.login().await;
    let _ = world.approve(&challenge, world.wrong_code()).await;
    assert_counted(&recorded, &[sends(), checks("incorrect")]);
}

#[tokio::test]
async fn one_wrong_code_too_many_is_a_failure_and_a_lock() {
    let policy = policy().checks_per_challenge(1).and_then(|policy| policy.hard_lock(1));
    let world = World::enrolled_with(policy.unwrap()).await;
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let challenge = world.login().await;
    let _ = world.approve(&challenge, world.wrong_code()).await;
    let lock = "verify.flow.locks{lock=hard_locked}".to_owned();
    assert_counted(&recorded, &[sends(), checks("incorrect"), failures("exhausted"), lock]);
}

#[tokio::test]
async fn a_send_that_twilio_refuses_is_a_rejection_with_its_reason() {
    for (fault, reason) in
        [(Fault::fraud_block(), "blocked_by_fraud_guard"), (Fault::opted_out(), "opted_out")]
    {
        let world = World::enrolled().await;
        let recorded = Recorded::default();
        let _guard = set_default_local_recorder(&recorded);
        world.sandbox.inject(fault);
        let decision = world.mfa.challenge(&world.user, &world.session, Login::new()).await;
        assert!(matches!(decision, Ok(Decision::Refused(_))), "{decision:?}");
        assert_counted(&recorded, &[rejections(reason), failures("canceled")]);
    }
}

#[tokio::test]
async fn a_limit_that_refuses_a_send_is_one_rejection_whichever_it_is() {
    let country = generous().sends_per_country([Limit::per_hour(1)]).unwrap();
    let user = generous().sends_per_user([Limit::per_hour(1)]).unwrap();
    for (policy, limit) in [(country, "country"), (user, "user")] {
        let world = World::enrolled_with(policy).await;
        let recorded = Recorded::default();
        let _guard = set_default_local_recorder(&recorded);
        let decision = world.mfa.challenge(&world.user, &world.session, Login::new()).await;
        assert!(matches!(decision, Ok(Decision::Refused(_))), "{decision:?}");
        let limits = recorded.named("verify.flow.limits");
        assert_eq!(limits.len(), 1, "{limits:?}");
        assert!(limits[0].ends_with(&format!("limit={limit}}}")), "{limits:?}");
        let rejections = recorded.named("verify.flow.rejections");
        assert_eq!(rejections.len(), 1, "{rejections:?}");
        assert!(rejections[0].ends_with("reason=send_limit_reached}"), "{rejections:?}");
    }
}

#[tokio::test]
async fn a_send_whose_reply_was_lost_is_not_a_send_but_an_ambiguous_call() {
    let world = World::enrolled().await;
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    world.sandbox.inject(Fault::drop_after());
    world.mfa.challenge(&world.user, &world.session, Login::new()).await.unwrap_err();
    assert_counted(&recorded, &[]);
    let call = "operation=create verification,outcome=ambiguous,status=none";
    let call = format!("verify.client.operation.duration{{{call}}}");
    assert_eq!(recorded.values(&call).len(), 1);
}

#[tokio::test]
async fn a_check_whose_reply_was_lost_is_unknown() {
    let world = World::enrolled().await;
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let challenge = world.login().await;
    world.sandbox.inject(Fault::drop_after());
    world.mfa.approve(&challenge.id, &world.session, &world.code()).await.unwrap_err();
    assert_counted(&recorded, &[sends(), checks("unknown")]);
}

#[tokio::test]
async fn what_is_sent_again_or_called_is_a_send_of_its_own() {
    let world = World::enrolled_with(policy().calls(Calls::Always)).await;
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let challenge = world.login().await;
    world.wait(300);
    let _ = world.mfa.resend(&challenge.id, &world.session, Resend::Call).await.unwrap();
    let call = "verify.flow.sends{purpose=login,channel=call,country=US}".to_owned();
    assert_counted(&recorded, &[sends(), call]);
}

/// A challenge whose code is typed, and the one that comes after it.
async fn approve(world: &World, challenge: &Challenge, phone: &PhoneNumber) -> Option<Challenge> {
    let approval = world.approve(challenge, &world.sandbox.code_for(phone).unwrap()).await;
    world.wait(60);
    match approval {
        Approval::Continue(next) => Some(next),
        Approval::Incorrect { .. } | Approval::Refused(_) => panic!("{approval:?}"),
        _ => None,
    }
}

async fn step_up(world: &World, action: Action) -> Option<Challenge> {
    let started = world.mfa.step_up(&world.user, &world.session, action, Channel::Sms).await;
    approve(world, &challenged(started.unwrap()), &world.phone).await
}

#[tokio::test]
async fn every_purpose_has_approvals_of_its_own() {
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let world = World::with(generous()).await;
    approve(&world, &world.enroll().await, &world.phone).await;
    approve(&world, &world.login().await, &world.phone).await;
    step_up(&world, Action::Other("delete-account".into())).await;
    step_up(&world, Action::Disable).await;
    approve(&world, &world.enroll().await, &world.phone).await;
    let other = PhoneNumber::parse("+1 415 555 0101").unwrap();
    let challenge = step_up(&world, Action::ChangePhone(other.clone())).await.unwrap();
    approve(&world, &challenge, &other).await;
    let purposes = ["enroll", "login", "step_up", "disable", "enroll", "change_phone", "new_phone"];
    for name in ["verify.flow.sends", "verify.flow.approvals"] {
        let labels = |purpose| format!("{name}{{purpose={purpose},channel=sms,country=US}}");
        assert_eq!(recorded.named(name), purposes.map(labels));
    }
}

/// A login with every answer that Twilio may give, and its errors.
async fn troubles(world: &World) {
    let text = format!("{PHONE} ada");
    for fault in [
        Fault::drop_after(),
        Fault::html(503),
        Fault::error(400, 60200, &text),
        Fault::reply(404, text.clone()),
        Fault::reply(200, format!(r#"{{"sid": "{PHONE}", "channel": "{PHONE}"}}"#)),
        Fault::fraud_block(),
    ] {
        world.sandbox.inject(fault.once());
        let login = world.mfa.challenge(&world.user, &world.session, Login::new()).await;
        if let Ok(Decision::Challenged(challenge)) = login {
            let _ = world.approve(&challenge, world.wrong_code()).await;
        }
        world.wait(600);
    }
}

#[tokio::test]
async fn no_label_holds_a_user_a_phone_a_code_a_session_or_a_sid() {
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let mut world = World::with(generous().hard_lock(5).unwrap()).await;
    world.session = world.session.caller([192, 0, 2, 1].into());
    approve(&world, &world.enroll().await, &world.phone).await;
    step_up(&world, Action::Other("delete-account".into())).await;
    troubles(&world).await;
    let sent = world.sandbox.messages();
    let codes = sent.iter().map(|message| message.code.expose_secret().to_owned());
    let secrets = ["4155550100", "ada", "192.0.2.1", "secret", "delete-account"];
    let secrets: Vec<_> = codes.chain(secrets.map(String::from)).collect();
    let lines = recorded.named("");
    assert!(lines.len() > 20, "too little was recorded to mean anything: {lines:?}");
    for line in &lines {
        let known = |secret: &String| line.contains(secret.as_str());
        assert!(!secrets.iter().any(known), "{line}");
        let digits = line.chars().filter(char::is_ascii_digit).count();
        assert!(digits <= 1, "more digits than the class of a status: {line}");
    }
}
