//! D31 to D40: what is repeated, forged or slipped in.

use std::process::Command;

use verify_mfa::{
    Error, ServiceSid, VerifyClient,
    flow::{Action, Approval, Ended},
};

use crate::{
    provider::{CHECKS, Provider, verification, with},
    support::{World, assert_refused, session},
    world::{Told, delete_account},
};

#[tokio::test]
async fn d31_a_page_that_is_loaded_again_and_again_costs_one_message() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    for _ in 0..50 {
        world.wait(10);
        assert_eq!(world.login().await.id, challenge.id);
    }
    assert_eq!(world.sent(), 2);
}

const CHILD: &str = "REQUIREMENTS_D34_CHILD";
const VARIABLES: [(&str, &str); 5] = [
    ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001"),
    ("TWILIO_AUTH_TOKEN", "token"),
    ("TWILIO_API_KEY", "SK00000000000000000000000000000001"),
    ("TWILIO_API_KEY_SECRET", "secret"),
    ("TWILIO_VERIFY_SERVICE_SID", "VA00000000000000000000000000000001"),
];

/// Runs itself once for each set of variables, as a process cannot safely change its own.
#[test]
fn d34_no_missing_variable_selects_the_sandbox() {
    if std::env::var(CHILD).is_ok() {
        return only_twilio_or_an_error();
    }
    let (_, module) = module_path!().split_once("::").unwrap();
    let name = format!("{module}::d34_no_missing_variable_selects_the_sandbox");
    for present in 0..1 << VARIABLES.len() {
        let set = VARIABLES.iter().enumerate().filter(|(n, _)| present >> n & 1 == 1);
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", &name]).env_clear().env(CHILD, "1");
        let output = child.envs(set.map(|(_, variable)| *variable)).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && told.contains("1 passed"), "{present:05b}: {told}");
    }
}

fn only_twilio_or_an_error() {
    let has = |name| std::env::var(name).is_ok();
    let key = has("TWILIO_API_KEY") && has("TWILIO_API_KEY_SECRET");
    let no_key = !has("TWILIO_API_KEY") && !has("TWILIO_API_KEY_SECRET");
    let complete = has("TWILIO_ACCOUNT_SID") && (key || no_key && has("TWILIO_AUTH_TOKEN"));
    match VerifyClient::from_env() {
        Ok(client) => {
            let text = format!("{client:?}");
            assert!(complete && text.contains("\"verify.twilio.com\""), "{text}");
        }
        Err(error) => assert!(!complete && matches!(error, Error::Configuration { .. })),
    }
    assert_eq!(ServiceSid::from_env().is_ok(), has("TWILIO_VERIFY_SERVICE_SID"));
}

#[tokio::test]
async fn d35_no_status_but_approved_with_valid_is_an_approval() {
    let statuses = ["pending", "canceled", "expired", "failed", "deleted", "Approved", "ok", ""];
    for status in statuses {
        for valid in [true, false] {
            let (provider, challenge) = Provider::challenged().await;
            let reply = with(with(verification("pending"), "status", status), "valid", valid);
            provider.says(CHECKS, 200, reply).await;
            let approval = provider.approve(&challenge).await;
            assert!(!matches!(approval, Ok(Approval::Enrolled { .. })), "{status}: {approval:?}");
            assert!(!provider.is_enrolled().await, "{status} {valid}");
        }
    }
}

#[tokio::test]
async fn d36_a_step_up_belongs_to_the_session_user_and_action_that_asked_for_it() {
    let world = World::enrolled().await;
    let challenge = world.step_up(delete_account()).await;
    let code = world.code();
    let stolen = world.mfa.approve(&challenge.id, &session("stolen"), &code).await.unwrap();
    assert_refused(stolen, Ended::Unknown);
    let Approval::SteppedUp(step_up) = world.approve(&challenge, &code).await else {
        panic!("no step-up")
    };
    let (user, now) = (world.user.clone(), world.sandbox.now());
    assert_eq!((step_up.user(), step_up.action()), (&user, "delete-account"));
    assert_eq!(step_up.until().duration_since(now).unwrap().as_secs(), 300);
    assert!(step_up.allows(&user, "delete-account", now));
}

#[tokio::test]
async fn d39_what_a_person_can_type_does_not_reach_the_events() {
    let mut world = World::enrolled().await;
    let told = Told::by(&mut world);
    let forged = "x\r\nevent=login_approved user=root";
    let challenge = world.step_up(Action::Other(forged.into())).await;
    let _ = world.approve(&challenge, forged).await;
    let _ = world.mfa.approve(&forged.into(), &world.session, "123456").await;
    let _ = world.approve(&challenge, world.wrong_code()).await;
    let _ = world.approve(&challenge, &world.code()).await;
    assert_eq!(told.all().len(), 3);
    for event in told.all() {
        let text = format!("{event:?}");
        assert!(!text.contains("root") && !text.contains(char::is_control), "{text}");
    }
}

#[tokio::test]
async fn d40_twilio_is_given_the_number_and_the_channel_and_no_text_of_anybodys() {
    let (provider, challenge) = Provider::challenged().await;
    provider.says(CHECKS, 201, verification("approved")).await;
    let _ = provider.approve(&challenge).await.unwrap();
    let sid = "VE00000000000000000000000000000001";
    let check = format!("VerificationSid={sid}&Code=123456");
    assert_eq!(provider.requests().await, ["To=%2B14155550100&Channel=sms", &check]);
}
