//! Values that are parsed once and trusted afterwards. Nothing here knows of HTTP, stores or flows.

mod channel;
mod code;
mod country;
mod phone;
mod sid;
mod status;
mod user;

pub use channel::Channel;
pub use code::{Code, InvalidCode};
pub use country::{Country, InvalidCountry};
pub use phone::{InvalidPhone, LineType, PhoneNumber};
pub use sid::{
    AccountSid, ApiKeySid, CredentialSid, InvalidSid, MessagingServiceSid, ServiceSid, TemplateSid,
    VerificationAttemptSid, VerificationSid,
};
pub use status::VerificationStatus;
pub use user::{InvalidUserId, UserId};

/// A closed list of names that Twilio may extend: what we do not know is kept as it came.
macro_rules! open_enum {
    (
        $(#[$doc:meta])*
        $name:ident { $( $(#[$variant_doc:meta])* $variant:ident = $text:literal, )+ }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_doc])* $variant, )+
            /// A value that this version does not know, exactly as it came.
            Other(Box<str>),
        }

        impl $name {
            /// The name that goes over the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $text, )+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $( $text => Self::$variant, )+
                    other => Self::Other(other.into()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Name;
                impl serde::de::Visitor<'_> for Name {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("the name of a ", stringify!($name)))
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        Ok(text.into())
                    }
                }
                deserializer.deserialize_str(Name)
            }
        }
    };
}
pub(crate) use open_enum;
