//! Every reply of every operation has exactly the fields, of exactly the types, that Twilio's
//! OpenAPI document (release 2.6.7) gives its schema. They are written down here once more, so that
//! neither the document nor the code is needed to see what is promised.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use verify_mfa::sandbox::{Fault, Features, RateLimit, Sandbox};

use crate::support::{PHONE, Wire, answer};

/// What stands in a field.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    /// Text or null.
    Maybe,
    Integer,
    Boolean,
    /// The prefix, then 32 hexadecimal digits.
    Sid(&'static str),
    MaybeSid(&'static str),
    /// `2015-07-30T20:00:00Z`.
    Date,
    Url,
    MaybeUrl,
    MaybeInteger,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    Object(Fields),
    MaybeObject(Fields),
    /// An object with these fields, or with none.
    ObjectOrEmpty(Fields),
    List(&'static Self),
    MaybeList(&'static Self),
}

type Fields = &'static [(&'static str, Kind)];

use Kind::{
    Boolean, Date, Integer, List, Maybe, MaybeInteger, MaybeList, MaybeObject, MaybeSid, MaybeUrl,
    Object, ObjectOrEmpty, OneOf, Sid, Text, Url,
};

/// `verify.v2.service`.
const SERVICE: Fields = &[
    ("sid", Sid("VA")),
    ("account_sid", Sid("AC")),
    ("friendly_name", Text),
    ("code_length", Integer),
    ("lookup_enabled", Boolean),
    ("psd2_enabled", Boolean),
    ("skip_sms_to_landlines", Boolean),
    ("dtmf_input_required", Boolean),
    ("tts_name", Maybe),
    ("do_not_share_warning_enabled", Boolean),
    ("custom_code_enabled", Boolean),
    ("push", Object(PUSH)),
    ("totp", Object(TOTP)),
    ("default_template_sid", MaybeSid("HJ")),
    ("whatsapp", Object(&[("msg_service_sid", MaybeSid("MG")), ("from", Maybe)])),
    ("passkeys", Object(PASSKEYS)),
    ("verify_event_subscription_enabled", Boolean),
    ("date_created", Date),
    ("date_updated", Date),
    ("url", Url),
    ("links", Object(LINKS)),
];

const PUSH: Fields = &[
    ("include_date", Boolean),
    ("apn_credential_sid", MaybeSid("CR")),
    ("fcm_credential_sid", MaybeSid("CR")),
];

const TOTP: Fields = &[
    ("issuer", Maybe),
    ("time_step", MaybeInteger),
    ("code_length", MaybeInteger),
    ("skew", MaybeInteger),
];

const PASSKEYS: Fields = &[
    ("relying_party", Object(&[("id", Maybe), ("name", Maybe), ("origins", MaybeList(&Text))])),
    ("authenticator_attachment", Maybe),
    ("discoverable_credentials", Maybe),
    ("user_verification", Maybe),
];

const LINKS: Fields = &[
    ("verification_checks", Url),
    ("verifications", Url),
    ("rate_limits", Url),
    ("messaging_configurations", Url),
    ("entities", Url),
    ("webhooks", Url),
    ("access_tokens", Url),
];

/// `ListServiceResponse`.
const SERVICES: Fields = &[("services", List(&Object(SERVICE))), ("meta", Object(META))];

const META: Fields = &[
    ("page", Integer),
    ("page_size", Integer),
    ("first_page_url", Url),
    ("previous_page_url", MaybeUrl),
    ("url", Url),
    ("next_page_url", MaybeUrl),
    ("key", OneOf(&["services"])),
];

/// `verify.v2.service.verification`.
const VERIFICATION: Fields = &[
    ("sid", Sid("VE")),
    ("service_sid", Sid("VA")),
    ("account_sid", Sid("AC")),
    ("to", Text),
    ("channel", OneOf(CHANNELS)),
    ("status", OneOf(STATUSES)),
    ("valid", Boolean),
    ("lookup", ObjectOrEmpty(&[("carrier", Object(CARRIER))])),
    ("amount", Maybe),
    ("payee", Maybe),
    ("send_code_attempts", List(&Object(ATTEMPT))),
    ("date_created", Date),
    ("date_updated", Date),
    ("sna", MaybeObject(&[("url", Url)])),
    ("url", Url),
];

const CARRIER: Fields = &[
    ("mobile_country_code", Maybe),
    ("type", Maybe),
    ("error_code", Maybe),
    ("mobile_network_code", Maybe),
    ("name", Maybe),
];

const ATTEMPT: Fields = &[
    ("time", Date),
    ("channel", OneOf(&["SMS", "CALL", "EMAIL", "whatsapp", "sna"])),
    ("attempt_sid", Sid("VL")),
];

/// `verify.v2.service.verification_check`.
const CHECK: Fields = &[
    ("sid", Sid("VE")),
    ("service_sid", Sid("VA")),
    ("account_sid", Sid("AC")),
    ("to", Text),
    ("channel", OneOf(CHANNELS)),
    ("status", OneOf(STATUSES)),
    ("valid", Boolean),
    ("amount", Maybe),
    ("payee", Maybe),
    ("date_created", Date),
    ("date_updated", Date),
    ("sna_attempts_error_codes", MaybeList(&Object(SNA_ERROR))),
];

const SNA_ERROR: Fields = &[("attempt_sid", Sid("VL")), ("code", Integer)];

/// The example `createVerificationRateLimitExceeded`.
const ERROR: Fields =
    &[("code", Integer), ("message", Text), ("more_info", Url), ("status", Integer)];

const CHANNELS: &[&str] = &["sms", "call", "email", "whatsapp", "sna"];

const STATUSES: &[&str] =
    &["pending", "approved", "canceled", "max_attempts_reached", "deleted", "failed", "expired"];

/// What is wrong with `value`, at which place.
fn faults(value: &Value, kind: Kind, place: &str) -> Vec<String> {
    let text = value.as_str();
    let url = |text: &str| url::Url::parse(text).is_ok();
    let fits = match kind {
        Text => text.is_some(),
        Maybe => value.is_null() || text.is_some(),
        Integer => value.is_u64(),
        MaybeInteger => value.is_null() || value.is_u64(),
        Boolean => value.is_boolean(),
        Sid(prefix) => text.is_some_and(|text| is_sid(text, prefix)),
        MaybeSid(prefix) => value.is_null() || text.is_some_and(|text| is_sid(text, prefix)),
        Date => text.is_some_and(is_date),
        Url => text.is_some_and(url),
        MaybeUrl => value.is_null() || text.is_some_and(url),
        OneOf(texts) => text.is_some_and(|text| texts.contains(&text)),
        Object(fields) => return in_fields(value, fields, place),
        MaybeObject(_) | MaybeList(_) if value.is_null() => true,
        ObjectOrEmpty(_) if value.as_object().is_some_and(serde_json::Map::is_empty) => true,
        MaybeObject(fields) | ObjectOrEmpty(fields) => return in_fields(value, fields, place),
        List(item) | MaybeList(item) => return in_list(value, *item, place),
    };
    if fits { Vec::new() } else { vec![format!("{place} is {value}, not {kind:?}")] }
}

fn in_fields(value: &Value, fields: Fields, place: &str) -> Vec<String> {
    let Some(object) = value.as_object() else { return vec![format!("{place} is no object")] };
    let mut found: Vec<_> = object
        .keys()
        .filter(|key| fields.iter().all(|(name, _)| name != key))
        .map(|key| format!("{place}.{key} is too much"))
        .collect();
    for (name, kind) in fields {
        let place = format!("{place}.{name}");
        match object.get(*name) {
            Some(value) => found.extend(faults(value, *kind, &place)),
            None => found.push(format!("{place} is missing")),
        }
    }
    found
}

fn in_list(value: &Value, item: Kind, place: &str) -> Vec<String> {
    let Some(list) = value.as_array() else { return vec![format!("{place} is no list")] };
    list.iter().flat_map(|value| faults(value, item, &format!("{place}[]"))).collect()
}

fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

fn is_date(text: &str) -> bool {
    let form = "0000-00-00T00:00:00Z";
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(given, form)| match form {
            b'0' => given.is_ascii_digit(),
            other => given == other,
        })
}

#[track_caller]
fn assert_is(value: &Value, fields: Fields) {
    let faults = faults(value, Object(fields), "reply");
    assert!(faults.is_empty(), "{faults:#?}");
}

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
        assert!(checked["sna_attempts_error_codes"].is_null());
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
