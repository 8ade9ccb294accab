//! Settings that show on the wire only: what the builder, the service and a parameter change in a
//! reply or a message.

use serde_json::{Value, json};
use verify_mfa::sandbox::{Behaviour, Fault, Features, Sandbox, SandboxBuilder, UnsupportedLocale};

use crate::support::{Answer, PHONE, Wire};

async fn wire(builder: SandboxBuilder) -> Wire {
    Wire::with(builder.start().await.unwrap())
}

async fn send(wire: &Wire, more: &[(&str, &str)]) -> Answer {
    let form = [&[("To", PHONE), ("Channel", "sms")], more].concat();
    wire.post(&wire.path("/Verifications"), &form).await
}

#[tokio::test]
async fn an_approval_by_hand_may_be_not_valid() {
    for valid in [true, false] {
        let behaviour = Behaviour::new().manual_approval_is_valid(valid);
        let wire = wire(Sandbox::builder().behaviour(behaviour)).await;
        let path = wire.path(&format!("/Verifications/{}", wire.started().await));
        let approved = wire.post(&path, &[("Status", "approved")]).await.expect(200).body;
        assert_eq!((&approved["status"], &approved["valid"]), (&json!("approved"), &json!(valid)));
    }
}

#[tokio::test]
async fn a_chosen_channel_may_be_shown_as_auto() {
    for (auto, shown) in [(false, "sna"), (true, "auto")] {
        let builder = Sandbox::builder()
            .behaviour(Behaviour::new().show_auto_channel(auto))
            .features(Features::new().auto(true).sna(true));
        let wire = wire(builder).await;
        let started = wire.send("auto").await.expect(201).body;
        assert_eq!(started["channel"], shown);
        assert_eq!(started["send_code_attempts"][0]["channel"], "sna");
    }
}

#[tokio::test]
async fn an_unsupported_locale_may_be_not_found() {
    let default = Wire::start().await;
    send(&default, &[("Locale", "xx")]).await.expect_error(400, 60200);
    let behaviour = Behaviour::new().unsupported_locale(UnsupportedLocale::NotFound);
    let other = wire(Sandbox::builder().behaviour(behaviour)).await;
    send(&other, &[("Locale", "xx")]).await.expect_error(404, 20404);
}

#[tokio::test]
async fn friendly_names_may_be_longer() {
    let name = [("FriendlyName", "A name of thirty-two characters!")];
    Wire::start().await.post("/Services", &name).await.expect_error(400, 60200);
    let behaviour = Behaviour::new().friendly_name_length(32);
    let wire = wire(Sandbox::builder().behaviour(behaviour)).await;
    wire.post("/Services", &name).await.expect(201);
}

#[tokio::test]
async fn a_custom_code_may_be_ignored() {
    let behaviour = Behaviour::new().ignore_disabled_custom_code(true);
    let wire = wire(Sandbox::builder().behaviour(behaviour)).await;
    send(&wire, &[("CustomCode", "ABCD12")]).await.expect(201);
    assert_ne!(wire.code(), "ABCD12");
}

#[tokio::test]
async fn channels_are_closed_in_their_own_ways() {
    let features = Features::new()
        .email(false)
        .whatsapp(false)
        .custom_code(false)
        .disable(verify_mfa::Channel::Call);
    let wire = wire(Sandbox::builder().features(features)).await;
    wire.send("call").await.expect_error(400, 60223);
    wire.send("whatsapp").await.expect_error(400, 68008);
    wire.send("sna").await.expect_error(400, 60200);
    let auto = wire.send("auto").await.expect_error(400, 60200);
    assert_eq!(auto.text("message"), "Invalid parameter: Channel");
    let form = [("To", "someone@example.com"), ("Channel", "email")];
    wire.post(&wire.path("/Verifications"), &form).await.expect_error(400, 60217);
    wire.post(&wire.path(""), &[("CustomCodeEnabled", "true")]).await.expect_error(403, 60204);
}

#[tokio::test]
async fn a_text_message_may_warn_against_sharing() {
    let wire = Wire::start().await;
    wire.post(&wire.path(""), &[("DoNotShareWarningEnabled", "true")]).await.expect(200);
    for channel in ["sms", "call"] {
        wire.send(channel).await.expect(201);
    }
    let bodies = wire.sandbox.messages().into_iter().map(|message| message.body);
    let warned: Vec<_> = bodies.map(|body| body.contains(". Don’t share this code")).collect();
    assert_eq!(warned, [true, false]);
}

#[tokio::test]
async fn a_message_knows_its_locale_and_tags() {
    let wire = Wire::start().await;
    let tags = r#"{"tenant_id":"12345"}"#;
    send(&wire, &[("Locale", "pt-BR"), ("Tags", tags)]).await.expect(201);
    let message = wire.sandbox.messages().remove(0);
    assert_eq!(message.locale.as_deref(), Some("pt-BR"));
    assert_eq!(message.tags["tenant_id"], "12345");
}

