//! Phone numbers, as an application meets them.

mod country;
mod properties;
mod vectors;

use verify_mfa::{Country, InvalidPhone, LineType, PhoneNumber};

fn parse(text: &str) -> Result<String, InvalidPhone> {
    PhoneNumber::parse(text).map(|phone| phone.as_str().to_owned())
}

fn parse_in(text: &str, country: Country) -> Result<String, InvalidPhone> {
    PhoneNumber::parse_in(text, country).map(|phone| phone.as_str().to_owned())
}

#[test]
fn a_letter_is_refused() {
    assert_eq!(parse("+1415555267l"), Err(InvalidPhone::Character('l')));
    assert_eq!(parse("+1 415 555 O123"), Err(InvalidPhone::Character('O')));
    assert_eq!(parse_in("1-800-FLOWERS", Country::US), Err(InvalidPhone::Character('F')));
}

#[test]
fn an_extension_is_refused() {
    for ending in [" ext. 99", "x99", " X 99", "#99", ",,99", ";ext=99", "~99"] {
        let text = format!("+1 415 555 0123{ending}");
        assert_eq!(parse(&text), Err(InvalidPhone::Extension), "{ending}");
    }
}

#[test]
fn invisible_characters_are_refused_wherever_they_stand() {
    for invisible in ['\u{200b}', '\u{200e}', '\u{202a}', '\u{2060}', '\u{ad}', '\u{feff}', '\0'] {
        for text in [format!("{invisible}+14155550123"), format!("+1415{invisible}5550123")] {
            assert_eq!(parse(&text), Err(InvalidPhone::Character(invisible)));
        }
    }
}

#[test]
fn digits_of_every_script_are_read_as_the_same_number() {
    for text in ["＋１４１５５５５０１２３", "+١٤١٥٥٥٥٠١٢٣", "+۱۴۱۵۵۵۵۰۱۲۳", "+१४१५५५५०१२३"]
    {
        assert_eq!(parse(text).as_deref(), Ok("+14155550123"));
    }
}

#[test]
fn number_signs_that_are_no_decimal_digits_are_refused() {
    for sign in ['²', '①', '四', 'Ⅳ', '༪'] {
        assert_eq!(parse(&format!("+1415555012{sign}")), Err(InvalidPhone::Character(sign)));
    }
}

#[test]
fn blanks_separators_and_the_tel_scheme_are_skipped() {
    for text in [
        " \t+1 (415) 555-0123\r\n",
        "tel:+1-415-555-0123",
        "TEL:+14155550123",
        "(+1) 415.555.0123",
        "+1/415/555/0123",
        "+1\u{a0}415\u{2011}555\u{2013}0123",
    ] {
        assert_eq!(parse(text).as_deref(), Ok("+14155550123"), "{text:?}");
    }
}

#[test]
fn a_plus_inside_the_number_is_refused() {
    for text in ["+1 415 555 0123+", "+1+4155550123", "+ +14155550123", "1+4155550123"] {
        assert_eq!(parse_in(text, Country::US), Err(InvalidPhone::MisplacedPlus), "{text}");
    }
}

#[test]
fn several_plus_signs_in_front_count_as_one() {
    assert_eq!(parse("++1 415 555 0123").as_deref(), Ok("+14155550123"));
}

#[test]
fn more_than_64_characters_are_refused_whatever_they_are() {
    let blanks = " ".repeat(52);
    assert_eq!(parse(&format!("+14155550123{blanks}")).as_deref(), Ok("+14155550123"));
    assert_eq!(parse(&format!("+14155550123{blanks} ")), Err(InvalidPhone::TooLong));
    assert_eq!(parse(&" ".repeat(1 << 20)), Err(InvalidPhone::TooLong));
}

#[test]
fn each_mistake_has_its_own_error() {
    for (text, error) in [
        ("", InvalidPhone::Empty),
        ("tel:+", InvalidPhone::Empty),
        ("415 555 0123", InvalidPhone::MissingCountryCode),
        ("0014155550123", InvalidPhone::MissingCountryCode),
        ("+0 415 555 0123", InvalidPhone::UnknownCountryCode),
        ("+999 415 555 0123", InvalidPhone::UnknownCountryCode),
        ("+1", InvalidPhone::TooShort),
        ("+1 555 0123", InvalidPhone::TooShort),
        ("+1 415 555 012", InvalidPhone::TooShort),
        ("+61 491 570 156 12", InvalidPhone::NotPossible),
        ("+1 415 555 01234", InvalidPhone::TooManyDigits),
        ("+1 115 555 0123", InvalidPhone::NotValid),
    ] {
        assert_eq!(parse(text), Err(error), "{text}");
    }
}

