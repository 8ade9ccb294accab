//! A phone is a number in E.164 form that reads back as itself, and is never shown whole. The first
//! line may name the country in which it was typed.

use verify_mfa::{Country, PhoneNumber};

pub(crate) fn target(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(phone) = PhoneNumber::parse(text) {
        is_sound(&phone);
    }
    if let Ok(phone) = PhoneNumber::from_e164(text) {
        assert_eq!(phone.as_str(), text);
        assert!(!phone.international().is_empty() && !phone.national().is_empty());
        is_hidden(&phone);
    }
    let Some((country, typed)) = text.split_once('\n') else { return };
    let Ok(country) = country.parse::<Country>() else { return };
    if let Ok(phone) = PhoneNumber::parse_in(typed, country) {
        is_sound(&phone);
    }
}

fn is_sound(phone: &PhoneNumber) {
    for written in [phone.as_str(), &phone.international()] {
        assert_eq!(PhoneNumber::parse(written).as_ref(), Ok(phone), "{}", phone.as_str());
    }
    assert_eq!(PhoneNumber::from_e164(phone.as_str()).as_ref(), Ok(phone));
    let json = serde_json::to_string(phone).unwrap();
    assert_eq!(&serde_json::from_str::<PhoneNumber>(&json).unwrap(), phone);
    is_hidden(phone);
}

fn is_hidden(phone: &PhoneNumber) {
    for shown in [format!("{phone}"), format!("{phone:?}")] {
        let shown: String = shown.chars().filter(char::is_ascii_digit).collect();
        assert!(shown.len() < phone.as_str().len() - 1 || shown.len() < 4, "{shown}");
    }
}
