//! The numbers that Twilio's documentation gives, its closed lists, and what is allowed together.

use std::time::Duration;

use super::{Behaviour, Features, FriendlyNameDigits, RateLimit, Refusal, UnsupportedLocale};

/// How long a verification lives and what the account allows.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// Counted from the first send; sending again does not extend it.
    pub(crate) ttl: Duration,
    pub(crate) sends: usize,
    pub(crate) checks: u8,
    pub(crate) behaviour: Behaviour,
    pub(crate) features: Features,
    pub(crate) rate_limits: Vec<RateLimit>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            ttl: Duration::from_secs(600),
            sends: 5,
            checks: 5,
            behaviour: Behaviour::default(),
            features: Features::default(),
            rate_limits: Vec::new(),
        }
    }
}

impl Rules {
    /// Whether a service or a message may have this name: short, and with few digits, so that
    /// nobody puts a code into it.
    pub(crate) fn is_friendly_name(&self, text: &str) -> bool {
        let length = text.chars().count();
        (1..=self.behaviour.friendly_name_length).contains(&length)
            && !text.chars().any(char::is_control)
            && self.digits(text) < TOO_MANY_DIGITS
    }

    /// Refuses a language that Twilio's default template does not have.
    pub(crate) fn admit_locale(&self, locale: Option<&str>) -> Result<(), Refusal> {
        match (locale, self.behaviour.unsupported_locale) {
            (Some(locale), _) if LOCALES.contains(&locale) => Ok(()),
            (None, _) => Ok(()),
            (Some(_), UnsupportedLocale::InvalidParameter) => Err(Refusal::Invalid("Locale")),
            (Some(_), UnsupportedLocale::NotFound) => Err(Refusal::NotFound),
        }
    }

    /// How long what has ended is remembered: a canceled verification can still be fetched.
    pub(crate) fn retention(&self) -> Duration {
        self.ttl.saturating_mul(RETENTION)
    }

    fn digits(&self, text: &str) -> usize {
        let is_digit = |character: char| character.is_ascii_digit();
        match self.behaviour.friendly_name_digits {
            FriendlyNameDigits::InTotal => text.chars().filter(|&digit| is_digit(digit)).count(),
            FriendlyNameDigits::InARow => {
                text.split(|character| !is_digit(character)).map(str::len).max().unwrap_or_default()
            }
        }
    }
}

/// Lengths of codes that a service may have.
pub(crate) const CODE_LENGTH: std::ops::RangeInclusive<u8> = 4..=10;

/// Whether a text given to a check has the length of a code.
pub(crate) fn is_code(text: &str) -> bool {
    (4..=10).contains(&text.chars().take(11).count())
}

/// A multiple of the life of a verification.
const RETENTION: u32 = 6;

const TOO_MANY_DIGITS: usize = 5;

const LOCALES: [&str; 44] = [
    "af", "ar", "ca", "cs", "da", "de", "el", "en", "en-GB", "es", "et", "fi", "fr", "he", "hi",
    "hr", "hu", "id", "it", "ja", "kn", "ko", "lt", "mr", "ms", "nb", "nl", "pl", "pt", "pt-BR",
    "ro", "ru", "sk", "sv", "sw", "te", "th", "tl", "tr", "uk", "vi", "zh", "zh-CN", "zh-HK",
];