#[tokio::test]
async fn an_app_hash_ends_the_message() {
    let wire = Wire::start().await;
    send(&wire, &[("AppHash", "He42w354ol9")]).await.expect(201);
    let body = wire.sandbox.messages().remove(0).body;
    assert!(body.starts_with("<#> ") && body.ends_with("\nHe42w354ol9"), "{body}");
}

#[tokio::test]
async fn text_messages_skip_landlines() {
    let wire = Wire::start().await;
    let landline = wire.sandbox.inject(Fault::landline().for_destination(PHONE));
    wire.send("sms").await.expect(201);
    let skip = [("LookupEnabled", "true"), ("SkipSmsToLandlines", "true")];
    wire.post(&wire.path(""), &skip).await.expect(200);
    wire.send("sms").await.expect_error(403, 60205);
    wire.send("call").await.expect(201);
    assert_eq!(landline.hits(), 3);
    landline.remove();
    wire.send("sms").await.expect(201);
}

#[tokio::test]
async fn a_silent_authentication_is_approved_without_a_code() {
    let wire = wire(Sandbox::builder().features(Features::new().sna(true))).await;
    let started = wire.send("sna").await.expect(201).body;
    assert_eq!((wire.sandbox.code_for(PHONE), wire.sandbox.messages().len()), (None, 0));
    let check = || async {
        let path = wire.path("/VerificationCheck");
        wire.post(&path, &[("To", PHONE)]).await.expect(201).body
    };
    assert_eq!(check().await["sna_attempts_error_codes"][0]["code"], 60519);
    let url = started["sna"]["url"].as_str().unwrap();
    let device = reqwest::Client::new();
    let opened = device.get(url).send().await.unwrap();
    assert_eq!(opened.status(), 200);
    assert_eq!(opened.text().await.unwrap(), "ErrorCode=0&ErrorDescription=Success");
    assert_eq!(device.get(url).send().await.unwrap().status(), 404);
    let approved = check().await;
    assert_eq!((&approved["status"], &approved["channel"]), (&json!("approved"), &json!("sna")));
    assert_eq!(approved["sna_attempts_error_codes"], json!([]));
}

#[tokio::test]
async fn a_carrier_may_deny_a_silent_authentication() {
    let wire = wire(Sandbox::builder().features(Features::new().sna(true))).await;
    wire.sandbox.inject(Fault::sna_failure(60500).for_destination(PHONE).once());
    let started = wire.send("sna").await.expect(201).body;
    let attempt = started["send_code_attempts"][0]["attempt_sid"].clone();
    reqwest::get(started["sna"]["url"].as_str().unwrap()).await.unwrap();
    let denied = wire.post(&wire.path("/VerificationCheck"), &[("To", PHONE)]).await.expect(201);
    assert_eq!(denied.body["status"], "pending");
    let errors: &Value = &denied.body["sna_attempts_error_codes"];
    assert_eq!(*errors, json!([{ "attempt_sid": attempt, "code": 60500 }]));
}

#[tokio::test]
async fn an_address_for_a_device_that_means_nothing_is_not_found() {
    let wire = Wire::start().await;
    for path in ["/m/id/sandbox", "/m/id/sandbox?data=VA1&cipherSalt=x", "/m/id/sandbox?data=%ff"] {
        let response = reqwest::get(format!("{}{path}", wire.sandbox.base_url())).await.unwrap();
        assert!(response.status().is_client_error(), "{path}");
    }
}

#[tokio::test]
async fn fetching_too_often_is_refused() {
    let wire = Wire::start().await;
    let path = wire.path(&format!("/Verifications/{}", wire.started().await));
    for _ in 0..60 {
        wire.get(&path).await.expect(200);
    }
    let refused = wire.get(&path).await.expect_error(429, 20429);
    assert_eq!(refused.text("message"), "Too many requests");
    wire.sandbox.advance(std::time::Duration::from_secs(60));
    wire.get(&path).await.expect(200);
}

#[tokio::test]
async fn templates_are_taken_for_what_they_are() {
    let wire = Wire::start().await;
    let sid = "HJ00000000000000000000000000000001";
    let templates = format!(r#"[{{"sid":"{sid}","substitutions":{{"name":"x"}}}}]"#);
    send(&wire, &[("TemplateSid", sid)]).await.expect(201);
    send(&wire, &[("Templates", &templates)]).await.expect(201);
    send(&wire, &[("Templates", "{}")]).await.expect_error(400, 60251);
    send(&wire, &[("Templates", "[{}]")]).await.expect_error(400, 60252);
    let whatsapp = [("To", PHONE), ("Channel", "whatsapp"), ("TemplateSid", sid)];
    wire.post(&wire.path("/Verifications"), &whatsapp).await.expect_error(400, 60408);
    let call = [("To", PHONE), ("Channel", "call"), ("AppHash", "x")];
    wire.post(&wire.path("/Verifications"), &call).await.expect_error(400, 60602);
}
