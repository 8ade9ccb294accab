//! Requests that no HTTP client would send, byte by byte.

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use verify_mfa::sandbox::{Fault, Sandbox};

use crate::support::{Wire, keys};

async fn connect(sandbox: &Sandbox) -> TcpStream {
    let address = sandbox.base_url().strip_prefix("http://").unwrap();
    TcpStream::connect(address).await.unwrap()
}

/// What came back before the end of the connection: its head and its body.
async fn exchange(sandbox: &Sandbox, request: &[u8]) -> (String, String) {
    let mut stream = connect(sandbox).await;
    let (mut reader, mut writer) = stream.split();
    let mut reply = Vec::new();
    // The sandbox may hang up before it has read everything.
    let (_, read) = tokio::join!(writer.write_all(request), reader.read_to_end(&mut reply));
    read.unwrap();
    let reply = String::from_utf8(reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{reply:?}"));
    (head.to_ascii_lowercase(), body.to_owned())
}

/// A request without a body, with the right credentials.
fn request(sandbox: &Sandbox, line: &str, headers: &str) -> Vec<u8> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let credentials = format!("{}:{}", sandbox.account_sid(), sandbox.auth_token());
    let credentials = BASE64_STANDARD.encode(credentials);
    format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {credentials}\r\n\
         Connection: close\r\n{headers}\r\n"
    )
    .into_bytes()
}

#[track_caller]
fn assert_error((head, body): (String, String), status: u16, code: u64) {
    assert!(head.starts_with(&format!("http/1.1 {status} ")), "{head}");
    assert!(head.contains("\r\ntwilio-request-id: rq"), "{head}");
    assert!(head.contains("\r\ncontent-type: application/json"), "{head}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(keys(&body), ["code", "message", "more_info", "status"]);
    assert_eq!((&body["code"], &body["status"]), (&code.into(), &status.into()));
}

/// Nothing happened, and everything still works.
async fn assert_unharmed(wire: &Wire) {
    assert!(wire.sandbox.messages().is_empty());
    wire.started().await;
    wire.check(&wire.code()).await.expect(201);
}

#[tokio::test]
async fn a_flood_of_headers_is_refused_in_twilios_shape() {
    let wire = Wire::start().await;
    for flood in [
        "X-Flood: drop\r\n".repeat(101),
        "X-Flood: drop\r\n".repeat(10_000),
        format!("X-Flood: {}\r\n", "x".repeat(1_000_000)),
        format!("Cookie: {}\r\n", "a=b; ".repeat(400_000)),
    ] {
        let request = request(&wire.sandbox, "GET /v2/Services", &flood);
        assert_error(exchange(&wire.sandbox, &request).await, 431, 20001);
    }
    assert_unharmed(&wire).await;
}

#[tokio::test]
async fn who_is_still_sending_headers_hears_the_refusal_too() {
    let wire = Wire::start().await;
    let flood = "X-Flood: drop\r\n".repeat(900_000);
    let flood = request(&wire.sandbox, "GET /v2/Services", &flood);
    let mut stream = connect(&wire.sandbox).await;
    stream.write_all(&flood).await.unwrap();
    let mut reply = [0; 12];
    stream.read_exact(&mut reply).await.unwrap();
    assert_eq!(&reply, b"HTTP/1.1 431");
}

#[tokio::test]
async fn a_dropped_connection_says_nothing() {
    let wire = Wire::start().await;
    for fault in [Fault::drop_before(), Fault::drop_after()] {
        wire.sandbox.inject(fault.once());
        let mut stream = connect(&wire.sandbox).await;
        let request = request(&wire.sandbox, "GET /v2/Services", "");
        stream.write_all(&request).await.unwrap();
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply).await;
        assert!(reply.is_empty(), "{}", String::from_utf8_lossy(&reply));
    }
    assert_unharmed(&wire).await;
}

#[tokio::test]
async fn a_path_without_end_is_refused_in_twilios_shape() {
    let wire = Wire::start().await;
    let long = "a".repeat(70_000);
    let line = format!("GET /v2/Services/{long}");
    assert_error(exchange(&wire.sandbox, &request(&wire.sandbox, &line, "")).await, 414, 20001);
    assert_unharmed(&wire).await;
}

#[tokio::test]
async fn what_is_not_http_is_refused_in_twilios_shape() {
    let wire = Wire::start().await;
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET /v2/Services HTTP/7.0\r\n\r\n",
        b"GET /v2/\x00Services HTTP/1.1\r\n\r\n",
        b"GET /v2/Services HTTP/1.1\r\nHost localhost\r\n\r\n",
        b"G\xff\xfeT /v2/Services HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /v2/Services HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n",
    ] {
        assert_error(exchange(&wire.sandbox, garbage).await, 400, 20001);
    }
    assert_unharmed(&wire).await;
}

