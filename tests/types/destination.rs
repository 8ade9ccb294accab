//! Where a code goes.

use verify_mfa::{Destination, EmailAddress, InvalidEmailAddress, PhoneNumber};

#[track_caller]
fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn read(text: &str) -> Result<Destination, serde_json::Error> {
    serde_json::from_str(&format!("{text:?}"))
}

#[test]
fn an_address_has_two_parts_around_one_at_sign() {
    for text in ["a@b", "jane.doe+shop@example.com", "o'neill@example.com", "a/b?c#d@example.com"] {
        assert_eq!(address(text).as_str(), text);
    }
    for text in ["", "@", "a@", "@b", "a", "a@b@c", "a b@c", "a@b c", "ä@b", "a@b\u{200b}", "a\n@b"]
    {
        assert_eq!(EmailAddress::parse(text), Err(InvalidEmailAddress), "{text:?}");
    }
}

#[test]
fn white_space_around_an_address_is_dropped() {
    assert_eq!(address(" a@example.com\r\n").as_str(), "a@example.com");
}

#[test]
fn an_address_has_at_most_254_characters() {
    let longest = format!("{}@example.com", "a".repeat(242));
    assert_eq!(address(&longest).as_str().len(), 254);
    assert!(EmailAddress::parse(&format!("a{longest}")).is_err());
    assert!(EmailAddress::parse(&"a@".repeat(1 << 20)).is_err());
}

#[test]
fn what_is_shown_of_an_address_is_its_first_letter_and_its_domain() {
    let address = address("jane.doe@example.com");
    assert_eq!(address.to_string(), "j***@example.com");
    assert_eq!(format!("{address:?}"), "EmailAddress(j***@example.com)");
    let destination = Destination::from(address);
    assert_eq!(destination.to_string(), "j***@example.com");
    assert_eq!(format!("{destination:?}"), "Destination(j***@example.com)");
}

#[test]
fn what_is_shown_of_a_phone_is_its_country_and_its_end() {
    let destination = Destination::from(PhoneNumber::from_e164("+14155550100").unwrap());
    assert_eq!(destination.to_string(), "+1 *** *** **00");
    assert_eq!(format!("{destination:?}"), "Destination(+1 *** *** **00)");
    assert_eq!(destination.as_str(), "+14155550100");
}

#[test]
fn a_destination_is_read_back_as_what_it_was() {
    for text in ["+14155550100", "jane.doe@example.com"] {
        let destination = read(text).unwrap();
        assert_eq!(destination.as_str(), text);
        assert_eq!(serde_json::to_string(&destination).unwrap(), format!("{text:?}"));
    }
}

#[test]
fn what_is_neither_a_number_nor_an_address_is_refused_without_being_shown() {
    for text in ["", "+", "14155550100", "+1 415 555 0100", "+1415555010x", "jane.doe"] {
        let error = read(text).unwrap_err().to_string();
        assert!(!error.contains("555") && !error.contains("jane"), "{error}");
    }
    let error = serde_json::from_str::<Destination>("14155550100").unwrap_err().to_string();
    assert!(error.contains("a phone number in E.164 form or an e-mail address"), "{error}");
}
