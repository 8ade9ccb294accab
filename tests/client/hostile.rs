//! Replies that nobody in their right mind sends. Each is a typed error or a value.

use serde_json::{Value, json};
use verify_mfa::{Error, VerificationStatus, client::CheckOutcome};

use crate::{
    golden,
    raw::{RawServer, Reply, reply},
    support::{Wire, assert_safe_to_log, text_message, typed_code, verification_sid},
};

/// A right check, with one field replaced.
fn check_with(field: &str, value: Value) -> String {
    let mut check: Value = serde_json::from_str(&golden::approved_check()).unwrap();
    check[field] = value;
    check.to_string()
}

fn nested(levels: usize) -> String {
    "[".repeat(levels) + &"]".repeat(levels)
}

/// A send, a check and a look, none of which finds anything out.
async fn assert_useless(bytes: Vec<u8>, what: &str) {
    let server = RawServer::start(Reply::Last(bytes)).await;
    let service = server.service();
    let send = service.verifications().create(&text_message()).await.unwrap_err();
    let check = service.verification_checks().create(&typed_code()).await.unwrap_err();
    let look = service.verifications().fetch(verification_sid()).await.unwrap_err();
    assert!(send.is_ambiguous() && check.is_ambiguous(), "{what}");
    let typed = matches!(look, Error::UnexpectedReply { .. } | Error::Interrupted { .. });
    assert!(typed && !look.is_ambiguous(), "{what}: {look:?}");
    [send, check, look].iter().for_each(assert_safe_to_log);
}

#[tokio::test]
async fn a_body_that_is_not_what_it_should_be_is_an_unexpected_reply() {
    let whole = golden::approved_check();
    let half = whole.get(..whole.len() / 2).unwrap();
    let deep = nested(100_000);
    for body in [
        "",
        " ",
        "null",
        "true",
        "[]",
        "{}",
        "<html>approved</html>",
        "\u{feff}{}",
        "{\"sid\": \"VE",
        half,
        &deep,
        &"[".repeat(100_000),
        &"{\"a\":".repeat(100_000),
        &format!("{whole}{whole}"),
        &check_with("sid", Value::Null),
        &check_with("sid", json!(1)),
        &check_with("sid", json!("VA00000000000000000000000000000001")),
        &check_with("to", Value::Null),
        &check_with("to", json!({})),
        &check_with("to", json!("+1")),
        &check_with("status", Value::Null),
        &check_with("status", json!(["approved"])),
        &check_with("channel", json!(7)),
        &check_with("date_created", json!("yesterday")),
        &whole.replacen('{', r#"{"status": "pending", "#, 1),
        &whole.replacen('{', &format!(r#"{{"new": {}, "#, "[".repeat(100_000)), 1),
    ] {
        let what = body.get(..body.len().min(60)).unwrap_or_default();
        assert_useless(reply(200, "", body), what).await;
    }
}

#[tokio::test]
async fn a_check_whose_valid_is_no_truth_value_approves_nothing() {
    for valid in [Value::Null, json!("true"), json!(1), json!({}), json!(false)] {
        let wire = Wire::answering(200, check_with("valid", valid.clone())).await;
        let approved = matches!(wire.check().await, Ok(CheckOutcome::Approved(_)));
        assert!(!approved, "{valid}");
    }
}

#[tokio::test]
async fn unknown_fields_and_names_are_values() {
    let odd = golden::approved_check().replacen('{', r#"{"new": {"a": [1, null]}, "#, 1);
    let check = Wire::answering(200, odd).await.check().await.unwrap();
    assert!(matches!(check, CheckOutcome::Approved(_)));
    let unknown = check_with("status", json!("teleported"));
    match Wire::answering(200, unknown).await.check().await.unwrap() {
        CheckOutcome::Inconclusive(check) => {
            assert_eq!(check.status, VerificationStatus::from("teleported"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_flood_of_headers_is_an_error() {
    let many: String = (0..10_000).map(|number| format!("x-{number}: 1\r\n")).collect();
    let long = format!("x-long: {}\r\n", "a".repeat(2_000_000));
    for headers in [many, long] {
        assert_useless(reply(200, &headers, golden::approved_check()), "headers").await;
    }
}

/// 20,000 blanks by gzip. What is not unpacked cannot burst.
const PACKED: [u8; 55] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 49, 1, 0, 0, 0, 194, 160, 42, 235, 159, 210, 26, 30,
    64, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 240, 96, 40, 196, 8, 133, 32, 78,
    0, 0,
];

#[tokio::test]
async fn a_packed_body_is_neither_asked_for_nor_unpacked() {
    let packed = reply(200, "content-encoding: gzip\r\n", PACKED);
    let server = RawServer::start(Reply::Bytes(packed)).await;
    let look = server.service().verifications().fetch(verification_sid()).await.unwrap_err();
    assert!(look.to_string().contains("the body of 55 bytes cannot be decoded"), "{look}");
    assert!(server.requests().iter().all(|request| !request.contains("accept-encoding")));
    for encoding in ["br", "zstd", "deflate", "gzip, gzip"] {
        let headers = format!("content-encoding: {encoding}\r\n");
        assert_useless(reply(200, &headers, PACKED), encoding).await;
    }
}
