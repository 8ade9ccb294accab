//! `/Verifications` and `/VerificationCheck`.

use std::time::Duration;

use serde_json::{Value, json};
use verify_mfa::sandbox::Sandbox;

use crate::support::{PHONE, Wire, keys};

/// Schema `verify.v2.service.verification` of Twilio's OpenAPI document.
const VERIFICATION_KEYS: [&str; 15] = [
    "account_sid",
    "amount",
    "channel",
    "date_created",
    "date_updated",
    "lookup",
    "payee",
    "send_code_attempts",
    "service_sid",
    "sid",
    "sna",
    "status",
    "to",
    "url",
    "valid",
];

/// Schema `verify.v2.service.verification_check`.
const CHECK_KEYS: [&str; 12] = [
    "account_sid",
    "amount",
    "channel",
    "date_created",
    "date_updated",
    "payee",
    "service_sid",
    "sid",
    "sna_attempts_error_codes",
    "status",
    "to",
    "valid",
];

#[tokio::test]
async fn a_started_verification_has_every_documented_field() {
    let wire = Wire::start().await;
    let started = wire.send("sms").await.expect(201).body;
    assert_eq!(keys(&started), VERIFICATION_KEYS);
    assert_eq!(started["account_sid"], wire.sandbox.account_sid().as_str());
    assert_eq!(started["service_sid"], wire.sandbox.service_sid().as_str());
    assert_eq!((&started["to"], &started["channel"]), (&json!(PHONE), &json!("sms")));
    assert_eq!((&started["status"], &started["valid"]), (&json!("pending"), &json!(false)));
    assert_eq!(started["lookup"], json!({}));
    assert_eq!([&started["amount"], &started["payee"], &started["sna"]], [&Value::Null; 3]);
    assert_eq!(started["date_created"], "2026-01-01T00:00:00Z");
}

#[tokio::test]
async fn a_check_has_every_documented_field() {
    let wire = Wire::start().await;
    let sid = wire.started().await;
    let checked = wire.check(&wire.code()).await.expect(201).body;
    assert_eq!(keys(&checked), CHECK_KEYS);
    assert_eq!(checked["sid"], sid);
    assert_eq!((&checked["status"], &checked["valid"]), (&json!("approved"), &json!(true)));
}

#[tokio::test]
async fn attempts_are_written_in_mixed_case() {
    let wire = Wire::start().await;
    for channel in ["sms", "call"] {
        wire.send(channel).await.expect(201);
    }
    let last = wire.send("whatsapp").await.expect(201).body;
    let attempts = last["send_code_attempts"].as_array().unwrap();
    let channels: Vec<_> = attempts.iter().map(|attempt| &attempt["channel"]).collect();
    assert_eq!(channels, ["SMS", "CALL", "whatsapp"]);
    assert_eq!(keys(&attempts[0]), ["attempt_sid", "channel", "time"]);
    assert!(attempts[0]["attempt_sid"].as_str().unwrap().starts_with("VL"));
}

#[tokio::test]
async fn an_address_is_verified_by_email() {
    let wire = Wire::start().await;
    let form = [("To", "someone@example.com"), ("Channel", "email")];
    let started = wire.post(&wire.path("/Verifications"), &form).await.expect(201).body;
    assert_eq!(started["send_code_attempts"][0]["channel"], "EMAIL");
    assert!(wire.sandbox.code_for("someone@example.com").is_some());
}

#[tokio::test]
async fn a_wrong_code_is_not_an_error() {
    let wire = Wire::start().await;
    wire.started().await;
    let checked = wire.check("wrong!").await.expect(201).body;
    assert_eq!((&checked["status"], &checked["valid"]), (&json!("pending"), &json!(false)));
}

#[tokio::test]
async fn what_was_approved_is_not_found_afterwards() {
    let wire = Wire::start().await;
    let sid = wire.started().await;
    let code = wire.code();
    wire.check(&code).await.expect(201);
    let again = wire.check(&code).await.expect_error(404, 20404);
    let path = wire.path("/VerificationCheck");
    assert_eq!(again.text("message"), format!("The requested resource {path} was not found"));
    let path = wire.path(&format!("/Verifications/{sid}"));
    let fetched = wire.get(&path).await.expect_error(404, 20404);
    assert_eq!(fetched.text("message"), format!("The requested resource {path} was not found"));
}

#[tokio::test]
async fn the_sixth_check_is_refused_even_with_the_right_code() {
    let wire = Wire::start().await;
    let sid = wire.started().await;
    for _ in 0..5 {
        assert_eq!(wire.check("wrong!").await.expect(201).body["status"], "pending");
    }
    wire.check(&wire.code()).await.expect_error(429, 60202);
    let stored = wire.get(&wire.path(&format!("/Verifications/{sid}"))).await.expect(200);
    assert_eq!(stored.body["status"], "max_attempts_reached");
    wire.send("sms").await.expect_error(429, 60202);
}

#[tokio::test]
async fn the_sixth_send_is_refused() {
    let wire = Wire::start().await;
    for _ in 0..5 {
        wire.send("sms").await.expect(201);
    }
    wire.send("call").await.expect_error(429, 60203);
    wire.check(&wire.code()).await.expect(201);
}

#[tokio::test]
async fn a_verification_lives_ten_minutes_from_its_first_send() {
    let wire = Wire::start().await;
    let sid = wire.started().await;
    let code = wire.code();
    wire.sandbox.advance(Duration::from_secs(599));
    assert_eq!(wire.started().await, sid);
    wire.sandbox.advance(Duration::from_secs(1));
    wire.check(&code).await.expect_error(404, 20404);
    assert_ne!(wire.started().await, sid);
}

