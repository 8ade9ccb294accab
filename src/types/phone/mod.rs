//! Telephone numbers.

mod calling_code;
mod digit;
mod error;
mod gate;
mod line_type;
mod metadata;
mod parse;
mod text;

pub use self::{error::InvalidPhone, line_type::LineType};
use super::Country;

/// A telephone number, as its E.164 text.
///
/// [`parse`](Self::parse) and [`parse_in`](Self::parse_in) read what a person typed. They let
/// digits of any script, blanks and visible separators through, refuse letters, extensions and
/// invisible characters, and then hold the digits against the numbering plan of their country:
/// length, validity and type. Numbers of every [type](Self::line_type) are accepted, premium-rate
/// ones too; which of them may receive a code is decided elsewhere.
/// [`from_e164`](Self::from_e164) reads back what was parsed before.
///
/// `Debug` and `Display` show the [masked](Self::masked) form, so that the number does not end up
/// in a log by accident; [`as_str`](Self::as_str) and serialisation give the number itself.
///
/// ```
/// use verify_mfa::{Country, InvalidPhone, LineType, PhoneNumber};
///
/// let phone = PhoneNumber::parse(" +1 (415) 555-0123 ")?;
/// assert_eq!(phone.as_str(), "+14155550123");
/// assert_eq!(phone.national(), "(415) 555-0123");
/// assert_eq!(phone.country(), Some(Country::US));
/// assert_eq!(phone.line_type(), LineType::FixedLineOrMobile);
/// assert_eq!(phone.to_string(), "+1 *** *** **23");
///
/// assert_eq!(PhoneNumber::parse_in("415.555.0123", Country::US)?, phone);
///
/// let mistake = PhoneNumber::parse("+1 415 555 012l").unwrap_err();
/// assert_eq!(mistake, InvalidPhone::Character('l'));
/// # Ok::<(), InvalidPhone>(())
/// ```
///
/// The numbering plans are Google's libphonenumber's. Loading them takes some tens of
/// milliseconds, once: [`warm_up`](Self::warm_up) does it at start-up.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(Box<str>);

impl PhoneNumber {
    /// Reads an international number as a person types it: `+`, the calling code, the number.
    ///
    /// # Errors
    /// [`InvalidPhone`] when it is not a number of any country's numbering plan.
    pub fn parse(text: &str) -> Result<Self, InvalidPhone> {
        parse::parse(text, None).map(Self)
    }

    /// Reads a number as a person in `country` types it: nationally, or with the prefix that is
    /// dialed there before a calling code (`00`, `011`), or with `+`. After a `+` the country has
    /// no influence.
    ///
    /// ```
    /// use verify_mfa::{Country, PhoneNumber};
    ///
    /// let phone = PhoneNumber::parse("+14155550123")?;
    /// assert_eq!(PhoneNumber::parse_in("(415) 555-0123", Country::CA)?, phone);
    /// assert_eq!(PhoneNumber::parse_in("00 1 415 555 0123", Country::DE)?, phone);
    /// assert_eq!(PhoneNumber::parse_in("+1 415 555 0123", Country::DE)?, phone);
    /// # Ok::<(), verify_mfa::InvalidPhone>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidPhone`] when it is not a number of any country's numbering plan.
    pub fn parse_in(text: &str, country: Country) -> Result<Self, InvalidPhone> {
        parse::parse(text, Some(country)).map(Self)
    }

    /// Takes a number back from a store or a reply. Only its form is checked, against
    /// `^\+[1-9]\d{1,14}$`: numbering plans change, and a number that was valid once must stay
    /// readable.
    ///
    /// # Errors
    /// [`InvalidPhone::NotE164`] when it has another form.
    pub fn from_e164(text: &str) -> Result<Self, InvalidPhone> {
        let digits = text.strip_prefix('+').ok_or(InvalidPhone::NotE164)?;
        let is_e164 = matches!(digits.len(), 2..=15)
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_e164 { Ok(Self(text.into())) } else { Err(InvalidPhone::NotE164) }
    }

    /// The number in E.164 form: `+14155550123`. Never log it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as it is written abroad: `+1 415-555-0123`. Like the E.164 form if the calling
    /// code is unknown, or nothing follows it.
    pub fn international(&self) -> String {
        match self.split() {
            Some((plan, national)) => format!("+{} {}", plan.code, plan.international(national)),
            None => self.as_str().to_owned(),
        }
    }

    /// The number as it is written in its country: `(415) 555-0123`. Like the E.164 form if the
    /// calling code is unknown, or nothing follows it.
    pub fn national(&self) -> String {
        match self.split() {
            Some((plan, national)) => plan.national(national),
            None => self.as_str().to_owned(),
        }
    }

    /// The number for the eyes of someone who knows it: calling code and last two digits, as in
    /// `+1 *** *** **23`. The stars are always as many, whatever the length. A number that would
    /// show too much of itself (an unknown calling code, fewer than four digits after a known one)
    /// loses those digits too.
    ///
    /// ```
    /// use verify_mfa::PhoneNumber;
    ///
    /// let phone = PhoneNumber::from_e164("+14155550123")?;
    /// assert_eq!(phone.masked(), "+1 *** *** **23");
    /// # Ok::<(), verify_mfa::InvalidPhone>(())
    /// ```
    pub fn masked(&self) -> String {
        text::masked(self.digits())
    }

    /// The country of the number's numbering plan. None for numbers of no country, such as those
    /// under +800, and for numbers that are in no plan.
    pub fn country(&self) -> Option<Country> {
        let (plan, national) = self.split()?;
        plan.region(national)?.country
    }

    /// What kind of line the number is, as far as the numbering plan tells.
    pub fn line_type(&self) -> LineType {
        self.split().map_or(LineType::Unknown, |(plan, national)| plan.line_type(national))
    }

    /// Loads the numbering plans, which otherwise happens when the first number is parsed,
    /// formatted or asked for its country. Reading a number back, masking and comparing need none.
    pub fn warm_up() {
        metadata::warm_up();
    }

    fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }

    fn split(&self) -> Option<(&'static metadata::Plan, &str)> {
        let whole = calling_code::split(self.digits());
        let (code, national) = whole.filter(|(_, national)| !national.is_empty())?;
        Some((metadata::plan(code)?, national))
    }
}
