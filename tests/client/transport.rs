//! When the network or whoever answers does not behave.

use std::time::Duration;

use tokio::net::TcpListener;
use verify_mfa::{Error, Operation};
use wiremock::ResponseTemplate;

use crate::{
    golden,
    raw::{RawServer, Reply, reply},
    support::{
        Wire, assert_safe_to_log, bare_client, builder, chain, client, service_sid, text_message,
        typed_code, verification_sid,
    },
};

const LINE: &str = "Services/VA00000000000000000000000000000001";

/// A write, a check and a read, all of which must fail.
async fn failures(server: &RawServer) -> [Error; 3] {
    let service = server.service();
    [
        service.verifications().create(&text_message()).await.unwrap_err(),
        service.verification_checks().create(&typed_code()).await.unwrap_err(),
        service.verifications().fetch(verification_sid()).await.unwrap_err(),
    ]
}

/// The writes may have happened, the read may be repeated.
#[track_caller]
fn assert_interrupted([send, check, look]: [Error; 3]) {
    for write in [send, check] {
        assert_safe_to_log(&write);
        assert!(write.is_ambiguous() && !write.is_retryable(), "{write:?}");
        assert!(matches!(write, Error::Ambiguous(source) if is_interrupted(&source)));
    }
    assert_safe_to_log(&look);
    assert!(is_interrupted(&look) && look.is_retryable() && !look.is_ambiguous(), "{look:?}");
}

fn is_interrupted(error: &Error) -> bool {
    matches!(error, Error::Interrupted { .. })
}

#[tokio::test]
async fn a_request_on_the_wire_is_these_bytes() {
    let server = RawServer::start(Reply::Bytes(reply(201, "", golden::verification()))).await;
    server.service().verifications().create(&text_message()).await.unwrap();
    let host = server.uri().replace("http://", "");
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!(
        "POST /v2/{LINE}/Verifications HTTP/1.1\r\n\
         authorization: Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTphLXNlY3JldC10b2tlbg==\r\n\
         accept: application/json\r\n\
         user-agent: verify-mfa/{version}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\
         host: {host}\r\n\
         content-length: 29\r\n\r\n\
         To=%2B14155550100&Channel=sms"
    );
    assert_eq!(server.requests(), [expected]);
}

#[tokio::test]
async fn a_request_that_reads_has_no_body_and_no_content_type() {
    let server = RawServer::start(Reply::Bytes(reply(200, "", golden::verification()))).await;
    server.service().verifications().fetch(verification_sid()).await.unwrap();
    let requests = server.requests();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    let line = format!("GET /v2/{LINE}/Verifications/{} HTTP/1.1\r\n", verification_sid());
    assert!(request.starts_with(&line) && request.ends_with("\r\n\r\n"), "{request}");
    assert!(!request.contains("content-"), "{request}");
}

