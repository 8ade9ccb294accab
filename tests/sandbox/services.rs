//! `/Services`.

use reqwest::Method;

use crate::support::{Answer, Wire, answer, keys};

/// Schema `verify.v2.service` of Twilio's OpenAPI document.
const KEYS: [&str; 21] = [
    "account_sid",
    "code_length",
    "custom_code_enabled",
    "date_created",
    "date_updated",
    "default_template_sid",
    "do_not_share_warning_enabled",
    "dtmf_input_required",
    "friendly_name",
    "links",
    "lookup_enabled",
    "passkeys",
    "psd2_enabled",
    "push",
    "sid",
    "skip_sms_to_landlines",
    "totp",
    "tts_name",
    "url",
    "verify_event_subscription_enabled",
    "whatsapp",
];

async fn created(wire: &Wire, name: &str) -> Answer {
    wire.post("/Services", &[("FriendlyName", name)]).await.expect(201)
}

#[tokio::test]
async fn a_service_has_every_documented_field() {
    let wire = Wire::start().await;
    let service = created(&wire, "Example").await.body;
    assert_eq!(keys(&service), KEYS);
    assert_eq!(
        keys(&service["links"]),
        [
            "access_tokens",
            "entities",
            "messaging_configurations",
            "rate_limits",
            "verification_checks",
            "verifications",
            "webhooks"
        ]
    );
    assert_eq!(service["date_created"], "2026-01-01T00:00:00Z");
}

