//! Signatures that others computed: the first two and the hash are from the tests of Twilio's SDK for
//! Python.

use sha2::{Digest, Sha256};

use super::support::{TOKEN, form, json};

const PHP: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const STATUS: &str =
    "To=%2B15017122661&Status=approved&AccountSid=AC00000000000000000000000000000000";
const EVENTS: &str =
    r#"[{"specversion":"1.0","type":"com.twilio.accountsecurity.verify.verification.approved"}]"#;

#[test]
fn a_form_of_twilios_sdk() {
    let body = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
    assert_eq!(form(PHP, body).with("12345", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), Ok(()));
}

#[test]
fn a_form_of_twilios_sdk_that_repeats_a_name() {
    let body = "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234";
    assert_eq!(form(PHP, body).with("12345", "IK+Dwps556ElfBT0I3Rgjkr1wJU="), Ok(()));
}

#[test]
fn the_hash_of_twilios_sdk() {
    let body = r#"{"property": "value", "boolean": true}"#;
    let hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    let computed: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(computed, hash);
    let url = format!("https://example.com/?bodySHA256={hash}");
    assert_eq!(json(&url, body).over(&url), Ok(()));
}

#[test]
fn a_form_about_a_verification() {
    let url = "https://example.com/hooks/verify?x=1";
    assert_eq!(form(url, STATUS).with(TOKEN, "f/PhdywOGimS9xHdJ/NlKihcnFo="), Ok(()));
}

#[test]
fn a_form_about_a_verification_signed_with_the_port() {
    let url = "https://example.com:443/hooks/verify?x=1";
    assert_eq!(form(url, STATUS).with(TOKEN, "OJgqBB+almOoP+r4Rr7ov/V0Ics="), Ok(()));
}

#[test]
fn a_form_with_letters_outside_of_ascii() {
    let body = "B=two&A=%C3%A9&B=one&B=two";
    let received = form("https://example.com/h", body);
    assert_eq!(received.with(TOKEN, "dyk/iMiq1nt1qbOW3+UPhiO5Dfg="), Ok(()));
}

#[test]
fn events_as_json() {
    let url = "https://example.com/events?bodySHA256=840f75a49e162756181f137079c9fec08f5d10abd4e9b2b2127b72bc952476a3";
    assert_eq!(json(url, EVENTS).with(TOKEN, "sxawoVh+C44OBqsh9coLsyzDT9U="), Ok(()));
}
