//! The two answers that the server knows.

use crate::{ACCOUNT, PHONE, SERVICE, VERIFICATION, server::reply};

/// What answers a request, whatever it says.
pub(crate) fn answer() -> impl Fn(&str) -> Vec<u8> + Clone + Send + Sync + 'static {
    let (verification, check) = (reply("201 Created", &verification()), reply("200 OK", &check()));
    move |request| if request.contains("onCheck ") { check.clone() } else { verification.clone() }
}

fn verification() -> String {
    let url =
        format!("https://verify.twilio.com/v2/Services/{SERVICE}/Verifications/{VERIFICATION}");
    let attempt = "VL00000000000000000000000000000001";
    format!(
        r#"{{"sid": "{VERIFICATION}", "service_sid": "{SERVICE}", "account_sid": "{ACCOUNT}", "to": "{PHONE}", "channel": "sms", "status": "pending", "valid": false, "date_created": "2015-07-30T20:00:00Z", "date_updated": "2015-07-30T20:00:00Z", "lookup": {{}}, "amount": null, "payee": null, "send_code_attempts": [{{"time": "2015-07-30T20:00:00Z", "channel": "SMS", "attempt_sid": "{attempt}"}}], "sna": null, "url": "{url}"}}"#
    )
}

fn check() -> String {
    format!(
        r#"{{"sid": "{VERIFICATION}", "service_sid": "{SERVICE}", "account_sid": "{ACCOUNT}", "to": "{PHONE}", "channel": "sms", "status": "approved", "valid": true, "amount": null, "payee": null, "sna_attempts_error_codes": [], "date_created": "2015-07-30T20:00:00Z", "date_updated": "2015-07-30T20:00:00Z"}}"#
    )
}
