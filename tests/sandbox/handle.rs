//! What a test does with the sandbox besides talking to it.

use std::time::Duration;

use reqwest::Method;
use verify_mfa::{
    Clock, Code, ManualClock,
    sandbox::{Message, Sandbox, SandboxBuilder},
};

use crate::support::{PHONE, Wire, answer};

async fn wire(builder: SandboxBuilder) -> Wire {
    Wire::with(builder.start().await.unwrap())
}

#[tokio::test]
async fn an_api_key_opens_the_sandbox_too() {
    let key = "SK00000000000000000000000000000001";
    let wire = wire(Sandbox::builder().api_key(key.parse().unwrap(), "secret")).await;
    let request = wire.anonymous(Method::GET, "/Services").basic_auth(key, Some("secret"));
    answer(request).await.expect(200);
}

#[tokio::test]
async fn what_is_chosen_is_not_made_up() {
    let builder = Sandbox::builder()
        .account_sid("AC00000000000000000000000000000001".parse().unwrap())
        .auth_token("secret")
        .service_sid("VA00000000000000000000000000000001".parse().unwrap())
        .code_length(8);
    let wire = wire(builder).await;
    assert_eq!(wire.sandbox.account_sid().as_str(), "AC00000000000000000000000000000001");
    assert_eq!(wire.sandbox.service_sid().as_str(), "VA00000000000000000000000000000001");
    wire.started().await;
    assert_eq!(wire.code().len(), 8);
}

#[tokio::test]
async fn messages_say_what_was_sent_newest_last() {
    let wire = wire(Sandbox::builder().codes([Code::parse("012345").unwrap()])).await;
    let sid = wire.started().await;
    wire.sandbox.advance(Duration::from_secs(30));
    wire.send("call").await.expect(201);
    let messages = wire.sandbox.messages();
    let channels: Vec<_> = messages.iter().map(|message| message.channel.as_str()).collect();
    assert_eq!(channels, ["sms", "call"]);
    let Message { to, code, body, verification_sid, sent_at, .. } = messages[1].clone();
    assert_eq!((to.as_str(), verification_sid.as_str()), (PHONE, sid.as_str()));
    assert_eq!(code.expose_secret(), "012345");
    assert_eq!(body, "Your Sandbox verification code is: 012345");
    assert_eq!(sent_at, messages[0].sent_at + Duration::from_secs(30));
}

#[tokio::test]
async fn nothing_was_sent_to_somebody_else() {
    let wire = Wire::start().await;
    wire.started().await;
    assert_eq!(wire.sandbox.code_for("+14155550101"), None);
    assert_eq!(wire.sandbox.code_for("not a number"), None);
}

#[tokio::test]
async fn requests_say_what_was_asked() {
    let wire = Wire::start().await;
    wire.get("/Services?PageSize=1").await.expect(200);
    wire.check("1").await.expect(400);
    let requests = wire.sandbox.requests();
    let seen: Vec<_> = requests.iter().map(|seen| (seen.method.as_str(), seen.status)).collect();
    assert_eq!(seen, [("GET", Some(200)), ("POST", Some(400))]);
    assert_eq!(requests[0].path, "/v2/Services?PageSize=1");
}

#[tokio::test]
async fn the_clock_is_shared_and_stands_still() {
    let clock = ManualClock::default();
    let sandbox = Sandbox::builder().clock(clock.clone()).start().await.unwrap();
    sandbox.advance(Duration::from_secs(5));
    clock.advance(Duration::from_secs(5));
    assert_eq!(sandbox.now(), ManualClock::default().now() + Duration::from_secs(10));
    assert_eq!(sandbox.clock().now(), sandbox.now());
}

#[tokio::test]
async fn a_running_clock_can_be_advanced() {
    let wire = wire(Sandbox::builder().running_clock()).await;
    wire.started().await;
    wire.sandbox.advance(Duration::from_secs(600));
    wire.check(&wire.code()).await.expect_error(404, 20404);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_codes() {
    let [first, second] =
        [wire(Sandbox::builder().seed(7)).await, wire(Sandbox::builder().seed(7)).await];
    assert_eq!(first.started().await, second.started().await);
    assert_eq!(first.code(), second.code());
}

#[tokio::test]
async fn the_codes_of_a_seed_do_not_depend_on_other_requests() {
    let [quiet, busy] =
        [wire(Sandbox::builder().seed(7)).await, wire(Sandbox::builder().seed(7)).await];
    busy.get("/Services").await.expect(200);
    busy.get("/nowhere").await.expect(404);
    quiet.started().await;
    busy.started().await;
    assert_eq!(quiet.code(), busy.code());
}

#[tokio::test]
async fn a_dropped_sandbox_no_longer_answers() {
    let wire = Wire::start().await;
    let request = wire.request(Method::GET, "/Services");
    wire.get("/Services").await.expect(200);
    drop(wire);
    for _ in 0..1_000 {
        if request.try_clone().unwrap().send().await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it still answers");
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let port = sandbox.base_url().rsplit(':').next().unwrap().parse().unwrap();
    let error = Sandbox::builder().port(port).start().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
}

#[tokio::test]
async fn a_code_length_that_twilio_does_not_have_is_an_error() {
    assert!(Sandbox::builder().code_length(3).start().await.is_err());
}

#[tokio::test]
async fn debug_shows_no_token_code_or_number() {
    let builder = Sandbox::builder()
        .auth_token("very-secret")
        .api_key("SK00000000000000000000000000000001".parse().unwrap(), "very-secret");
    let mut shown = format!("{builder:?}");
    let wire = wire(builder).await;
    wire.started().await;
    wire.get(&wire.path("/Verifications/%2B14155550100")).await.expect(200);
    let (messages, requests) = (wire.sandbox.messages(), wire.sandbox.requests());
    shown += &format!("{:?} {messages:?} {requests:?}", wire.sandbox);
    for secret in ["very-secret", wire.code().as_str(), "4155550100"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_sandbox_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Sandbox>();
    shared::<SandboxBuilder>();
}
