//! Every fault, as the typed client and a bare one see it.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use verify_mfa::{
    Channel, Code, Error, Operation, PhoneNumber, RetryAfter,
    client::{CheckOutcome, CreateVerification, CreateVerificationCheck, Verification},
    sandbox::{Fault, Sandbox},
};

use crate::support::{PHONE, Wire};

const OTHER_PHONE: &str = "+14155550101";

async fn start(sandbox: &Sandbox, phone: &str) -> Result<Verification, Error> {
    let phone = PhoneNumber::parse(phone).unwrap();
    let verification = CreateVerification::new(&phone, Channel::Sms);
    sandbox.service().verifications().create(&verification).await
}

async fn sandbox(fault: Fault) -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.inject(fault);
    sandbox
}

/// What the client says of a start that met `fault`, and whether a message was sent.
async fn outcome(fault: Fault) -> (Error, bool) {
    let sandbox = sandbox(fault).await;
    let error = start(&sandbox, PHONE).await.unwrap_err();
    (error, !sandbox.messages().is_empty())
}

#[tokio::test]
async fn a_lost_reply_leaves_the_message_sent() {
    let sandbox = sandbox(Fault::drop_after().once()).await;
    let error = start(&sandbox, PHONE).await.unwrap_err();
    assert!(error.is_ambiguous() && !error.is_retryable(), "{error}");
    assert_eq!(sandbox.messages().len(), 1);
    assert_eq!(sandbox.requests()[0].status, None);
    let again = start(&sandbox, PHONE).await.unwrap();
    assert_eq!(again.sid, sandbox.messages()[0].verification_sid);
}

#[tokio::test]
async fn a_lost_request_leaves_nothing() {
    let (error, sent) = outcome(Fault::drop_before()).await;
    assert!(error.is_ambiguous(), "{error}");
    assert!(!sent);
}

#[tokio::test]
async fn a_lost_check_may_have_been_right() {
    let sandbox = Sandbox::start().await.unwrap();
    let started = start(&sandbox, PHONE).await.unwrap();
    let dropped = Fault::drop_after().for_operation(Operation::CreateVerificationCheck).once();
    let dropped = sandbox.inject(dropped.for_destination(PHONE));
    let code = Code::parse(&sandbox.code_for(PHONE).unwrap()).unwrap();
    let check = CreateVerificationCheck::new(started.sid).code(&code);
    let checks = sandbox.service();
    let checks = checks.verification_checks();
    let error = checks.create(&check).await.unwrap_err();
    assert!(error.is_ambiguous(), "{error}");
    assert_eq!(dropped.hits(), 1);
    let again = checks.create(&check).await.unwrap();
    assert!(matches!(again, CheckOutcome::NotFound(_)), "{again:?}");
}

#[tokio::test]
async fn any_status_with_any_body_can_be_the_answer() {
    let (error, sent) = outcome(Fault::error(503, 20503, "Service unavailable")).await;
    assert!(error.is_ambiguous() && error.code() == Some(20503), "{error}");
    assert!(!sent);
    let (error, _) = outcome(Fault::error(429, 60212, "Too many concurrent requests")).await;
    assert_eq!((error.status(), error.code()), (Some(429), Some(60212)));
    let (error, _) = outcome(Fault::reply(400, "")).await;
    assert_eq!((error.status(), error.code()), (Some(400), None));
    let (error, _) = outcome(Fault::reply(201, "not JSON")).await;
    assert!(error.is_ambiguous(), "{error}");
    let (error, _) = outcome(Fault::reply(99, "{}")).await;
    assert_eq!(error.status(), Some(500));
}

#[tokio::test]
async fn a_status_may_be_a_lie() {
    let (error, sent) = outcome(Fault::error(500, 20500, "Error").after_processing()).await;
    assert!(error.is_ambiguous(), "{error}");
    assert!(sent);
}

#[tokio::test]
async fn a_gateway_may_answer_with_a_page() {
    let (error, sent) = outcome(Fault::html(502)).await;
    assert_eq!((error.status(), error.code(), sent), (Some(502), None, false));
    let wire = Wire::start().await;
    wire.sandbox.inject(Fault::html(502));
    let url = format!("{}/v2/Services", wire.sandbox.base_url());
    let request = reqwest::Client::new().get(url);
    let (account, token) = (wire.sandbox.account_sid(), wire.sandbox.auth_token());
    let page = request.basic_auth(account, Some(token)).send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html");
    assert!(page.text().await.unwrap().starts_with("<html>"));
}

#[tokio::test]
async fn a_body_may_end_too_early_or_never() {
    for fault in [Fault::truncated_body(), Fault::endless_body()] {
        let shown = format!("{fault:?}");
        let (error, sent) = outcome(fault).await;
        assert!(error.is_ambiguous(), "{shown}: {error}");
        assert!(sent, "{shown}");
    }
}

