//! Where a code goes.

use std::{fmt, sync::Arc};

use crate::types::{LineType, PhoneNumber};

/// An E.164 number or an e-mail address, as it was given. Clones share the text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Destination(Arc<str>);

impl Destination {
    /// Nothing for a text that Twilio answers with 60200.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let valid = if text.contains('@') { is_email(text) } else { is_phone(text) };
        valid.then(|| Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_email(&self) -> bool {
        self.0.contains('@')
    }
}

/// What a lookup says of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    Mobile,
    Landline,
    Voip,
    Unknown,
}

impl Destination {
    /// What answers at a number, as far as its country's numbering plan tells. Nothing for an
    /// address.
    pub(crate) fn line(&self) -> Option<Line> {
        let number = PhoneNumber::from_e164(&self.0).ok()?;
        Some(match number.line_type() {
            // A plan that does not tell them apart is one of mobile phones, as far as codes go.
            LineType::Mobile | LineType::FixedLineOrMobile => Line::Mobile,
            LineType::FixedLine => Line::Landline,
            LineType::Voip => Line::Voip,
            _ => Line::Unknown,
        })
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({})", mask(&self.0))
    }
}

/// A destination that can be logged: the last two digits, or the domain.
pub(crate) fn mask(destination: &str) -> String {
    match destination.rsplit_once('@') {
        Some((_, domain)) => format!("***@{domain}"),
        None => {
            let shown = destination.chars().count().saturating_sub(2);
            format!("***{}", destination.chars().skip(shown).collect::<String>())
        }
    }
}

/// Only the number as it is dialed: another spelling would be another destination.
fn is_phone(text: &str) -> bool {
    PhoneNumber::parse(text).is_ok_and(|phone| phone.as_str() == text)
}

fn is_email(text: &str) -> bool {
    text.len() <= 254
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && domain.split('.').all(is_label)
        })
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && !label.contains('@')
}

#[cfg(test)]
mod tests {
    use super::{Destination, Line, mask};

    #[test]
    fn numbers_and_addresses_are_destinations() {
        for text in ["+14155550100", "+254700111222", "someone@example.com"] {
            assert!(Destination::parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_nobody_can_be_reached_at_is_not_a_destination() {
        let texts = [
            "",
            "+",
            "14155550100",
            " 14155550100",
            "+04155550100",
            "+1415555010",
            "+19995550100",
            "+1415555010l",
            "+1234567890123456",
            "someone@",
            "@example.com",
            "some one@example.com",
            "someone@example..com",
            "a@b@example.com",
            "📱",
            "📱@example.com",
        ];
        for text in texts {
            assert!(Destination::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_numbering_plan_knows_most_landlines() {
        let line = |text| Destination::parse(text).unwrap().line();
        assert_eq!(line("+14155550100"), Some(Line::Mobile));
        assert_eq!(line("+442079460000"), Some(Line::Landline));
        assert_eq!(line("someone@example.com"), None);
    }

    #[test]
    fn a_masked_destination_does_not_tell_whose_it_is() {
        assert_eq!(mask("+14155550123"), "***23");
        assert_eq!(mask("someone@example.com"), "***@example.com");
    }
}
