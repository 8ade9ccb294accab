//! Why a text is not a phone number.

/// Why a text is not a phone number. It says what was wrong and what was expected, and never holds
/// the text: at most one character of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPhone {
    /// Nothing, or no digit.
    #[error("there is no digit: expected a phone number such as +1 415 555 0123")]
    Empty,
    /// More than 64 characters.
    #[error("the text is too long for a phone number: expected at most 64 characters")]
    TooLong,
    /// A letter, an invisible character, or something else that no phone number contains.
    #[error(
        "{0:?} does not belong in a phone number: \
         expected digits, a leading + and spaces, hyphens, dots, slashes or brackets"
    )]
    Character(char),
    /// A plus sign after the beginning.
    #[error("there is a + inside the number: expected one number, with + only at its beginning")]
    MisplacedPlus,
    /// An extension, a pause, or parameters behind the number.
    #[error("there is an extension: expected a number that can be reached without one")]
    Extension,
    /// Neither a plus sign nor a country to read the number in.
    #[error("the country is missing: expected + and the country calling code before the number")]
    MissingCountryCode,
    /// No country has these first digits as its calling code.
    #[error("no country has this calling code: expected one such as +1 or +254 first")]
    UnknownCountryCode,
    /// Fewer digits than any number of the country has, or a local number without its area code.
    #[error("there are too few digits: expected the whole number, with its area code")]
    TooShort,
    /// More digits than any number of the country has.
    #[error("there are too many digits: expected one number, without anything dialed after it")]
    TooManyDigits,
    /// A length between those that the country's numbers have.
    #[error("a digit is missing or too many: expected a length that the country's numbers have")]
    NotPossible,
    /// The right length, but not in the country's numbering plan.
    #[error("the country has no such number: expected one of its numbering plan")]
    NotValid,
    /// Not `+` and 2 to 15 digits of which the first is not 0.
    #[error("this is not in E.164 form: expected + and 2 to 15 digits, the first of them not 0")]
    NotE164,
}
