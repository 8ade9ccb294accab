//! The fields of every reply, and their types, as Twilio's OpenAPI document (release 2.6.7) gives them.
//! They are written down here once more, so that neither the document nor the code is needed to see
//! what is promised.

use serde_json::Value;

/// What stands in a field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
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

pub(crate) type Fields = &'static [(&'static str, Kind)];

use Kind::{
    Boolean, Date, Integer, List, Maybe, MaybeInteger, MaybeList, MaybeObject, MaybeSid, MaybeUrl,
    Object, ObjectOrEmpty, OneOf, Sid, Text, Url,
};

/// `verify.v2.service`.
pub(crate) const SERVICE: Fields = &[
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
pub(crate) const SERVICES: Fields = &[("services", List(&Object(SERVICE))), ("meta", Object(META))];

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
pub(crate) const VERIFICATION: Fields = &[
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
pub(crate) const CHECK: Fields = &[
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
pub(crate) const ERROR: Fields =
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
pub(crate) fn assert_is(value: &Value, fields: Fields) {
    let faults = faults(value, Object(fields), "reply");
    assert!(faults.is_empty(), "{faults:#?}");
}
