//! Replies as Twilio's specification shows them, with reserved numbers and made-up SIDs.

use crate::support::{ACCOUNT, ADDRESS, ATTEMPT, PHONE, SERVICE, VERIFICATION};

/// A verification by text message. The other ones differ from it by some fields.
pub(crate) fn verification() -> String {
    format!(
        r#"{{
            "sid": "{VERIFICATION}",
            "service_sid": "{SERVICE}",
            "account_sid": "{ACCOUNT}",
            "to": "{PHONE}",
            "channel": "sms",
            "status": "pending",
            "valid": false,
            "date_created": "2015-07-30T20:00:00Z",
            "date_updated": "2015-07-30T20:01:30Z",
            "lookup": {{}},
            "amount": null,
            "payee": null,
            "send_code_attempts": [
                {{"time": "2015-07-30T20:00:00Z", "channel": "SMS", "attempt_sid": "{ATTEMPT}"}}
            ],
            "sna": null,
            "url": "https://verify.twilio.com/v2/Services/{SERVICE}/Verifications/{VERIFICATION}"
        }}"#
    )
}

/// [`verification`] with other texts in some places. Each must be there.
#[track_caller]
pub(crate) fn verification_with(changes: &[(&str, &str)]) -> String {
    changed(verification(), changes)
}

