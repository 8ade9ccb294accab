//! Parameters as they arrive: `application/x-www-form-urlencoded`, in a body or a query.

use std::{borrow::Cow, ops::RangeInclusive};

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::error::Rejection;
use crate::sandbox::verify::Refusal;

/// Decoded pairs in their order. Names that nobody asks for are ignored, as Twilio does.
#[derive(Debug, Default)]
pub(super) struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    /// An empty body is an empty form whatever its type says.
    pub(super) fn from_body(content_type: &[u8], body: &'a [u8]) -> Result<Self, Rejection> {
        let essence = content_type.split(|&byte| byte == b';').next().unwrap_or_default();
        let is_form = essence.trim_ascii().eq_ignore_ascii_case(FORM);
        if body.is_empty() || is_form { Self::decode(body) } else { Err(Rejection::NotAForm) }
    }

    /// Refuses what is not UTF-8.
    pub(super) fn decode(text: &'a [u8]) -> Result<Self, Rejection> {
        let pairs: Vec<_> = form_urlencoded::parse(text).collect();
        let is_broken = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
        if pairs.iter().any(|(name, value)| is_broken(name) || is_broken(value)) {
            return Err(Rejection::NotAForm);
        }
        Ok(Self(pairs))
    }

    /// The value of `name`. Two values where one belongs are refused rather than guessed at.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        let mut values = self.0.iter().filter(|(found, _)| found == name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Refusal::Invalid(name)),
            (value, None) => Ok(value.map(|(_, value)| value.as_ref())),
        }
    }

    pub(super) fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or(Refusal::Missing(name))
    }

    /// The value of `name` as `parse` reads it, which says `None` to what cannot be.
    pub(super) fn parsed<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        let text = self.text(name)?;
        text.map(|text| parse(text).ok_or(Refusal::Invalid(name))).transpose()
    }

    /// Puts the value of `name`, when there is one, into `place`.
    pub(super) fn set<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
        place: &mut T,
    ) -> Result<(), Refusal> {
        if let Some(value) = self.parsed(name, parse)? {
            *place = value;
        }
        Ok(())
    }
}

/// `true` or `false`.
pub(super) fn boolean(text: &str) -> Option<bool> {
    text.to_ascii_lowercase().parse().ok()
}

/// A whole number within `range`.
pub(super) fn number(range: RangeInclusive<u8>) -> impl FnOnce(&str) -> Option<u8> {
    move |text| {
        let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.parse().ok().filter(|number| range.contains(number))
    }
}

/// A text of 1 to `longest` characters.
pub(super) fn short(longest: usize) -> impl FnOnce(&str) -> Option<String> {
    move |text| at_most(longest)(text).filter(|text| !text.is_empty())
}

/// A text of 0 to `longest` characters.
pub(super) fn at_most(longest: usize) -> impl FnOnce(&str) -> Option<String> {
    move |text| (text.chars().count() <= longest).then(|| text.to_owned())
}

/// A JSON object.
pub(super) fn object(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok()
}

const FORM: &[u8] = b"application/x-www-form-urlencoded";

#[cfg(test)]
mod tests {
    use super::{Form, Refusal, Rejection, boolean, number};

    fn decode(text: &str) -> Form<'_> {
        Form::decode(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_plus_in_a_form_is_a_space() {
        let form = decode("To=+1&Payee=%2B1");
        assert_eq!(form.text("To"), Ok(Some(" 1")));
        assert_eq!(form.text("Payee"), Ok(Some("+1")));
    }

    #[test]
    fn two_values_where_one_belongs_are_refused() {
        assert_eq!(decode("To=a&To=b").text("To"), Err(Refusal::Invalid("To")));
    }

    #[test]
    fn what_is_not_utf_8_is_not_a_form() {
        assert_eq!(Form::decode(b"To=%ff").unwrap_err(), Rejection::NotAForm);
        assert_eq!(Form::decode(b"To=\xff").unwrap_err(), Rejection::NotAForm);
    }

    #[test]
    fn json_is_not_a_form() {
        let json = Form::from_body(b"application/json", b"{}");
        assert_eq!(json.unwrap_err(), Rejection::NotAForm);
    }

    #[test]
    fn a_form_may_name_its_charset() {
        let with_charset = b"application/x-www-form-urlencoded; charset=utf-8";
        assert!(Form::from_body(with_charset, b"To=a").is_ok());
    }

    #[test]
    fn values_are_read_strictly() {
        assert_eq!(boolean("TRUE"), Some(true));
        assert_eq!(boolean("1"), None);
        assert_eq!(number(4..=10)("4"), Some(4));
        for text in ["3", "11", "", "6.0", "-6", " 6"] {
            assert_eq!(number(4..=10)(text), None, "{text}");
        }
    }
}