#[tokio::test]
async fn a_truncated_body_is_shorter_than_its_length() {
    let wire = Wire::start().await;
    wire.sandbox.inject(Fault::truncated_body());
    let mut response = wire.request(reqwest::Method::GET, "/Services").send().await.unwrap();
    let promised = response.content_length().unwrap();
    let mut length = 0;
    let broken = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => length += chunk.len() as u64,
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken && length == promised / 2, "{length} of {promised}");
}

#[tokio::test]
async fn what_is_held_ends_with_its_sandbox() {
    let wire = Wire::start().await;
    let hold = wire.sandbox.inject(Fault::hold().after_processing());
    let request = wire.request(reqwest::Method::GET, "/Services");
    let asking = tokio::spawn(request.send());
    while hold.hits() == 0 {
        tokio::task::yield_now().await;
    }
    drop(wire);
    let ended = tokio::time::timeout(Duration::from_secs(5), asking).await;
    assert!(ended.is_ok(), "it is still held");
}

#[tokio::test]
async fn an_endless_body_ends_with_its_sandbox() {
    let wire = Wire::start().await;
    wire.sandbox.inject(Fault::endless_body());
    let request = wire.request(reqwest::Method::GET, "/Services");
    let mut response = request.send().await.unwrap();
    assert!(response.chunk().await.unwrap().is_some());
    drop(wire);
    while let Ok(Some(_)) = response.chunk().await {}
}

#[tokio::test]
async fn too_many_requests_come_with_a_wait_or_without() {
    let (error, sent) = outcome(Fault::too_many_requests()).await;
    assert_eq!((error.code(), error.retry_after(), sent), (Some(20429), None, false));
    assert!(error.is_retryable());
    let wait = Duration::from_secs(7);
    let (error, _) = outcome(Fault::too_many_requests().retry_after(wait)).await;
    assert_eq!(error.retry_after(), Some(RetryAfter::In(wait)));
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let (error, _) = outcome(Fault::too_many_requests().retry_after_date(date)).await;
    assert_eq!(error.retry_after(), Some(RetryAfter::At(date)));
}

