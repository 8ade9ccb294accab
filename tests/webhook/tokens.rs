//! Whose signature counts.

use verify_mfa::{
    Error,
    webhook::{InvalidSignature, RequestValidator},
};

use super::support::sign;

const URL: &str = "https://example.com/h";

fn validate(tokens: &[&str], signer: &str) -> Result<(), InvalidSignature> {
    let signature = sign(signer, URL);
    let header = |name: &str| (name == "x-twilio-signature").then_some(&*signature);
    RequestValidator::new(tokens.iter().copied()).unwrap().validate(URL, header, b"")
}

#[test]
fn both_tokens_are_good_while_one_replaces_the_other() {
    assert_eq!(validate(&["primary", "secondary"], "primary"), Ok(()));
    assert_eq!(validate(&["primary", "secondary"], "secondary"), Ok(()));
}

#[test]
fn no_other_token_is_good() {
    for signer in ["", "Primary", "primary ", "primarysecondary"] {
        let result = validate(&["primary", "secondary"], signer);
        assert_eq!(result, Err(InvalidSignature::Mismatch), "{signer}");
    }
}

#[test]
fn a_missing_or_empty_token_is_a_mistake_of_the_configuration() {
    for tokens in [&[][..], &[""], &[" "], &["primary", ""]] {
        let error = RequestValidator::new(tokens.iter().copied()).unwrap_err();
        assert!(matches!(error, Error::Configuration { .. }), "{tokens:?}");
    }
}

#[test]
fn no_token_is_shown() {
    let validator = RequestValidator::new(["primary", "secondary"]).unwrap();
    assert_eq!(format!("{validator:?}"), "RequestValidator(2 [redacted])");
}
