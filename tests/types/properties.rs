//! What holds for every text.

use proptest::prelude::*;
use regex::Regex;
use url::Url;
use verify_mfa::{
    AccountSid, Channel, Code, Destination, EmailAddress, NextPath, ServiceSid, UserId,
    VerificationSid, VerificationStatus,
};

/// Texts that are nearly SIDs.
fn nearly_sid() -> impl Strategy<Value = String> {
    "(VA|AC|VE|va|V|\\PC{0,2})[0-9a-fA-F]{30,33}[0-9a-gÀ-ÿ]{0,2}"
}

/// Texts of the characters that matter in a URL.
fn nearly_path() -> impl Strategy<Value = String> {
    prop_oneof![
        r"[/\\]{0,3}[a-z.@:%?#/\\ \t\r\n]{0,12}",
        r"/(%2f|%5C|%09|\.|\.\.|/|@|:){0,4}evil\.example\PC{0,3}",
        any::<String>(),
    ]
}

fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).unwrap().is_match(text)
}

const DIGITS: &str = r"\A[0-9]{4,10}\z";

proptest! {
    #[test]
    fn a_sid_is_what_the_pattern_says(text in prop_oneof![nearly_sid(), any::<String>()]) {
        let sid = |prefix| format!(r"\A{prefix}[0-9a-fA-F]{{32}}\z");
        prop_assert_eq!(ServiceSid::parse(&text).is_ok(), matches(&sid("VA"), &text));
        prop_assert_eq!(AccountSid::parse(&text).is_ok(), matches(&sid("AC"), &text));
        prop_assert_eq!(VerificationSid::parse(&text).is_ok(), matches(&sid("VE"), &text));
        let json = serde_json::to_string(&text).unwrap();
        let read = serde_json::from_str::<ServiceSid>(&json).is_ok();
        prop_assert_eq!(read, matches(&sid("VA"), &text));
    }

    #[test]
    fn every_sid_is_accepted_and_kept(text in "VA[0-9a-fA-F]{32}") {
        let sid = ServiceSid::parse(&text).unwrap();
        prop_assert_eq!(sid.as_str(), text);
    }

    #[test]
    fn a_code_is_4_to_10_digits_between_spaces_and_hyphens(
        text in prop_oneof!["[ -]{0,2}([0-9][ -]?){0,12}\\PC?\\s?", any::<String>()],
    ) {
        let digits = text.trim().replace([' ', '-'], "");
        match Code::parse(&text) {
            Ok(code) => {
                prop_assert!(matches(DIGITS, &digits));
                prop_assert_eq!(code.expose_secret(), digits);
            }
            Err(_) => prop_assert!(!matches(DIGITS, &digits)),
        }
    }

    #[test]
    fn a_code_of_ones_own_is_4_to_10_visible_characters(
        text in prop_oneof!["[!-~]{0,12}", any::<String>()],
    ) {
        prop_assert_eq!(Code::custom(&text).is_ok(), matches(r"\A[!-~]{4,10}\z", &text));
    }

    #[test]
    fn a_next_path_never_leaves_the_site(text in nearly_path()) {
        if let Ok(path) = NextPath::parse(&text) {
            let site = Url::parse("https://example.com/x").unwrap();
            let target = site.join(path.as_str()).unwrap();
            prop_assert_eq!(target.origin(), site.origin());
            prop_assert_eq!(target.username(), "");
            prop_assert_eq!(path.as_str(), text);
        }
    }

    #[test]
    fn an_ordinary_path_is_accepted(
        text in "(/[a-zA-Z0-9_~-][a-zA-Z0-9._~-]{0,7}){1,4}(\\?[a-z=&/%:]{0,12})?(#[a-z]{0,4})?",
    ) {
        prop_assert!(NextPath::parse(&text).is_ok());
    }

    #[test]
    fn an_address_is_two_visible_parts(
        text in prop_oneof!["\\s?[!-~]{0,6}@?[!-~]{0,6}\\PC?", any::<String>()],
    ) {
        let pattern = r"\A[!-?A-~]+@[!-?A-~]+\z";
        match EmailAddress::parse(&text) {
            Ok(address) => {
                prop_assert!(matches(pattern, text.trim()));
                prop_assert_eq!(address.as_str(), text.trim());
            }
            Err(_) => prop_assert!(!matches(pattern, text.trim()) || text.trim().len() > 254),
        }
    }

    #[test]
    fn the_mask_of_an_address_shows_one_character_and_the_domain(
        local in "[!-?A-~]{1,20}", domain in "[a-z.]{1,20}",
    ) {
        let masked = EmailAddress::parse(&format!("{local}@{domain}")).unwrap().masked();
        let first = local.chars().next().unwrap();
        prop_assert_eq!(masked, format!("{first}***@{domain}"));
    }

    #[test]
    fn a_destination_that_is_read_is_what_was_written(
        text in prop_oneof![r"\+[0-9]{0,17}", "[a-z]{1,5}@[a-z]{1,5}", any::<String>()],
    ) {
        let json = serde_json::to_string(&text).unwrap();
        if let Ok(destination) = serde_json::from_str::<Destination>(&json) {
            prop_assert_eq!(destination.as_str(), text.trim());
            let again = serde_json::to_string(&destination).unwrap();
            prop_assert_eq!(serde_json::from_str::<Destination>(&again).unwrap(), destination);
        }
    }

    #[test]
    fn a_user_id_is_any_text_of_1_to_255_bytes(text in "\\PC{0,130}") {
        let user = UserId::new(text.as_str());
        prop_assert_eq!(user.is_ok(), (1..=255).contains(&text.len()));
    }

    #[test]
    fn every_name_survives_a_round_trip(text in any::<String>()) {
        let json = serde_json::to_string(&text).unwrap();
        let channel = serde_json::from_str::<Channel>(&json).unwrap();
        prop_assert_eq!(serde_json::to_string(&channel).unwrap(), &*json);
        let status = serde_json::from_str::<VerificationStatus>(&json).unwrap();
        prop_assert_eq!((channel.as_str(), status.as_str()), (&*text, &*text));
    }
}