#[tokio::test]
async fn numbers_are_blocked_in_four_ways() {
    let table = [
        (Fault::fraud_block(), 403, 60410),
        (Fault::geo_block(), 403, 60605),
        (Fault::opted_out(), 400, 21610),
    ];
    for (fault, status, code) in table {
        let sandbox = sandbox(fault.for_destination(PHONE)).await;
        let error = start(&sandbox, PHONE).await.unwrap_err();
        assert_eq!((error.status(), error.code()), (Some(status), Some(code)));
        assert!(start(&sandbox, OTHER_PHONE).await.is_ok(), "{code}");
        assert_eq!(sandbox.messages().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_block_that_does_not_concern_a_call_is_not_used_up_by_it() {
    let wire = Wire::start().await;
    let fraud = wire.sandbox.inject(Fault::fraud_block().once());
    wire.send("call").await.expect(201);
    assert_eq!(fraud.hits(), 0);
    wire.send("sms").await.expect_error(403, 60410);
    wire.send("sms").await.expect(201);
}

#[tokio::test]
async fn a_fault_happens_as_often_as_it_should() {
    for (fault, failures) in [
        (Fault::too_many_requests().once(), 1),
        (Fault::too_many_requests().times(3), 3),
        (Fault::too_many_requests(), 5),
        (Fault::too_many_requests().once().always(), 5),
    ] {
        let wire = Wire::start().await;
        let injected = wire.sandbox.inject(fault);
        let mut failed = 0;
        for _ in 0..5 {
            failed += usize::from(wire.get("/Services").await.status == 429);
        }
        assert_eq!((failed, injected.hits()), (failures, failures as u64));
        assert_eq!(wire.sandbox.faults().is_empty(), failures < 5);
    }
}

#[tokio::test]
async fn a_fault_keeps_to_its_operation_and_its_number() {
    let wire = Wire::start().await;
    let sid = wire.started().await;
    let by_sid = wire.path(&format!("/Verifications/{sid}"));
    let by_number = wire.path("/Verifications/%2B14155550100");
    let fault = Fault::error(500, 20500, "Error").for_destination(PHONE);
    wire.sandbox.inject(fault.for_operation(Operation::FetchVerification));
    wire.get(&by_sid).await.expect_error(500, 20500);
    wire.get(&by_number).await.expect_error(500, 20500);
    wire.get("/Services").await.expect(200);
    wire.post(&by_sid, &[("Status", "canceled")]).await.expect(200);
    wire.send("sms").await.expect(201);
    wire.get(&wire.path("/Verifications/%2B14155550101")).await.expect_error(404, 20404);
}

#[tokio::test]
async fn without_credentials_nobody_meets_a_fault() {
    let wire = Wire::start().await;
    let fault = wire.sandbox.inject(Fault::html(502));
    let anonymous = wire.anonymous(reqwest::Method::GET, "/Services");
    crate::support::answer(anonymous).await.expect_error(401, 20003);
    assert_eq!(fault.hits(), 0);
}

#[tokio::test]
async fn a_held_request_is_processed_when_it_is_released() {
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    let hold = sandbox.inject(Fault::hold().once());
    let starting = tokio::spawn({
        let sandbox = Arc::clone(&sandbox);
        async move { start(&sandbox, PHONE).await }
    });
    while hold.hits() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(sandbox.messages().is_empty());
    hold.release();
    starting.await.unwrap().unwrap();
    assert_eq!(sandbox.messages().len(), 1);
}

#[tokio::test]
async fn a_held_reply_leaves_the_message_sent() {
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    let hold = sandbox.inject(Fault::hold().after_processing());
    let starting = tokio::spawn({
        let sandbox = Arc::clone(&sandbox);
        async move { start(&sandbox, PHONE).await }
    });
    while sandbox.messages().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!starting.is_finished());
    hold.remove();
    starting.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_client_that_gives_up_while_it_is_held_asked_for_nothing() {
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    let hold = sandbox.inject(Fault::hold());
    let starting = tokio::spawn({
        let sandbox = Arc::clone(&sandbox);
        async move { start(&sandbox, PHONE).await }
    });
    while hold.hits() == 0 {
        tokio::task::yield_now().await;
    }
    starting.abort();
    starting.await.unwrap_err();
    hold.remove();
    start(&sandbox, OTHER_PHONE).await.unwrap();
    assert_eq!(sandbox.messages().len(), 1);
}

#[tokio::test]
async fn a_delay_ends_by_itself_and_goes_with_other_faults() {
    let sandbox = sandbox(Fault::delay(Duration::from_millis(5))).await;
    let failing = sandbox.inject(Fault::too_many_requests().once());
    assert_eq!(start(&sandbox, PHONE).await.unwrap_err().code(), Some(20429));
    assert_eq!(failing.hits(), 1);
    start(&sandbox, PHONE).await.unwrap();
}

#[tokio::test]
async fn a_reset_takes_everything_back() {
    let builder = Sandbox::builder().seed(7).codes([Code::parse("012345").unwrap()]);
    let wire = Wire::with(builder.start().await.unwrap());
    let sid = wire.started().await;
    wire.post("/Services", &[("FriendlyName", "Other")]).await.expect(201);
    wire.post(&wire.path(""), &[("CodeLength", "8")]).await.expect(200);
    wire.sandbox.advance(Duration::from_secs(30));
    let now = wire.sandbox.now();
    wire.sandbox.inject(Fault::html(502));
    wire.sandbox.reset();
    assert_eq!((wire.sandbox.now(), wire.sandbox.code_for(PHONE)), (now, None));
    assert!(wire.sandbox.messages().is_empty() && wire.sandbox.requests().is_empty());
    assert!(wire.sandbox.faults().is_empty());
    assert_eq!(wire.started().await, sid, "the seed begins again");
    assert_eq!(wire.code(), "012345");
    let services = wire.get("/Services").await.expect(200).body;
    assert_eq!(services["services"].as_array().unwrap().len(), 1);
    assert_eq!(services["services"][0]["code_length"], 6);
}

#[tokio::test]
async fn after_a_reset_no_sid_means_two_things() {
    let wire = Wire::start().await;
    let sid = wire.started().await;
    wire.sandbox.reset();
    assert_ne!(wire.started().await, sid);
    wire.get(&wire.path(&format!("/Verifications/{sid}"))).await.expect_error(404, 20404);
}

#[tokio::test]
async fn debug_shows_no_number_and_no_body() {
    let sandbox = Sandbox::start().await.unwrap();
    let injected = sandbox.inject(Fault::reply(200, "4155550100").for_destination(PHONE));
    let shown = format!("{:?} {injected:?}", sandbox.faults());
    assert!(!shown.contains("4155550100") && shown.contains("***00"), "{shown}");
}

#[tokio::test]
async fn what_is_refused_for_another_reason_uses_up_no_block() {
    let wire = Wire::start().await;
    let fault = wire.sandbox.inject(Fault::fraud_block().once());
    let form = [("To", PHONE), ("Channel", "sms")];
    let unknown = "/Services/VA00000000000000000000000000000009/Verifications";
    wire.post(unknown, &form).await.expect_error(404, 20404);
    assert_eq!(fault.hits(), 0);
    wire.send("sms").await.expect_error(403, 60410);
}