pub(crate) fn email_verification() -> String {
    verification_with(&[
        (PHONE, ADDRESS),
        (r#""channel": "sms""#, r#""channel": "email""#),
        (r#""channel": "SMS""#, r#""channel": "EMAIL""#),
    ])
}

pub(crate) fn whatsapp_verification() -> String {
    verification_with(&[
        (r#""channel": "sms""#, r#""channel": "whatsapp""#),
        (r#""channel": "SMS""#, r#""channel": "whatsapp""#),
    ])
}

/// What both `sna` and `auto` are answered with.
pub(crate) fn sna_verification() -> String {
    verification_with(&[
        (r#""channel": "sms""#, r#""channel": "sna""#),
        (r#""channel": "SMS""#, r#""channel": "sna""#),
        (r#""lookup": {}"#, &format!(r#""lookup": {{"carrier": {CARRIER}}}"#)),
        (r#""sna": null"#, &format!(r#""sna": {{"url": "{SNA_URL}"}}"#)),
    ])
}

pub(crate) const SNA_URL: &str = "https://mi.dnlsrv.com/m/id/ANBByzx7?data=AAAglRRd%2F6JB86fH%2Bt%3D&cipherSalt=yANeDq09bwM38SJs";

const CARRIER: &str = r#"{
    "mobile_country_code": "311",
    "type": "mobile",
    "error_code": null,
    "mobile_network_code": "180",
    "name": "T-Mobile USA, Inc."
}"#;

/// The answer to the right code.
pub(crate) fn approved_check() -> String {
    format!(
        r#"{{
            "sid": "{VERIFICATION}",
            "service_sid": "{SERVICE}",
            "account_sid": "{ACCOUNT}",
            "to": "{PHONE}",
            "channel": "sms",
            "status": "approved",
            "valid": true,
            "amount": null,
            "payee": null,
            "sna_attempts_error_codes": [],
            "date_created": "2015-07-30T20:00:00Z",
            "date_updated": "2015-07-30T20:01:30Z"
        }}"#
    )
}

#[track_caller]
pub(crate) fn check_with(changes: &[(&str, &str)]) -> String {
    changed(approved_check(), changes)
}

/// The answer to a wrong code.
pub(crate) fn pending_check() -> String {
    check_with(&[("approved", "pending"), (r#""valid": true"#, r#""valid": false"#)])
}

/// A service with everything set that the specification's examples set.
pub(crate) fn service() -> String {
    format!(
        r#"{{
            "sid": "{SERVICE}",
            "account_sid": "{ACCOUNT}",
            "friendly_name": "name",
            "code_length": 4,
            "lookup_enabled": false,
            "psd2_enabled": false,
            "skip_sms_to_landlines": false,
            "dtmf_input_required": false,
            "tts_name": "name",
            "do_not_share_warning_enabled": false,
            "custom_code_enabled": true,
            "push": {{
                "include_date": false,
                "apn_credential_sid": "CR00000000000000000000000000000001",
                "fcm_credential_sid": null
            }},
            "totp": {{"issuer": "test-issuer", "time_step": 30, "code_length": 3, "skew": 2}},
            "whatsapp": {{
                "msg_service_sid": "MG00000000000000000000000000000001",
                "from": "whatsapp:{PHONE}"
            }},
            "passkeys": {{
                "relying_party": {{
                    "id": "www.example.com",
                    "name": "My domain",
                    "origins": ["www.example.com", "login.example.com"]
                }},
                "authenticator_attachment": "",
                "discoverable_credentials": null,
                "user_verification": "discouraged"
            }},
            "default_template_sid": "HJ00000000000000000000000000000001",
            "verify_event_subscription_enabled": false,
            "date_created": "2015-07-30T20:00:00Z",
            "date_updated": "2015-07-30T20:01:30Z",
            "url": "https://verify.twilio.com/v2/Services/{SERVICE}",
            "links": {{
                "verification_checks": "https://verify.twilio.com/v2/Services/{SERVICE}/VerificationCheck",
                "verifications": "https://verify.twilio.com/v2/Services/{SERVICE}/Verifications"
            }}
        }}"#
    )
}

/// A service as it is listed when nothing of it was ever set.
pub(crate) fn bare_service() -> String {
    changed(
        service(),
        &[
            (r#""CR00000000000000000000000000000001""#, "null"),
            (r#""test-issuer", "time_step": 30, "code_length": 3, "skew": 2"#, NO_TOTP),
            (r#""MG00000000000000000000000000000001""#, "null"),
            (&format!(r#""whatsapp:{PHONE}""#), "null"),
            (r#""www.example.com","#, "null,"),
            (r#""My domain""#, "null"),
            (r#"["www.example.com", "login.example.com"]"#, "null"),
            (r#""authenticator_attachment": """#, r#""authenticator_attachment": null"#),
            (r#""discouraged""#, "null"),
            (r#""HJ00000000000000000000000000000001""#, "null"),
        ],
    )
}

const NO_TOTP: &str = r#"null, "time_step": null, "code_length": null, "skew": null"#;

/// One page of services, followed by the one at `next`.
pub(crate) fn page(services: &[String], next: Option<&str>) -> String {
    let next = next.map_or("null".to_owned(), |next| format!("{next:?}"));
    format!(
        r#"{{
            "meta": {{
                "page": 0,
                "page_size": 50,
                "first_page_url": "https://verify.twilio.com/v2/Services?PageSize=50&Page=0",
                "previous_page_url": null,
                "next_page_url": {next},
                "key": "services",
                "url": "https://verify.twilio.com/v2/Services?PageSize=50&Page=0"
            }},
            "services": [{}]
        }}"#,
        services.join(",")
    )
}

/// A service of this name.
pub(crate) fn named(name: &str) -> String {
    changed(service(), &[(r#""friendly_name": "name""#, &format!(r#""friendly_name": "{name}""#))])
}

/// Twilio's error body, as it usually is.
pub(crate) fn error(status: u16, code: u32, message: &str) -> String {
    let more_info = format!("https://www.twilio.com/docs/errors/{code}");
    serde_json::json!({
        "code": code, "message": message, "more_info": more_info, "status": status
    })
    .to_string()
}

#[track_caller]
pub(crate) fn changed(mut json: String, changes: &[(&str, &str)]) -> String {
    for (from, to) in changes {
        assert!(json.contains(from), "no {from} in {json}");
        json = json.replacen(from, to, 1);
    }
    json
}
