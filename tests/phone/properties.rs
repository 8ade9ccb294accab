//! What holds for every text and every number.

use proptest::prelude::*;
use verify_mfa::{Country, PhoneNumber};

use crate::vectors::vectors;

/// Numbers near the reference's: up to three digits changed.
fn nearby() -> impl Strategy<Value = String> {
    let numbers: Vec<_> = vectors().into_iter().map(|vector| vector.e164).collect();
    let changes = prop::collection::vec((0..16_usize, prop::char::range('0', '9')), 0..3);
    (prop::sample::select(numbers), changes).prop_map(|(number, changes)| {
        let mut characters: Vec<_> = number.chars().collect();
        for (at, digit) in changes {
            if let Some(character) = characters.get_mut(at + 1) {
                *character = digit;
            }
        }
        characters.into_iter().collect()
    })
}

fn country() -> impl Strategy<Value = Country> {
    prop::sample::select(Country::ALL)
}

/// Gabon's numbers of seven digits are written as the numbers of eight that replaced them.
fn is_replaced(phone: &PhoneNumber) -> bool {
    phone.country() == Some(Country::GA) && phone.as_str().len() == "+241".len() + 7
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>(), country in country()) {
        let _ = (PhoneNumber::parse(&text), PhoneNumber::parse_in(&text, country));
        let _ = (PhoneNumber::from_e164(&text), text.parse::<Country>());
    }

    #[test]
    fn no_text_of_digits_and_separators_makes_the_parser_panic(
        text in "[+＋0-9٠-٩ ().x#-]{0,24}", country in country(),
    ) {
        let _ = (PhoneNumber::parse(&text), PhoneNumber::parse_in(&text, country));
    }

    #[test]
    fn no_number_in_e164_form_makes_a_question_panic(text in r"\+[1-9][0-9]{1,14}") {
        let phone = PhoneNumber::from_e164(&text).unwrap();
        let _ = (phone.international(), phone.national(), phone.country(), phone.line_type());
    }

    #[test]
    fn what_is_accepted_nationally_is_itself_in_e164(text in "[0-9]{5,15}", country in country()) {
        if let Ok(phone) = PhoneNumber::parse_in(&text, country) {
            prop_assert_eq!(PhoneNumber::parse(phone.as_str()), Ok(phone));
        }
    }

    #[test]
    fn every_form_of_an_accepted_number_reads_as_that_number(text in nearby()) {
        let Ok(phone) = PhoneNumber::parse(&text) else { return Ok(()) };
        prop_assert_eq!(PhoneNumber::from_e164(phone.as_str()), Ok(phone.clone()));
        prop_assert_eq!(PhoneNumber::parse(phone.as_str()), Ok(phone.clone()));
        prop_assert_eq!(PhoneNumber::parse(&phone.international()), Ok(phone.clone()));
        if let Some(country) = phone.country().filter(|_| !is_replaced(&phone)) {
            prop_assert_eq!(PhoneNumber::parse_in(&phone.national(), country), Ok(phone));
        }
    }

    #[test]
    fn the_mask_shows_the_calling_code_and_two_digits_at_most(text in r"\+[1-9][0-9]{1,14}") {
        let masked = PhoneNumber::from_e164(&text).unwrap().masked();
        let (code, rest) = masked.split_once('*').unwrap();
        prop_assert!(masked.is_ascii());
        prop_assert!(text.starts_with(code.trim_end()) && code.trim_end().len() <= 4);
        prop_assert!(rest.chars().filter(char::is_ascii_digit).count() <= 2);
    }
}