#[test]
fn errors_never_show_the_number() {
    for text in ["+1415555012l", "+1 415 555 0123 ext 4", "+14155550123456", "+115 555 0123"] {
        let error = parse(text).unwrap_err();
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(!shown.contains("415555") && !shown.contains("555 01234"), "{shown}");
        }
    }
}

#[test]
fn a_plus_makes_the_default_country_irrelevant() {
    // With a country as a hint, some parsers take +994 40… for a Finnish 0 40….
    assert_eq!(parse_in("+994401234567", Country::FI).as_deref(), Ok("+994401234567"));
}

#[test]
fn the_prefix_dialed_before_a_calling_code_depends_on_the_country() {
    assert_eq!(parse_in("011 1 415 555 0123", Country::US).as_deref(), Ok("+14155550123"));
    assert_eq!(parse_in("00 1 415 555 0123", Country::DE).as_deref(), Ok("+14155550123"));
    assert!(parse_in("011 1 415 555 0123", Country::DE).is_err());
}

#[test]
fn numbers_of_no_country_have_a_type_and_no_country() {
    let phone = PhoneNumber::parse("+800 1234 5678").unwrap();
    assert_eq!(phone.country(), None);
    assert_eq!(phone.line_type(), LineType::TollFree);
}

#[test]
fn debug_and_display_hide_the_digits() {
    let phone = PhoneNumber::parse("+14155550123").unwrap();
    assert_eq!(format!("{phone}"), "+1 *** *** **23");
    assert_eq!(format!("{phone:?}"), "PhoneNumber(+1 *** *** **23)");
}

#[test]
fn the_mask_covers_what_is_too_short_or_unknown() {
    for (e164, masked) in [
        ("+44", "+44 *** *** ****"),
        ("+44123", "+44 *** *** ****"),
        ("+9991234567", "+*** *** ****"),
        ("+254712345678", "+254 *** *** **78"),
    ] {
        assert_eq!(PhoneNumber::from_e164(e164).unwrap().masked(), masked);
    }
}

#[test]
fn reading_back_checks_the_form_and_nothing_else() {
    for text in ["+14155550123", "+10", "+999999999999999"] {
        assert_eq!(PhoneNumber::from_e164(text).unwrap().as_str(), text);
    }
    for text in ["", "+", "+1", "+0123", "14155550123", "+1 4155550123", "+1415555012l", "+１２３"]
    {
        assert_eq!(PhoneNumber::from_e164(text), Err(InvalidPhone::NotE164), "{text}");
    }
    assert_eq!(PhoneNumber::from_e164("+1234567890123456"), Err(InvalidPhone::NotE164));
}

#[test]
fn a_number_of_an_unknown_plan_stays_usable() {
    let phone = PhoneNumber::from_e164("+999123456").unwrap();
    assert_eq!((phone.country(), phone.line_type()), (None, LineType::Unknown));
    assert_eq!(
        (phone.national(), phone.international()),
        ("+999123456".into(), "+999123456".into())
    );
}

#[test]
fn a_calling_code_alone_is_written_as_it_is() {
    let phone = PhoneNumber::from_e164("+58").unwrap();
    assert_eq!((phone.national(), phone.international()), ("+58".into(), "+58".into()));
}

#[test]
fn serialisation_keeps_the_number_and_deserialisation_checks_its_form() {
    let phone = PhoneNumber::parse("+14155550123").unwrap();
    let json = serde_json::to_string(&phone).unwrap();
    assert_eq!(json, r#""+14155550123""#);
    assert_eq!(serde_json::from_str::<PhoneNumber>(&json).unwrap(), phone);
    assert!(serde_json::from_str::<PhoneNumber>(r#""+1 415 555 0123""#).is_err());
}

#[test]
fn a_number_without_quotes_is_refused_without_being_shown() {
    for json in ["14155550123", "-14155550123", "1.4155550123"] {
        let error = serde_json::from_str::<PhoneNumber>(json).unwrap_err().to_string();
        assert!(!error.contains("4155550"), "{error}");
    }
}
