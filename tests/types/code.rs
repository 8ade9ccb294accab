//! Codes, as people type them and as applications choose them.

use verify_mfa::{Code, InvalidCode};

fn parse(text: &str) -> Result<String, InvalidCode> {
    Code::parse(text).map(|code| code.expose_secret().to_owned())
}

fn custom(text: &str) -> Result<String, InvalidCode> {
    Code::custom(text).map(|code| code.expose_secret().to_owned())
}

#[test]
fn leading_zeros_are_kept() {
    assert_eq!(parse("000123").as_deref(), Ok("000123"));
}

#[test]
fn spaces_and_hyphens_are_dropped_wherever_they_stand() {
    for text in ["123456", " 123456\n", "123 456", "123-456", "1 2-3 4-5 6", "-123456-", "12  3456"]
    {
        assert_eq!(parse(text).as_deref(), Ok("123456"), "{text:?}");
    }
}

#[test]
fn a_code_has_4_to_10_digits() {
    assert_eq!(parse("1234").as_deref(), Ok("1234"));
    assert_eq!(parse("1234567890").as_deref(), Ok("1234567890"));
    for (text, length) in [("", 0), ("   ", 0), ("---", 0), ("123", 3), ("12345678901", 11)] {
        assert_eq!(parse(text), Err(InvalidCode::Length { length }), "{text:?}");
    }
    assert_eq!(parse(&"1".repeat(1 << 20)), Err(InvalidCode::Length { length: 11 }));
}

#[test]
fn anything_but_the_ten_digits_is_refused() {
    for text in [
        "12345l",
        "12345O",
        "١٢٣٤٥٦",
        "１２３４５６",
        "123.456",
        "123\t456",
        "+12345",
        "12345\u{200b}",
    ] {
        assert_eq!(parse(text), Err(InvalidCode::Character), "{text:?}");
    }
}

#[test]
fn a_code_of_ones_own_is_taken_as_it_is() {
    for text in ["ab12", "A-b_c!", "0000000000"] {
        assert_eq!(custom(text).as_deref(), Ok(text));
    }
    assert_eq!(custom("abc"), Err(InvalidCode::Length { length: 3 }));
    assert_eq!(custom("abcdefghijk"), Err(InvalidCode::Length { length: 11 }));
    for text in ["ab 12", " ab12", "ab12\n", "äb12", ""] {
        assert!(custom(text).is_err(), "{text:?}");
    }
}

#[test]
fn errors_say_what_was_expected_and_not_the_code() {
    let length = InvalidCode::Length { length: 3 };
    assert_eq!(length.to_string(), "a code has 4 to 10 characters, this has 3");
    assert_eq!(InvalidCode::Character.to_string(), "a code is made of the digits 0 to 9");
    assert!(!format!("{:?}", parse("9876x")).contains("9876"));
}
