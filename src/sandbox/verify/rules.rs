//! The numbers that Twilio's documentation gives, and its closed lists.

use std::time::Duration;

/// How long a verification lives and what it allows.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// Counted from the first send; sending again does not extend it.
    pub(crate) ttl: Duration,
    pub(crate) sends: usize,
    pub(crate) checks: u8,
}

impl Default for Rules {
    fn default() -> Self {
        Self { ttl: Duration::from_secs(600), sends: 5, checks: 5 }
    }
}

/// Lengths of codes that a service may have.
pub(crate) const CODE_LENGTH: std::ops::RangeInclusive<u8> = 4..=10;

/// Whether Twilio's default template exists in this language.
pub(crate) fn is_locale(text: &str) -> bool {
    LOCALES.contains(&text)
}

/// Whether a service or a message may have this name: at most 30 characters, fewer than five of
/// them digits, so that nobody puts a code into it.
pub(crate) fn is_friendly_name(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (1..=30).contains(&text.chars().count()) && digits < 5 && !text.chars().any(char::is_control)
}

/// Whether a text given to a check has the length of a code.
pub(crate) fn is_code(text: &str) -> bool {
    (4..=10).contains(&text.chars().take(11).count())
}

const LOCALES: [&str; 44] = [
    "af", "ar", "ca", "cs", "da", "de", "el", "en", "en-GB", "es", "et", "fi", "fr", "he", "hi",
    "hr", "hu", "id", "it", "ja", "kn", "ko", "lt", "mr", "ms", "nb", "nl", "pl", "pt", "pt-BR",
    "ro", "ru", "sk", "sv", "sw", "te", "th", "tl", "tr", "uk", "vi", "zh", "zh-CN", "zh-HK",
];
