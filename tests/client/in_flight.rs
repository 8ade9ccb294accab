//! How many calls there may be at once.

use tokio::task::JoinHandle;
use verify_mfa::{Error, Operation, ServiceClient, client::Verification};

use crate::{
    golden,
    raw::{RawServer, Reply, reply},
    support::{assert_safe_to_log, builder, service_sid, text_message, verification_sid},
};

type Sent = Result<Verification, Error>;

/// A server that answers nothing, and a client that may make so many calls at once.
async fn silent(limit: usize) -> (RawServer, ServiceClient) {
    let server = RawServer::start(Reply::Silence).await;
    let client = builder(server.uri()).max_in_flight(limit).build().unwrap();
    (server, client.service(service_sid()))
}

/// A call that has arrived and gets no answer.
async fn pending(server: &RawServer, service: &ServiceClient) -> JoinHandle<Sent> {
    let service = service.clone();
    let call = tokio::spawn(async move { service.verifications().create(&text_message()).await });
    server.request_arrived().await;
    call
}

fn is_refused(error: &Error, most: usize) -> bool {
    matches!(error, Error::TooManyInFlight { limit, .. } if *limit == most)
}

#[tokio::test]
async fn one_call_too_many_fails_at_once_and_is_not_sent() {
    let (server, service) = silent(2).await;
    let _calls = [pending(&server, &service).await, pending(&server, &service).await];
    let error = service.verifications().create(&text_message()).await.unwrap_err();
    assert!(is_refused(&error, 2), "{error:?}");
    assert!(error.is_retryable() && !error.is_ambiguous() && !error.is_misconfigured());
    assert_eq!(error.operation(), Some(Operation::CreateVerification));
    assert_eq!((error.status(), error.attempts()), (None, None));
    let text =
        "create verification: 2 calls are in flight, as many as this client may make at once";
    assert_eq!(error.to_string(), text);
    assert_safe_to_log(&error);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn clones_and_all_operations_count_together() {
    let (server, service) = silent(1).await;
    let _call = pending(&server, &service).await;
    let other = service.client().service(service_sid());
    assert!(is_refused(&other.fetch().await.unwrap_err(), 1));
    assert!(is_refused(&service.client().services().list(None).await.unwrap_err(), 1));
    let look = service.verifications().fetch(verification_sid()).await;
    assert!(is_refused(&look.unwrap_err(), 1));
}

#[tokio::test]
async fn a_dropped_call_gives_its_place_back() {
    let (server, service) = silent(1).await;
    let call = pending(&server, &service).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    server.reply_with(Reply::Bytes(reply(201, "", golden::verification())));
    service.verifications().create(&text_message()).await.unwrap();
}

#[tokio::test]
async fn a_call_that_ends_gives_its_place_back_whatever_its_end() {
    let (server, service) = silent(1).await;
    for status in [201, 400, 500, 201] {
        server.reply_with(Reply::Bytes(reply(status, "", golden::verification())));
        let sent = service.verifications().create(&text_message()).await;
        assert_eq!(sent.is_ok(), status == 201, "{sent:?}");
    }
    server.reply_with(Reply::Last(vec![]));
    for _ in 0..3 {
        let error = service.verifications().create(&text_message()).await.unwrap_err();
        assert!(error.is_ambiguous(), "{error:?}");
    }
}

#[tokio::test]
async fn with_no_place_at_all_nothing_is_sent() {
    let (server, service) = silent(0).await;
    assert!(is_refused(&service.fetch().await.unwrap_err(), 0));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_limit_beyond_what_can_be_counted_is_none() {
    let (server, service) = silent(usize::MAX).await;
    server.reply_with(Reply::Bytes(reply(201, "", golden::verification())));
    service.verifications().create(&text_message()).await.unwrap();
}