#[tokio::test]
async fn a_new_service_has_the_documented_defaults() {
    let wire = Wire::start().await;
    let service = created(&wire, "Example").await.body;
    assert_eq!(service["code_length"], 6);
    assert_eq!(service["dtmf_input_required"], true);
    assert_eq!(service["custom_code_enabled"], false);
    let totp = serde_json::json!({
        "issuer": null, "time_step": null, "code_length": null, "skew": null
    });
    assert_eq!(service["totp"], totp);
    assert_eq!(service["passkeys"]["relying_party"]["origins"], serde_json::Value::Null);
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_keeps_the_rest() {
    let wire = Wire::start().await;
    let path = wire.path("");
    let form = [
        ("CodeLength", "4"),
        ("Totp.TimeStep", "60"),
        ("Whatsapp.From", "whatsapp:+14155550199"),
        ("Passkeys.RelyingParty.Origins", "www.example.com,login.example.com"),
        ("CustomCodeEnabled", "true"),
    ];
    wire.post(&path, &form).await.expect(200);
    let service = wire.get(&path).await.expect(200).body;
    assert_eq!(service["friendly_name"], "Sandbox");
    assert_eq!(service["code_length"], 4);
    assert_eq!(service["totp"]["time_step"], 60);
    assert_eq!(service["whatsapp"]["from"], "whatsapp:+14155550199");
    let origins = serde_json::json!(["www.example.com", "login.example.com"]);
    assert_eq!(service["passkeys"]["relying_party"]["origins"], origins);
    assert_eq!(service["custom_code_enabled"], true);
}

#[tokio::test]
async fn an_update_that_is_refused_changes_nothing() {
    let wire = Wire::start().await;
    let path = wire.path("");
    wire.post(&path, &[("FriendlyName", "New"), ("CodeLength", "11")])
        .await
        .expect_error(400, 60200);
    assert_eq!(wire.get(&path).await.body["friendly_name"], "Sandbox");
}

#[tokio::test]
async fn a_setting_out_of_its_bounds_is_named() {
    let wire = Wire::start().await;
    let table = [
        ("CodeLength", "3"),
        ("CodeLength", "six"),
        ("LookupEnabled", "yes"),
        ("FriendlyName", "a name of more than 30 characters"),
        ("FriendlyName", "Call 12345"),
        ("Totp.Skew", "3"),
        ("Push.ApnCredentialSid", "CR1"),
        ("Passkeys.UserVerification", "perhaps"),
    ];
    for (name, value) in table {
        let refused = wire.post(&wire.path(""), &[(name, value)]).await.expect_error(400, 60200);
        assert_eq!(refused.text("message"), format!("Invalid parameter: {name}"), "{value}");
    }
}

#[tokio::test]
async fn a_service_needs_a_name() {
    let wire = Wire::start().await;
    let refused = wire.post("/Services", &[("CodeLength", "4")]).await.expect_error(400, 20001);
    let message = "Missing required parameter FriendlyName in the post body";
    assert_eq!(refused.text("message"), message);
}

#[tokio::test]
async fn a_deleted_service_is_gone() {
    let wire = Wire::start().await;
    let path = wire.path("");
    let deleted = answer(wire.request(Method::DELETE, &path)).await.expect(204);
    assert_eq!(deleted.body, serde_json::Value::Null);
    let missing = wire.get(&path).await.expect_error(404, 20404);
    let message = format!("The requested resource {path} was not found");
    assert_eq!(missing.text("message"), message);
    wire.send("sms").await.expect_error(404, 20404);
}

#[tokio::test]
async fn a_service_is_reached_at_its_own_url() {
    let wire = Wire::start().await;
    let service = created(&wire, "Example").await.body;
    assert_eq!(wire.follow(&service["url"]).await.expect(200).body, service);
}

fn names(page: &Answer) -> Vec<&str> {
    let services = page.body["services"].as_array().unwrap();
    services.iter().map(|service| service["friendly_name"].as_str().unwrap()).collect()
}

/// A sandbox with five services in all.
async fn with_five_services() -> Wire {
    let wire = Wire::start().await;
    for name in ["A", "B", "C", "D"] {
        created(&wire, name).await;
    }
    wire
}

#[tokio::test]
async fn pages_follow_one_another_to_the_end_and_back() {
    let wire = with_five_services().await;
    let first = wire.get("/Services?PageSize=2").await.expect(200);
    assert_eq!(names(&first), ["Sandbox", "A"]);
    let second = wire.follow(&first.body["meta"]["next_page_url"]).await;
    assert_eq!(names(&second), ["B", "C"]);
    let third = wire.follow(&second.body["meta"]["next_page_url"]).await;
    assert_eq!(names(&third), ["D"]);
    assert!(third.body["meta"]["next_page_url"].is_null());
    let back = wire.follow(&third.body["meta"]["previous_page_url"]).await;
    assert_eq!(names(&back), ["B", "C"]);
}

#[tokio::test]
async fn a_page_says_where_it_is() {
    let wire = with_five_services().await;
    let meta = &wire.get("/Services?PageSize=2").await.body["meta"];
    let fields =
        ["first_page_url", "key", "next_page_url", "page", "page_size", "previous_page_url", "url"];
    assert_eq!(keys(meta), fields);
    assert_eq!((&meta["key"], &meta["page_size"]), (&"services".into(), &2.into()));
    assert!(meta["previous_page_url"].is_null());
    let url = format!("{}/v2/Services?PageSize=2&Page=0", wire.sandbox.base_url());
    assert_eq!(meta["url"], url);
}

#[tokio::test]
async fn a_page_keeps_its_place_when_services_are_deleted() {
    let wire = with_five_services().await;
    let first = wire.get("/Services?PageSize=2").await;
    answer(wire.request(Method::DELETE, &wire.path(""))).await.expect(204);
    let second = wire.follow(&first.body["meta"]["next_page_url"]).await;
    assert_eq!(names(&second), ["B", "C"]);
}

#[tokio::test]
async fn a_page_has_one_to_a_thousand_items_and_fifty_unless_said() {
    let wire = Wire::start().await;
    assert_eq!(wire.get("/Services").await.body["meta"]["page_size"], 50);
    wire.get("/Services?PageSize=1000").await.expect(200);
    wire.get("/Services?PageSize=1001").await.expect_error(400, 20007);
    for query in ["PageSize=0", "PageSize=-1", "PageToken=x", "PageToken=%F0%9F%93%B1"] {
        wire.get(&format!("/Services?{query}")).await.expect_error(400, 60200);
    }
}
