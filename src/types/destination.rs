//! Where a verification goes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::PhoneNumber;

/// What is being verified: a phone number, or an e-mail address for [`Channel::Email`].
///
/// `Debug` and `Display` show the masked form.
///
/// [`Channel::Email`]: crate::Channel::Email
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Destination {
    /// A phone number.
    Phone(PhoneNumber),
    /// An e-mail address.
    Email(EmailAddress),
}

impl Destination {
    /// The destination as Twilio expects it: E.164, or the address.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.as_str(),
            Self::Email(address) => address.as_str(),
        }
    }

    /// A form that may be shown: the country and the last digits, or the first letter and the
    /// domain.
    pub fn masked(&self) -> String {
        match self {
            Self::Phone(phone) => phone.masked(),
            Self::Email(address) => address.masked(),
        }
    }
}

impl From<PhoneNumber> for Destination {
    fn from(phone: PhoneNumber) -> Self {
        Self::Phone(phone)
    }
}

impl From<&PhoneNumber> for Destination {
    fn from(phone: &PhoneNumber) -> Self {
        Self::Phone(phone.clone())
    }
}

impl From<EmailAddress> for Destination {
    fn from(address: EmailAddress) -> Self {
        Self::Email(address)
    }
}

/// The destination as Twilio expects it, for functions that take any text. Never log it.
impl AsRef<str> for Destination {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({})", self.masked())
    }
}

impl Serialize for Destination {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Checks the form only: E.164 when it starts with `+`, an address otherwise.
impl<'de> Deserialize<'de> for Destination {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Destination;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a phone number in E.164 form or an e-mail address")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Destination, E> {
                if text.starts_with('+') {
                    return PhoneNumber::from_e164(text).map(Destination::Phone).map_err(E::custom);
                }
                EmailAddress::parse(text).map(Destination::Email).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// An e-mail address: checked for its form only, the mail server is the judge of the rest.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(Box<str>);

/// A text that cannot be an e-mail address. It does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an e-mail address: 3 to 254 visible ASCII characters, with one @ between two parts"
)]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// Checks `text`, without the white space around it.
    ///
    /// # Errors
    /// [`InvalidEmailAddress`] when it has no or several `@`, an empty part, white space, control
    /// or non-ASCII characters, or more than 254 characters.
    pub fn parse(text: &str) -> Result<Self, InvalidEmailAddress> {
        let text = text.trim();
        let visible = text.len() <= 254 && text.bytes().all(|byte| byte.is_ascii_graphic());
        match text.split_once('@') {
            Some((local, domain))
                if visible && !local.is_empty() && !domain.is_empty() && !domain.contains('@') =>
            {
                Ok(Self(text.into()))
            }
            _ => Err(InvalidEmailAddress),
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first character and the domain: `a***@example.com`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or_default();
        format!("{}***@{domain}", local.chars().take(1).collect::<String>())
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmailAddress;
    fn from_str(text: &str) -> Result<Self, InvalidEmailAddress> {
        Self::parse(text)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}