#[tokio::test]
async fn a_refused_connection_means_that_nothing_was_sent() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let service = client(format!("http://{address}")).service(service_sid());
    for error in [
        service.verifications().create(&text_message()).await.unwrap_err(),
        service.verification_checks().create(&typed_code()).await.unwrap_err(),
        service.verifications().fetch(verification_sid()).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
        assert!(error.is_retryable() && !error.is_ambiguous());
        assert_eq!((error.status(), error.code(), error.twilio()), (None, None, None));
        assert_safe_to_log(&error);
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_after_the_request_may_have_acted_on_it() {
    let server = RawServer::start(Reply::Last(vec![])).await;
    assert_interrupted(failures(&server).await);
}

#[tokio::test]
async fn a_reply_that_breaks_off_may_belong_to_a_done_deed() {
    for reply in [
        &b"HTTP/1.1 201 Created\r\ncontent-le"[..],
        b"HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{\"sid\":",
        b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n7\r\n{\"sid\":\r\n",
    ] {
        let server = RawServer::start(Reply::Last(reply.to_vec())).await;
        assert_interrupted(failures(&server).await);
    }
}

#[tokio::test]
async fn an_answer_that_is_not_http_may_belong_to_a_done_deed() {
    let server = RawServer::start(Reply::Last(b"220 mail.example.com ESMTP\r\n".to_vec())).await;
    assert_interrupted(failures(&server).await);
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_after_the_timeout() {
    let server = RawServer::start(Reply::Silence).await;
    let client = builder(server.uri()).timeout(Duration::from_millis(100)).build().unwrap();
    let service = client.service(service_sid());
    let send = service.verifications().create(&text_message()).await.unwrap_err();
    let check = service.verification_checks().create(&typed_code()).await.unwrap_err();
    let look = service.verifications().fetch(verification_sid()).await.unwrap_err();
    assert_interrupted([send, check, look]);
}

#[tokio::test]
async fn a_reply_that_does_not_begin_is_given_up_before_one_that_does_not_end() {
    let server = RawServer::start(Reply::Silence).await;
    let client = builder(server.uri()).first_byte_timeout(Duration::from_millis(50));
    let service = client.build().unwrap().service(service_sid());
    let send = service.verifications().create(&text_message()).await.unwrap_err();
    assert_eq!(chain(&send).last().unwrap(), "the reply did not begin in time");
    let check = service.verification_checks().create(&typed_code()).await.unwrap_err();
    let look = service.verifications().fetch(verification_sid()).await.unwrap_err();
    assert_interrupted([send, check, look]);
}

#[tokio::test]
async fn a_timeout_without_end_is_no_overflow() {
    let server = RawServer::start(Reply::Bytes(reply(201, "", golden::verification()))).await;
    let client = builder(server.uri()).timeout(Duration::MAX).first_byte_timeout(Duration::MAX);
    let service = client.build().unwrap().service(service_sid());
    service.verifications().create(&text_message()).await.unwrap();
}

#[tokio::test]
async fn an_own_http_client_is_given_the_same_timeout() {
    let server = RawServer::start(Reply::Silence).await;
    let builder = builder(server.uri()).http_client(bare_client());
    let client = builder.timeout(Duration::from_millis(100)).build().unwrap();
    let error = client.service(service_sid()).fetch().await.unwrap_err();
    assert!(is_interrupted(&error), "{error:?}");
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up_after_the_timeout() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{".to_vec();
    let server = RawServer::start(Reply::Bytes(head)).await;
    let client = builder(server.uri()).timeout(Duration::from_millis(100)).build().unwrap();
    let service = client.service(service_sid());
    let error = service.verifications().fetch(verification_sid()).await.unwrap_err();
    assert!(is_interrupted(&error), "{error:?}");
}

#[tokio::test]
async fn a_body_of_more_than_a_megabyte_is_not_read_to_its_end() {
    let too_much = format!("{}{}", golden::verification(), " ".repeat(1_000_000));
    let known = RawServer::start(Reply::Bytes(reply(200, "", too_much))).await;
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let endless = RawServer::start(Reply::Endless(chunked)).await;
    for server in [known, endless] {
        let [send, check, look] = failures(&server).await;
        assert!(send.is_ambiguous() && check.is_ambiguous());
        assert!(matches!(look, Error::UnexpectedReply { status: 200, .. }), "{look:?}");
        assert!(look.to_string().contains("more than 1 MB"), "{look}");
        [send, check, look].iter().for_each(assert_safe_to_log);
    }
}

#[tokio::test]
async fn a_body_of_a_megabyte_is_read() {
    let json = golden::verification();
    let padding = " ".repeat(1_000_000 - json.len());
    let server = RawServer::start(Reply::Bytes(reply(201, "", json + &padding))).await;
    server.service().verifications().create(&text_message()).await.unwrap();
}

#[tokio::test]
async fn an_error_with_a_body_of_any_length_is_that_error() {
    let head = |status| match status {
        404 => "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n",
        _ => "HTTP/1.1 502 Bad Gateway\r\ntransfer-encoding: chunked\r\n\r\n",
    };
    for status in [404, 502] {
        let server = RawServer::start(Reply::Endless(head(status))).await;
        let [send, check, look] = failures(&server).await;
        for error in [send, check] {
            assert_eq!((error.status(), error.code()), (Some(status), None));
            assert_eq!(error.is_ambiguous(), status == 502, "{error:?}");
        }
        assert!(matches!(&look, Error::Twilio(error) if error.status() == status), "{look:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Wire::answering(200, golden::verification()).await;
        let reply = ResponseTemplate::new(status).insert_header("Location", elsewhere.uri());
        let wire = Wire::with(reply).await;
        for error in [wire.send().await.unwrap_err(), wire.look().await.unwrap_err()] {
            assert_eq!((error.status(), error.code()), (Some(status), None));
        }
        assert_eq!(elsewhere.received_requests().await, 0);
    }
}

#[tokio::test]
async fn nothing_counts_that_came_by_a_redirect_of_an_own_http_client() {
    let approved = Wire::answering(200, golden::approved_check()).await;
    let reply = ResponseTemplate::new(307).insert_header("Location", approved.uri());
    let wire = Wire::with(reply).await;
    let client = builder(wire.uri()).http_client(bare_client()).build().unwrap();
    let service = client.service(service_sid());
    let check = service.verification_checks().create(&typed_code()).await.unwrap_err();
    assert!(check.is_ambiguous(), "{check:?}");
    assert_eq!(approved.received().await.header("authorization"), None);
    let look = service.fetch().await.unwrap_err();
    assert!(matches!(look, Error::UnexpectedReply { status: 200, .. }), "{look:?}");
    assert!(look.to_string().contains("a redirect was followed"), "{look}");
    assert!(!look.is_retryable());
}

#[tokio::test]
async fn a_refusal_that_is_cut_off_is_a_refusal_and_tells_the_request_id() {
    let head = b"HTTP/1.1 403 No\r\ncontent-length: 500\r\ntwilio-request-id: RQ1\r\n\r\n{\"co";
    let server = RawServer::start(Reply::Last(head.to_vec())).await;
    let error = server.service().verifications().create(&text_message()).await.unwrap_err();
    assert!(!error.is_ambiguous(), "{error:?}");
    assert_eq!((error.status(), error.request_id()), (Some(403), Some("RQ1")));
}

#[tokio::test]
async fn an_unreadable_success_of_a_write_is_ambiguous() {
    for (status, body) in [(200, "{}"), (201, "<html>"), (204, ""), (201, r#"{"sid": "VE"}"#)] {
        let wire = Wire::answering(status, body).await;
        let error = wire.send().await.unwrap_err();
        assert!(error.is_ambiguous() && !error.is_retryable(), "{status} {body}");
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.operation(), Some(Operation::CreateVerification));
        let text =
            "create verification: it is unknown whether Twilio did it; do not simply repeat it";
        assert_eq!(error.to_string(), text);
        assert_safe_to_log(&error);
    }
}
