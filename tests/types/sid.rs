//! Twilio's identifiers.

use std::collections::HashSet;

use verify_mfa::{
    AccountSid, ApiKeySid, CredentialSid, MessagingServiceSid, ServiceSid, TemplateSid,
    VerificationAttemptSid, VerificationSid,
};

const SERVICE: &str = "VA00000000000000000000000000000001";

#[track_caller]
fn problem(text: &str) -> String {
    ServiceSid::parse(text).unwrap_err().to_string()
}

#[test]
fn each_kind_has_its_own_prefix() {
    let prefixes = [
        AccountSid::PREFIX,
        ApiKeySid::PREFIX,
        CredentialSid::PREFIX,
        MessagingServiceSid::PREFIX,
        ServiceSid::PREFIX,
        TemplateSid::PREFIX,
        VerificationSid::PREFIX,
        VerificationAttemptSid::PREFIX,
    ];
    assert_eq!(prefixes, ["AC", "SK", "CR", "MG", "VA", "HJ", "VE", "VL"]);
}

#[test]
fn the_error_names_the_sid_that_was_expected() {
    let wrong = "XX00000000000000000000000000000001";
    for (error, expected) in [
        (AccountSid::parse(wrong).unwrap_err(), "an account SID (AC and 32"),
        (ApiKeySid::parse(wrong).unwrap_err(), "an API key SID (SK and 32"),
        (CredentialSid::parse(wrong).unwrap_err(), "a push credential SID (CR and 32"),
        (MessagingServiceSid::parse(wrong).unwrap_err(), "a messaging service SID (MG and 32"),
        (ServiceSid::parse(wrong).unwrap_err(), "a Verify service SID (VA and 32"),
        (TemplateSid::parse(wrong).unwrap_err(), "a template SID (HJ and 32"),
        (VerificationSid::parse(wrong).unwrap_err(), "a verification SID (VE and 32"),
        (VerificationAttemptSid::parse(wrong).unwrap_err(), "a verification attempt SID (VL and"),
    ] {
        assert!(error.to_string().starts_with(&format!("expected {expected}")), "{error}");
        assert!(error.to_string().ends_with(r#"it starts with "XX""#), "{error}");
    }
}

#[test]
fn the_error_says_what_is_wrong() {
    for (text, expected) in [
        ("", "it has 0 bytes instead of 34"),
        ("VA0000000000000000000000000000000", "it has 33 bytes instead of 34"),
        ("VA000000000000000000000000000000012", "it has 35 bytes instead of 34"),
        (" VA0000000000000000000000000000001", "it starts with \" V\""),
        ("va00000000000000000000000000000001", "it starts with \"va\""),
        ("VAg0000000000000000000000000000000", "character 3 is not a hexadecimal digit"),
        ("VA0000000000000000000000000000000\n", "character 34 is not a hexadecimal digit"),
        ("VA000000000000000000000000000000é", "character 33 is not a hexadecimal digit"),
        ("VA\u{ff10}00000000000000000000000000000", "character 3 is not a hexadecimal digit"),
    ] {
        assert!(problem(text).ends_with(expected), "{text:?}: {}", problem(text));
    }
}

#[test]
fn the_error_does_not_repeat_what_may_be_a_secret() {
    let token = "0123456789abcdef0123456789abcdefff";
    assert!(!problem(token).contains("0123") && !format!("{:?}", problem(token)).contains("0123"));
}

#[test]
fn digits_may_be_of_either_case_and_stay_as_they_are() {
    let text = "VAabcdefABCDEF0000000000000000000f";
    assert_eq!(text.parse::<ServiceSid>().unwrap().as_str(), text);
    assert_ne!(ServiceSid::parse(text), ServiceSid::parse(&text.replace("abc", "ABC")));
}

#[test]
fn a_sid_is_shown_as_it_is_and_by_its_kind() {
    let sid = ServiceSid::parse(SERVICE).unwrap();
    assert_eq!(sid.to_string(), SERVICE);
    assert_eq!(format!("{sid:?}"), format!("ServiceSid({SERVICE})"));
}

#[test]
fn a_sid_is_a_key() {
    let sids = [SERVICE, SERVICE, "VA00000000000000000000000000000002"];
    let sids = sids.map(|sid| ServiceSid::parse(sid).unwrap());
    assert_eq!(HashSet::from(sids.clone()).len(), 2);
    assert!(sids.is_sorted());
}

#[test]
fn a_sid_is_checked_when_it_is_read_back() {
    let sid = ServiceSid::parse(SERVICE).unwrap();
    let json = serde_json::to_string(&sid).unwrap();
    assert_eq!(json, format!("{SERVICE:?}"));
    assert_eq!(serde_json::from_str::<ServiceSid>(&json).unwrap(), sid);
    for json in ["null", "1", "\"\"", "[]", "\"AC00000000000000000000000000000001\""] {
        assert!(serde_json::from_str::<ServiceSid>(json).is_err(), "{json}");
    }
}

#[test]
fn a_sid_can_be_read_from_text_that_does_not_live_on() {
    let value = serde_json::Value::String(SERVICE.to_owned());
    let reader = format!("{SERVICE:?}");
    assert!(serde_json::from_value::<ServiceSid>(value).is_ok());
    assert!(serde_json::from_reader::<_, ServiceSid>(reader.as_bytes()).is_ok());
}
