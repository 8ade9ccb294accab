//! What no client should send: always a clean answer in Twilio's shape.

use reqwest::{Method, header::AUTHORIZATION};

use crate::support::{Answer, PHONE, Wire, answer};

async fn post_body(wire: &Wire, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = wire.request(Method::POST, &wire.path("/Verifications"));
    answer(request.header("content-type", content_type).body(body)).await
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn without_the_right_credentials_nobody_gets_in() {
    let wire = Wire::start().await;
    let account = wire.sandbox.account_sid().as_str();
    let request = || wire.anonymous(Method::GET, "/Services");
    let attempts = [
        request(),
        request().basic_auth(account, Some("wrong")),
        request().basic_auth(account, None::<&str>),
        request().basic_auth("", Some(wire.sandbox.auth_token())),
        request().bearer_auth(wire.sandbox.auth_token()),
        request().header(AUTHORIZATION, "Basic"),
        request().header(AUTHORIZATION, "Basic \u{1f4f1}"),
        request().header(AUTHORIZATION, vec![b'x'; 10_000]),
    ];
    for attempt in attempts {
        let refused = answer(attempt).await.expect_error(401, 20003);
        assert_eq!(refused.text("message"), "Authenticate");
    }
}

#[tokio::test]
async fn what_is_not_a_form_is_refused() {
    let wire = Wire::start().await;
    let json = r#"{"To":"+14155550100","Channel":"sms"}"#;
    post_body(&wire, "application/json", json).await.expect_error(400, 20001);
    post_body(&wire, FORM, json).await.expect_error(400, 20001);
    post_body(&wire, FORM, "").await.expect_error(400, 20001);
    post_body(&wire, FORM, &b"To=\xff\xfe"[..]).await.expect_error(400, 20001);
    post_body(&wire, FORM, "%%%=&&&;=%").await.expect_error(400, 20001);
    assert!(wire.sandbox.messages().is_empty());
}

#[tokio::test]
async fn what_is_not_a_destination_is_refused() {
    let wire = Wire::start().await;
    let digits = format!("+1{}", "5".repeat(10_000));
    for to in ["", "📱", "+1415555010l", "14155550100", "＋14155550100", "+14155550100\n", &digits]
    {
        let form = [("To", to), ("Channel", "sms")];
        wire.post(&wire.path("/Verifications"), &form).await.expect_error(400, 60200);
    }
}

#[tokio::test]
async fn a_raw_plus_in_a_form_is_a_space_and_no_number() {
    let wire = Wire::start().await;
    post_body(&wire, FORM, "To=+14155550100&Channel=sms").await.expect_error(400, 60200);
}

#[tokio::test]
async fn a_parameter_given_twice_is_refused() {
    let wire = Wire::start().await;
    let form = [("To", PHONE), ("To", "+14155550101"), ("Channel", "sms")];
    wire.post(&wire.path("/Verifications"), &form).await.expect_error(400, 60200);
}

#[tokio::test]
async fn a_code_of_impossible_length_costs_no_attempt() {
    let wire = Wire::start().await;
    wire.started().await;
    for code in ["1", "12345678901", &"1".repeat(10_000)] {
        wire.check(code).await.expect_error(400, 60200);
    }
    for _ in 0..4 {
        wire.check("wrong!").await.expect(201);
    }
    assert_eq!(wire.check(&wire.code()).await.body["status"], "approved");
}

#[tokio::test]
async fn full_width_digits_are_not_the_code() {
    let wire = Wire::start().await;
    wire.started().await;
    let wide: String = wire
        .code()
        .chars()
        .map(|digit| char::from_u32(u32::from(digit) - 0x30 + 0xff10).unwrap())
        .collect();
    assert_eq!(wire.check(&wide).await.expect(201).body["status"], "pending");
}

#[tokio::test]
async fn a_megabyte_is_too_much() {
    let wire = Wire::start().await;
    let body = format!("To={}", "1".repeat(1_000_000));
    post_body(&wire, FORM, body).await.expect_error(413, 20001);
    wire.send("sms").await.expect(201);
}

#[tokio::test]
async fn another_kind_of_sid_is_an_invalid_parameter() {
    let wire = Wire::start().await;
    let account = wire.sandbox.account_sid().as_str();
    for sid in [account, "VA1", "..%2f..", "%00", "📱"] {
        let path = format!("/Services/{sid}/Verifications");
        let form = [("To", PHONE), ("Channel", "sms")];
        let refused = wire.post(&path, &form).await.expect_error(400, 60200);
        assert_eq!(refused.text("message"), "Invalid parameter (null)");
    }
    let path = wire.path(&format!("/Verifications/{account}"));
    wire.get(&path).await.expect_error(400, 60200);
}

#[tokio::test]
async fn an_unknown_service_is_not_found() {
    let wire = Wire::start().await;
    let path = "/Services/VA00000000000000000000000000000009/VerificationCheck";
    let form = [("To", PHONE), ("Code", "123456")];
    let missing = wire.post(path, &form).await.expect_error(404, 20404);
    assert_eq!(missing.text("message"), format!("The requested resource {path} was not found"));
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let wire = Wire::start().await;
    for path in ["", "/", "/services", "/Services/", "/Attempts2", "/Services/VA/../x/y/z"] {
        wire.get(path).await.expect_error(404, 20404);
    }
    for target in ["VE1", "%ff", "%2B1", "nobody", "a@b"] {
        let path = wire.path(&format!("/Verifications/{target}"));
        wire.get(&path).await.expect_error(404, 20404);
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_refused() {
    let wire = Wire::start().await;
    let table = [
        (Method::PUT, "/Services".to_owned()),
        (Method::DELETE, "/Services".to_owned()),
        (Method::GET, wire.path("/Verifications")),
        (Method::GET, wire.path("/VerificationCheck")),
        (Method::DELETE, wire.path("/Verifications/%2B14155550100")),
        (Method::OPTIONS, wire.path("")),
    ];
    for (method, path) in table {
        answer(wire.request(method, &path)).await.expect_error(405, 20004);
    }
}

#[tokio::test]
async fn every_answer_has_its_own_request_id() {
    let wire = Wire::start().await;
    let ids = [wire.get("/Services").await.request_id, wire.get("/nowhere").await.request_id];
    assert_ne!(ids[0], ids[1]);
    for id in ids {
        assert!(id.len() == 34 && id.starts_with("RQ"), "{id}");
    }
}

/// Where it goes, what it says, and the code of the answer.
type BadForm<'a> = (&'a str, &'a [(&'a str, &'a str)], u64);

#[tokio::test]
async fn nothing_bad_changes_a_verification() {
    let wire = Wire::start().await;
    let path = wire.path(&format!("/Verifications/{}", wire.started().await));
    let before = wire.get(&path).await.expect(200).body;
    wire.sandbox.advance(std::time::Duration::from_secs(1));
    let digits = "1".repeat(10_000);
    let check = wire.path("/VerificationCheck");
    let start = wire.path("/Verifications");
    let (to, sms) = (("To", PHONE), ("Channel", "sms"));
    let table: [BadForm<'_>; 14] = [
        (&check, &[to, ("Code", &digits)], 60200),
        (&check, &[to, ("Code", "")], 60200),
        (&check, &[to, ("Code", "1234"), ("Code", "1234")], 60200),
        (&check, &[to, to, ("Code", "1234")], 60200),
        (&check, &[("To", "\u{1f4f1}"), ("Code", "1234")], 60200),
        (&start, &[to, ("Channel", "carrier pigeon")], 60200),
        (&start, &[to, sms, sms], 60200),
        (&start, &[to, sms, ("Locale", "xx")], 60200),
        (&start, &[to, sms, ("CustomFriendlyName", "12345")], 60200),
        (&start, &[to, sms, ("Tags", "{")], 60200),
        (&start, &[to, sms, ("RateLimits", "[]")], 60200),
        (&start, &[to, sms, ("Amount", &digits)], 60200),
        (&path, &[("Status", "expired")], 60200),
        (&path, &[("Status", "approved"), ("Status", "approved")], 60200),
    ];
    for (path, form, code) in table {
        wire.post(path, form).await.expect_error(400, code);
    }
    assert_eq!(wire.get(&path).await.expect(200).body, before);
    assert_eq!(wire.sandbox.messages().len(), 1);
}

#[tokio::test]
async fn a_body_far_beyond_the_limit_is_refused() {
    let wire = Wire::start().await;
    for megabytes in [2, 7, 40] {
        let request = wire.request(Method::POST, &wire.path("/Verifications"));
        let request = request.header("content-type", FORM).body("x".repeat(megabytes * 1_000_000));
        // Whoever sends this much may find the connection closed before the answer.
        if let Ok(response) = request.send().await {
            assert_eq!(response.status(), 413, "{megabytes} MB");
        }
    }
    wire.send("sms").await.expect(201);
}
