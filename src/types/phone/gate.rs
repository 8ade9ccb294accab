//! What a person may type. No other part of the parser sees the text.

use super::{InvalidPhone, digit};

/// What was typed: ASCII digits, and whether a plus sign came first.
pub(super) struct Typed {
    pub(super) plus: bool,
    pub(super) digits: String,
}

/// Lets through digits of any script, visible separators between them, blanks around them, one run
/// of plus signs before them and the scheme `tel:` before that. Everything else is refused.
pub(super) fn read(text: &str) -> Result<Typed, InvalidPhone> {
    if text.len() > MAXIMUM && text.chars().nth(MAXIMUM).is_some() {
        return Err(InvalidPhone::TooLong);
    }
    let text = without_scheme(text.trim()).trim_start_matches(is_separator);
    let number = text.trim_start_matches(is_plus);
    let digits = digits(number)?;
    match digits.as_str() {
        "" => Err(InvalidPhone::Empty),
        _ => Ok(Typed { plus: number.len() < text.len(), digits }),
    }
}

fn without_scheme(text: &str) -> &str {
    match text.split_at_checked(SCHEME.len()) {
        Some((scheme, number)) if scheme.eq_ignore_ascii_case(SCHEME) => number,
        _ => text,
    }
}

fn digits(number: &str) -> Result<String, InvalidPhone> {
    let mut digits = String::with_capacity(number.len());
    for (at, character) in number.char_indices() {
        if let Some(digit) = digit::to_ascii(character) {
            digits.push(digit);
        } else if !is_separator(character) {
            let ending = number.get(at..).filter(|_| !digits.is_empty()).unwrap_or_default();
            return Err(refusal(character, ending));
        }
    }
    Ok(digits)
}

fn refusal(character: char, ending: &str) -> InvalidPhone {
    let extension = ending.starts_with(['x', 'X', '#', ',', ';', '~'])
        || ending.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("ext"));
    match character {
        _ if is_plus(character) => InvalidPhone::MisplacedPlus,
        _ if extension => InvalidPhone::Extension,
        _ => InvalidPhone::Character(character),
    }
}

fn is_plus(character: char) -> bool {
    matches!(character, '+' | '＋')
}

/// Visible separators and blanks, narrow and wide: what libphonenumber skips, without the invisible
/// characters, the tilde and the letter x.
fn is_separator(character: char) -> bool {
    matches!(
        character,
        ' ' | '-' | '.' | '/' | '(' | ')' | '[' | ']'
            | '\u{a0}' | '\u{3000}'
            | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}'..='\u{ff0f}'
            | '\u{ff08}' | '\u{ff09}' | '\u{ff3b}' | '\u{ff3d}'
    )
}

const SCHEME: &str = "tel:";
const MAXIMUM: usize = 64;
