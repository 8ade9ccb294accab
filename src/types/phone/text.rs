//! A phone number as text: masked for people, in E.164 for machines.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{InvalidPhone, PhoneNumber, calling_code};

pub(super) fn masked(digits: &str) -> String {
    let national = calling_code::split(digits).map(|(_, national)| national);
    let code = national.and_then(|national| digits.strip_suffix(national));
    let (code, space) = code.map_or(("", ""), |code| (code, " "));
    let national = national.unwrap_or_default();
    let last = match national.len() {
        0..4 => "**",
        length => national.get(length - 2..).unwrap_or("**"),
    };
    ["+", code, space, "*** *** **", last].concat()
}

/// The E.164 form, for functions that take any text. Never log it.
impl AsRef<str> for PhoneNumber {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.masked())
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

/// Like [`PhoneNumber::parse`].
impl FromStr for PhoneNumber {
    type Err = InvalidPhone;
    fn from_str(text: &str) -> Result<Self, InvalidPhone> {
        Self::parse(text)
    }
}

/// Like [`PhoneNumber::parse`].
impl TryFrom<&str> for PhoneNumber {
    type Error = InvalidPhone;
    fn try_from(text: &str) -> Result<Self, InvalidPhone> {
        Self::parse(text)
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Like [`PhoneNumber::from_e164`], with one error for everything: the format's own error about a
/// number without quotes would show it.
impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = PhoneNumber;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a phone number in E.164 form")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<PhoneNumber, E> {
                PhoneNumber::from_e164(text).map_err(E::custom)
            }
        }
        let phone = deserializer.deserialize_str(Text);
        phone.map_err(|_| de::Error::custom(InvalidPhone::NotE164))
    }
}
