//! What is sent again by itself, and what never is.

use std::time::Duration;

use tokio::net::TcpListener;
use verify_mfa::{Error, Operation, client::Retry, sandbox::Fault};
use wiremock::ResponseTemplate;

use crate::{
    golden,
    raw::{RawServer, Reply},
    repeated::{sandbox, send},
    support::{
        Wire, assert_safe_to_log, impatient, service_sid, text_message, typed_code,
        verification_sid,
    },
};

fn refusal(status: u16, code: u32) -> ResponseTemplate {
    let body = golden::error(status, code, "no");
    ResponseTemplate::new(status).set_body_raw(body, "application/json")
}

/// How often a look, a send and a check arrive when this is the answer.
async fn arrivals(reply: ResponseTemplate) -> [usize; 3] {
    let wire = Wire::with(reply).await.impatient();
    let mut arrived = [0; 3];
    wire.look().await.unwrap_err();
    arrived[0] = wire.received_requests().await;
    wire.send().await.unwrap_err();
    arrived[1] = wire.received_requests().await - arrived[0];
    let _ = wire.check().await;
    arrived[2] = wire.received_requests().await - arrived[0] - arrived[1];
    arrived
}

#[tokio::test]
async fn what_only_reads_is_sent_again_after_a_failure_of_the_server() {
    for status in [408, 500, 502, 503, 504] {
        assert_eq!(arrivals(ResponseTemplate::new(status)).await, [3, 1, 1], "{status}");
    }
}

#[tokio::test]
async fn a_request_that_was_not_processed_is_sent_again_whatever_it_is() {
    assert_eq!(arrivals(refusal(429, 20429)).await, [3, 3, 3]);
    let at_once = refusal(429, 20429).insert_header("Retry-After", "0");
    assert_eq!(arrivals(at_once).await, [3, 3, 3]);
    let long_ago =
        refusal(429, 20429).insert_header("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT");
    assert_eq!(arrivals(long_ago).await, [3, 3, 3]);
}

#[tokio::test]
async fn a_wait_that_does_not_fit_is_not_begun() {
    for wait in ["10", "4294967295", "Fri, 31 Dec 2100 23:59:59 GMT"] {
        let reply = refusal(429, 20429).insert_header("Retry-After", wait);
        assert_eq!(arrivals(reply).await, [1, 1, 1], "{wait}");
    }
}

#[tokio::test]
async fn a_refusal_stands() {
    for (status, code) in
        [(429, 60202), (429, 60203), (429, 60212), (403, 60410), (403, 60605), (400, 60200)]
    {
        assert_eq!(arrivals(refusal(status, code)).await, [1, 1, 1], "{code}");
    }
}

#[tokio::test]
async fn a_write_that_was_read_is_never_sent_again() {
    let server = RawServer::start(Reply::Last(vec![])).await;
    let service = impatient(server.uri()).build().unwrap().service(service_sid());
    service.verifications().create(&text_message()).await.unwrap_err();
    service.verification_checks().create(&typed_code()).await.unwrap_err();
    service.verifications().cancel(verification_sid()).await.unwrap_err();
    service.delete().await.unwrap_err();
    assert_eq!(server.requests().len(), 4);
    service.verifications().fetch(verification_sid()).await.unwrap_err();
    assert_eq!(server.requests().len(), 4 + 3);
}

#[tokio::test]
async fn with_none_every_call_is_made_once() {
    let wire = Wire::with(refusal(429, 20429)).await;
    wire.look().await.unwrap_err();
    wire.send().await.unwrap_err();
    assert_eq!(wire.received_requests().await, 2);
}

#[tokio::test]
async fn a_call_that_succeeds_in_the_end_is_a_success() {
    let (sandbox, service) = sandbox().await;
    sandbox.inject(Fault::too_many_requests().times(2));
    send(&service).await.unwrap();
    assert_eq!(sandbox.messages().len(), 1);
    sandbox.inject(Fault::html(503).times(2));
    service.fetch().await.unwrap();
}

#[tokio::test]
async fn no_fault_makes_a_client_send_a_message_twice() {
    for fault in [
        Fault::drop_after(),
        Fault::truncated_body(),
        Fault::endless_body(),
        Fault::html(504).after_processing(),
        Fault::error(500, 20500, "Error").after_processing(),
        Fault::reply(200, "{}").after_processing(),
    ] {
        let (sandbox, service) = sandbox().await;
        sandbox.inject(fault.clone().once());
        assert!(send(&service).await.unwrap_err().is_ambiguous(), "{fault:?}");
        assert_eq!((sandbox.messages().len(), sandbox.requests().len()), (1, 1), "{fault:?}");
    }
}

#[tokio::test]
async fn an_error_tells_how_often_it_was_tried() {
    let reply = refusal(429, 20429).insert_header("Twilio-Request-Id", "RQ1");
    let error = Wire::with(reply).await.impatient().send().await.unwrap_err();
    let attempts = error.attempts().unwrap();
    assert_eq!((attempts.count, error.operation()), (3, Some(Operation::CreateVerification)));
    assert_eq!((error.request_id(), error.code()), (Some("RQ1"), Some(20429)));
    let expected = format!(
        "create verification: Twilio answered HTTP 429 with code 20429 (too many requests; this \
         one was not processed), request RQ1, after 3 attempts in {:.1?}",
        attempts.elapsed
    );
    assert_eq!(error.to_string(), expected);
    assert_safe_to_log(&error);
}

#[tokio::test]
async fn an_error_of_a_single_attempt_says_nothing_of_it() {
    let error = Wire::with(refusal(400, 60200)).await.impatient().send().await.unwrap_err();
    assert_eq!(error.attempts().unwrap().count, 1);
    assert!(!error.to_string().contains("attempt"), "{error}");
}

#[tokio::test]
async fn a_connection_that_is_never_made_is_tried_again() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let service = impatient(uri).build().unwrap().service(service_sid());
    let error = service.verifications().create(&text_message()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert_eq!(error.attempts().unwrap().count, 3);
    assert!(error.to_string().contains("could be made, after 3 attempts in "), "{error}");
    assert_safe_to_log(&error);
}

#[tokio::test]
async fn a_call_that_is_dropped_while_it_waits_is_not_made_again() {
    let hour = Duration::from_secs(3600);
    let body = golden::error(429, 20429, "no");
    let reply = crate::raw::reply(429, "retry-after: 3000\r\n", body);
    let server = RawServer::start(Reply::Bytes(reply)).await;
    let builder = impatient(server.uri()).timeout(hour).retry(Retry::default().within(hour));
    let service = builder.max_in_flight(1).build().unwrap().service(service_sid());
    let waiting = tokio::spawn({
        let service = service.clone();
        async move { service.verifications().create(&text_message()).await }
    });
    server.request_arrived().await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    server.reply_with(Reply::Bytes(crate::raw::reply(201, "", golden::verification())));
    service.verifications().create(&text_message()).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}