#[tokio::test]
async fn tricks_with_paths_name_nothing() {
    let wire = Wire::start().await;
    let service = wire.sandbox.service_sid().as_str();
    let long = "9".repeat(10_000);
    let table = [
        ("/v2/Services/../../etc/passwd".to_owned(), 404, 20404),
        (format!("/v2/Services/{service}/../{service}"), 404, 20404),
        ("/v2/Services/..".to_owned(), 400, 60200),
        ("/v2/Services/%2e%2e".to_owned(), 400, 60200),
        ("/v2/Services/%00".to_owned(), 400, 60200),
        (format!("/v2/Services/{service}%00"), 400, 60200),
        (format!("/v2/Services/{service}%2f"), 400, 60200),
        (format!("/v2/Services/VA{long}"), 400, 60200),
        (format!("/v2/Services/{service}/Verifications/.."), 404, 20404),
        (format!("/v2/Services/{service}/Verifications/%2e%2e"), 404, 20404),
        (format!("/v2/Services/{service}/Verifications/%00"), 404, 20404),
        (format!("/v2/Services/{service}/Verifications/VE{long}"), 404, 20404),
        (format!("/v2/Services/{service}/Verifications/%2B{long}"), 404, 20404),
        (format!("//v2/Services/{service}"), 404, 20404),
        (format!("/v2/Services/{service}/"), 404, 20404),
        (format!("/v2/Services/{service};a=b"), 400, 60200),
    ];
    for (path, status, code) in table {
        let request = request(&wire.sandbox, &format!("GET {path}"), "");
        let (head, body) = exchange(&wire.sandbox, &request).await;
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{path}: {head}");
        assert_error((head, body), status, code);
    }
    assert_unharmed(&wire).await;
}

#[tokio::test]
async fn a_method_that_nobody_has_is_refused() {
    let wire = Wire::start().await;
    for method in ["PATCH", "TRACE", "BREW", "get", "PROPFIND"] {
        let request = request(&wire.sandbox, &format!("{method} /v2/Services"), "");
        assert_error(exchange(&wire.sandbox, &request).await, 405, 20004);
    }
    let head = request(&wire.sandbox, "HEAD /v2/Services", "");
    let (head, body) = exchange(&wire.sandbox, &head).await;
    assert!(head.starts_with("http/1.1 405 ") && body.is_empty(), "{head}");
    assert_unharmed(&wire).await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_processed() {
    let wire = Wire::start().await;
    let service = wire.sandbox.service_sid();
    let line = format!("POST /v2/Services/{service}/Verifications");
    let mut request = request(
        &wire.sandbox,
        &line,
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n",
    );
    request.extend_from_slice(b"To=%2B14155550100&Channel=sms");
    let mut stream = connect(&wire.sandbox).await;
    stream.write_all(&request).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply).await;
    assert_unharmed(&wire).await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_not_called_too_large() {
    let wire = Wire::start().await;
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n\
                   Transfer-Encoding: chunked\r\n";
    for broken in ["zz\r\n", "fffffffffffffffff\r\n"] {
        let mut request = request(&wire.sandbox, "POST /v2/Services", headers);
        request.extend_from_slice(broken.as_bytes());
        assert_error(exchange(&wire.sandbox, &request).await, 400, 20001);
    }
    assert_unharmed(&wire).await;
}

#[tokio::test]
async fn a_body_that_is_announced_as_too_large_is_not_waited_for() {
    let wire = Wire::start().await;
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n\
                   Content-Length: 10000000000\r\n";
    let request = request(&wire.sandbox, "POST /v2/Services", headers);
    assert_error(exchange(&wire.sandbox, &request).await, 413, 20001);
    assert_unharmed(&wire).await;
}

#[tokio::test]
async fn headers_that_contradict_each_other_are_refused() {
    let wire = Wire::start().await;
    for headers in
        ["Content-Length: 4\r\nContent-Length: 5\r\n", "Transfer-Encoding: chunked, identity\r\n"]
    {
        let mut request = request(&wire.sandbox, "POST /v2/Services", headers);
        request.extend_from_slice(b"a=bc");
        let (head, _) = exchange(&wire.sandbox, &request).await;
        assert!(head.starts_with("http/1.1 4"), "{head}");
    }
    assert_unharmed(&wire).await;
}
