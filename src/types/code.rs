//! The secret that the person reads from the message.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A verification code. Kept as text, so that leading zeros survive; wiped from memory when
/// dropped; never shown by `Debug`; it has no `Display` and cannot be serialised.
///
/// ```
/// use verify_mfa::{Code, InvalidCode};
///
/// let code = Code::parse(" 012-345 ")?;
/// assert_eq!(code.expose_secret(), "012345");
/// assert_eq!(format!("{code:?}"), "Code([redacted])");
/// assert_eq!(Code::parse("12345l").unwrap_err(), InvalidCode::Character);
/// # Ok::<(), InvalidCode>(())
/// ```
///
/// ```compile_fail,E0277
/// let code = verify_mfa::Code::parse("012345").unwrap();
/// println!("{code}");
/// ```
#[derive(Clone)]
pub struct Code(SecretString);

/// A text that cannot be a code. It does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCode {
    /// Shorter than 4 or longer than 10 characters (Twilio, error 60200).
    #[error("a code has 4 to 10 characters, this has {length}")]
    Length {
        /// How many characters were counted, at most 11.
        length: usize,
    },
    /// Something else than the digits 0 to 9, spaces and hyphens; in a custom code, something else
    /// than ASCII letters, digits and punctuation.
    #[error("a code is made of the digits 0 to 9")]
    Character,
}

impl Code {
    /// Reads a code as a person types it: 4 to 10 digits, with spaces or hyphens anywhere.
    /// Digits of other scripts, full-width ones among them, are refused.
    ///
    /// # Errors
    /// [`InvalidCode`] when it cannot be a code. Such a text is worth no attempt: it need not be
    /// sent or counted.
    pub fn parse(text: &str) -> Result<Self, InvalidCode> {
        let mut code = String::with_capacity(MAXIMUM + 1);
        for character in text.trim().chars().filter(|character| !matches!(character, ' ' | '-')) {
            if !character.is_ascii_digit() {
                return Err(InvalidCode::Character);
            }
            code.push(character);
            if code.len() > MAXIMUM {
                break;
            }
        }
        Self::of_valid_length(code)
    }

    /// A code that the application chose itself, for services with custom codes: 4 to 10 visible
    /// ASCII characters, taken as they are.
    ///
    /// # Errors
    /// [`InvalidCode`] when it has another length or other characters.
    pub fn custom(text: &str) -> Result<Self, InvalidCode> {
        if text.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return Err(InvalidCode::Character);
        }
        Self::of_valid_length(text.chars().take(MAXIMUM + 1).collect())
    }

    /// The code itself, to send or compare. Never log it.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    fn of_valid_length(code: String) -> Result<Self, InvalidCode> {
        match code.len() {
            MINIMUM..=MAXIMUM => Ok(Self(code.into())),
            length => Err(InvalidCode::Length { length }),
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code([redacted])")
    }
}

const MINIMUM: usize = 4;
const MAXIMUM: usize = 10;
