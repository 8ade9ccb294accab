//! What Twilio answers to a send and to a check of the right code, about whichever phone.

use crate::{ACCOUNT, SERVICE, server::reply};

pub(crate) fn answer(request: &str) -> Vec<u8> {
    let body = request.rsplit("\r\n").next().unwrap();
    match parameter(body, "VerificationSid=VE") {
        Some(phone) => reply("200 OK", &check(phone.trim_start_matches('0'))),
        None => reply("201 Created", &verification(parameter(body, "To=%2B").unwrap())),
    }
}

fn parameter<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    body.split('&').find_map(|parameter| parameter.strip_prefix(name))
}

/// Its SID ends with the digits of the phone, so that the check of it says which phone it was.
fn verification(phone: &str) -> String {
    let sid = format!("VE{phone:0>32}");
    let attempt = "VL00000000000000000000000000000001";
    format!(
        r#"{{"sid": "{sid}", "service_sid": "{SERVICE}", "account_sid": "{ACCOUNT}", "to": "+{phone}", "channel": "sms", "status": "pending", "valid": false, "date_created": "2015-07-30T20:00:00Z", "date_updated": "2015-07-30T20:00:00Z", "lookup": {{}}, "amount": null, "payee": null, "send_code_attempts": [{{"time": "2015-07-30T20:00:00Z", "channel": "SMS", "attempt_sid": "{attempt}"}}], "sna": null, "url": "https://verify.twilio.com/v2/Services/{SERVICE}/Verifications/{sid}"}}"#
    )
}

fn check(phone: &str) -> String {
    format!(
        r#"{{"sid": "VE{phone:0>32}", "service_sid": "{SERVICE}", "account_sid": "{ACCOUNT}", "to": "+{phone}", "channel": "sms", "status": "approved", "valid": true, "amount": null, "payee": null, "sna_attempts_error_codes": [], "date_created": "2015-07-30T20:00:00Z", "date_updated": "2015-07-30T20:00:00Z"}}"#
    )
}