#[tokio::test]
async fn a_service_may_give_its_verifications_another_life() {
    let builder = Sandbox::builder().ttl(Duration::from_secs(120));
    let wire = Wire::with(builder.start().await.unwrap());
    wire.started().await;
    wire.sandbox.advance(Duration::from_secs(120));
    wire.check(&wire.code()).await.expect_error(404, 20404);
}

#[tokio::test]
async fn canceling_frees_the_destination() {
    let wire = Wire::start().await;
    let sid = wire.started().await;
    let path = wire.path(&format!("/Verifications/{sid}"));
    let canceled = wire.post(&path, &[("Status", "canceled")]).await.expect(200).body;
    assert_eq!(keys(&canceled), VERIFICATION_KEYS);
    assert_eq!(canceled["status"], "canceled");
    wire.check(&wire.code()).await.expect_error(404, 20404);
    assert_eq!(wire.get(&path).await.expect(200).body["status"], "canceled");
    assert_ne!(wire.started().await, sid);
}

#[tokio::test]
async fn a_verification_is_approved_by_number_with_a_plus_in_either_form() {
    let wire = Wire::start().await;
    for number in ["+14155550100", "%2B14155550100"] {
        wire.started().await;
        let path = wire.path(&format!("/Verifications/{number}"));
        assert_eq!(wire.get(&path).await.expect(200).body["status"], "pending");
        let approved = wire.post(&path, &[("Status", "approved")]).await.expect(200).body;
        assert_eq!((&approved["status"], &approved["valid"]), (&json!("approved"), &json!(true)));
        wire.get(&path).await.expect_error(404, 20404);
    }
}

#[tokio::test]
async fn a_status_must_be_approved_or_canceled() {
    let wire = Wire::start().await;
    let path = wire.path(&format!("/Verifications/{}", wire.started().await));
    wire.post(&path, &[("Status", "expired")]).await.expect_error(400, 60200);
    wire.post(&path, &[]).await.expect_error(400, 20001);
    assert_eq!(wire.get(&path).await.body["status"], "pending");
}

#[tokio::test]
async fn the_sid_and_the_destination_of_a_check_must_belong_together() {
    let wire = Wire::start().await;
    let sid = wire.started().await;
    let code = wire.code();
    let path = wire.path("/VerificationCheck");
    let form = |to| [("VerificationSid", sid.as_str()), ("To", to), ("Code", code.as_str())];
    wire.post(&path, &form("+14155550101")).await.expect_error(404, 20404);
    wire.post(&path, &form(PHONE)).await.expect(201);
}

#[tokio::test]
async fn what_a_check_lacks_is_named() {
    let wire = Wire::start().await;
    let path = wire.path("/VerificationCheck");
    wire.post(&path, &[("Code", "123456")]).await.expect_error(400, 60221);
    wire.post(&path, &[("To", PHONE)]).await.expect_error(400, 60200);
    let impossible = wire.post(&path, &[("To", "+19995551234"), ("Code", "123456")]).await;
    let message = impossible.expect_error(400, 60200).text("message");
    assert_eq!(message, "Invalid parameter `To`: +19995551234");
    wire.post(&path, &[("To", PHONE), ("Code", "123456")]).await.expect_error(404, 20404);
}

#[tokio::test]
async fn custom_codes_need_a_service_that_allows_them() {
    let wire = Wire::start().await;
    let form = [("To", PHONE), ("Channel", "sms"), ("CustomCode", "ABCD12")];
    wire.post(&wire.path("/Verifications"), &form).await.expect_error(403, 60204);
    wire.post(&wire.path(""), &[("CustomCodeEnabled", "true")]).await.expect(200);
    wire.post(&wire.path("/Verifications"), &form).await.expect(201);
    assert_eq!(wire.code(), "ABCD12");
}

#[tokio::test]
async fn a_payment_is_shown_in_every_reply() {
    let wire = Wire::start().await;
    wire.post(&wire.path(""), &[("Psd2Enabled", "true")]).await.expect(200);
    wire.send("sms").await.expect_error(400, 60206);
    let form = [("To", PHONE), ("Channel", "sms"), ("Amount", "€39.99"), ("Payee", "Acme")];
    let started = wire.post(&wire.path("/Verifications"), &form).await.expect(201).body;
    assert_eq!((&started["amount"], &started["payee"]), (&json!("€39.99"), &json!("Acme")));
}

#[tokio::test]
async fn no_reply_holds_the_code() {
    let wire = Wire::start().await;
    let sid = wire.started().await;
    let code = wire.code();
    let fetched = wire.get(&wire.path(&format!("/Verifications/{sid}"))).await;
    let wrong = wire.check("wrong!").await;
    let right = wire.check(&code).await;
    for reply in [fetched, wrong, right] {
        // SIDs are random digits, which may hold the code by chance.
        let mut body = reply.body;
        for key in ["sid", "service_sid", "account_sid", "url", "send_code_attempts"] {
            body[key] = Value::Null;
        }
        assert!(!body.to_string().contains(&code), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_right_codes_at_once_exactly_one_is_approved() {
    let wire = std::sync::Arc::new(Wire::start().await);
    wire.started().await;
    let code = wire.code();
    let mut checks = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (wire, code) = (std::sync::Arc::clone(&wire), code.clone());
        checks.spawn(async move { wire.check(&code).await });
    }
    let (approved, others): (Vec<_>, Vec<_>) =
        checks.join_all().await.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(approved.len(), 1);
    assert_eq!(approved[0].body["status"], "approved");
    assert!(others.iter().all(|answer| answer.body["code"] == 20404));
}
