//! Every reply of every operation has exactly the fields, of exactly the types, of its schema.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use verify_mfa::sandbox::{Fault, Features, RateLimit, Sandbox};

use crate::{
    schema::{CHECK, ERROR, SERVICE, SERVICES, VERIFICATION, assert_is},
    support::{PHONE, Wire, answer},
};

async fn featured() -> Wire {
    let builder = Sandbox::builder().features(Features::new().sna(true).auto(true));
    Wire::with(builder.start().await.unwrap())
}

async fn started(wire: &Wire, to: &str, channel: &str) -> Value {
    let form = [("To", to), ("Channel", channel)];
    wire.post(&wire.path("/Verifications"), &form).await.expect(201).body
}

#[tokio::test]
async fn services_are_as_specified() {
    let wire = Wire::start().await;
    let everything = [
        ("FriendlyName", "name"),
        ("CodeLength", "4"),
        ("TtsName", "name"),
        ("Push.ApnCredentialSid", "CR00000000000000000000000000000001"),
        ("Totp.Issuer", "test-issuer"),
        ("Totp.TimeStep", "30"),
        ("Totp.CodeLength", "3"),
        ("Totp.Skew", "2"),
        ("DefaultTemplateSid", "HJ00000000000000000000000000000001"),
        ("Whatsapp.MsgServiceSid", "MG00000000000000000000000000000001"),
        ("Whatsapp.From", "whatsapp:+14155550100"),
        ("Passkeys.RelyingParty.Id", "www.example.com"),
        ("Passkeys.RelyingParty.Origins", "www.example.com,login.example.com"),
        ("Passkeys.AuthenticatorAttachment", ""),
        ("Passkeys.UserVerification", "discouraged"),
    ];
    let created = wire.post("/Services", &everything).await.expect(201).body;
    assert_is(&created, SERVICE);
    assert_is(&wire.get(&wire.path("")).await.expect(200).body, SERVICE);
    let updated = wire.post(&wire.path(""), &[("LookupEnabled", "true")]).await.expect(200).body;
    assert_is(&updated, SERVICE);
    assert_is(&wire.get("/Services").await.expect(200).body, SERVICES);
    assert_is(&wire.get("/Services?PageSize=1").await.expect(200).body, SERVICES);
    let deleted = answer(wire.request(Method::DELETE, &wire.path(""))).await.expect(204);
    assert_eq!(deleted.body, Value::Null);
}

#[tokio::test]
async fn a_started_verification_is_as_specified_over_every_channel() {
    for (to, channel, shown) in [
        (PHONE, "sms", "SMS"),
        (PHONE, "call", "CALL"),
        (PHONE, "whatsapp", "whatsapp"),
        ("someone@example.com", "email", "EMAIL"),
        (PHONE, "sna", "sna"),
        (PHONE, "auto", "sna"),
    ] {
        let started = started(&featured().await, to, channel).await;
        assert_is(&started, VERIFICATION);
        assert_eq!(started["send_code_attempts"][0]["channel"], shown);
        let silent = shown == "sna";
        assert_eq!(started["channel"], if silent { "sna" } else { channel });
        assert_eq!(started["sna"].is_object(), silent, "{channel}");
        assert_eq!(started["lookup"]["carrier"].is_object(), silent, "{channel}");
        assert_eq!((&started["amount"], &started["payee"]), (&Value::Null, &Value::Null));
    }
}

#[tokio::test]
async fn a_looked_up_number_is_as_specified() {
    let wire = Wire::start().await;
    wire.post(&wire.path(""), &[("LookupEnabled", "true")]).await.expect(200);
    let mobile = started(&wire, PHONE, "sms").await;
    assert_is(&mobile, VERIFICATION);
    assert_eq!(mobile["lookup"]["carrier"]["type"], "mobile");
    wire.sandbox.inject(Fault::landline().for_destination("+14155550101"));
    let landline = started(&wire, "+14155550101", "call").await;
    assert_is(&landline, VERIFICATION);
    assert_eq!(landline["lookup"]["carrier"]["type"], "landline");
    let address = started(&wire, "someone@example.com", "email").await;
    assert_eq!(address["lookup"], serde_json::json!({}));
}

#[tokio::test]
async fn a_verification_is_as_specified_whatever_became_of_it() {
    let wire = Wire::start().await;
    for status in ["canceled", "approved"] {
        let sid = wire.started().await;
        let path = wire.path(&format!("/Verifications/{sid}"));
        assert_is(&wire.get(&path).await.expect(200).body, VERIFICATION);
        let ended = wire.post(&path, &[("Status", status)]).await.expect(200).body;
        assert_is(&ended, VERIFICATION);
        assert_eq!(ended["status"], status);
    }
    let path = wire.path(&format!("/Verifications/{}", wire.started().await));
    for _ in 0..5 {
        wire.check("wrong!").await.expect(201);
    }
    let exhausted = wire.get(&path).await.expect(200).body;
    assert_is(&exhausted, VERIFICATION);
    assert_eq!(exhausted["status"], "max_attempts_reached");
}

#[tokio::test]
async fn a_check_is_as_specified_whatever_came_out() {
    let wire = featured().await;
    wire.started().await;
    for code in ["wrong!", &wire.code()] {
        let checked = wire.check(code).await.expect(201).body;
        assert_is(&checked, CHECK);
        assert_eq!(checked["sna_attempts_error_codes"], json!([]));
    }
    started(&wire, PHONE, "sna").await;
    let form = [("To", PHONE)];
    let silent = wire.post(&wire.path("/VerificationCheck"), &form).await.expect(201).body;
    assert_is(&silent, CHECK);
    assert_eq!(silent["sna_attempts_error_codes"][0]["code"], 60519);
}

#[tokio::test]
async fn a_refusal_by_a_rate_limit_is_as_specified() {
    let limit = RateLimit::new("my_rate_limit_key").bucket(1, Duration::from_secs(60));
    let wire = Wire::with(Sandbox::builder().rate_limit(limit).start().await.unwrap());
    let limits = ("RateLimits", r#"{"my_rate_limit_key":"abc"}"#);
    let form = [("To", PHONE), ("Channel", "sms"), limits, ("Tags", r#"{"tenant_id":"12345"}"#)];
    let path = wire.path("/Verifications");
    assert_is(&wire.post(&path, &form).await.expect(201).body, VERIFICATION);
    let response = wire.request(Method::POST, &path).form(&form).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "60");
    assert_eq!(response.headers()["twilio-reached-rate-limit"], "my_rate_limit_key");
    assert_eq!(response.headers()["content-type"], "application/json");
    let refused: Value = response.json().await.unwrap();
    assert_is(&refused, ERROR);
    assert_eq!(
        (&refused["code"], &refused["message"]),
        (&20429.into(), &"Too many requests".into())
    );
}

#[tokio::test]
async fn every_refusal_is_as_specified() {
    let wire = Wire::start().await;
    for path in ["/Services/VA00000000000000000000000000000009", "/nowhere", "/Services/AC1"] {
        assert_is(&wire.get(path).await.body, ERROR);
    }
    assert_is(&wire.post(&wire.path("/Verifications"), &[]).await.body, ERROR);
    assert_is(&answer(wire.anonymous(Method::GET, "/Services")).await.body, ERROR);
    assert_is(&answer(wire.request(Method::PUT, "/Services")).await.body, ERROR);
}
