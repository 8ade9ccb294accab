//! Twilio's string identifiers: two letters that say what they name, then 32 hexadecimal digits.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A text that is not the SID it should be.
///
/// It keeps what was expected and what was wrong, not the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {article} {name} SID ({prefix} and 32 hexadecimal digits): {problem}")]
pub struct InvalidSid {
    article: &'static str,
    name: &'static str,
    prefix: &'static str,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error("it has {0} bytes instead of 34")]
    Length(usize),
    #[error("it starts with {0:?}")]
    Prefix(String),
    #[error("character {0} is not a hexadecimal digit")]
    Character(usize),
}

fn check(text: &str, prefix: &str) -> Result<[u8; 34], Problem> {
    let Ok(bytes) = text.as_bytes().try_into() else { return Err(Problem::Length(text.len())) };
    let Some(digits) = text.strip_prefix(prefix) else {
        return Err(Problem::Prefix(text.chars().take(2).collect()));
    };
    match digits.bytes().position(|byte| !byte.is_ascii_hexdigit()) {
        Some(at) => Err(Problem::Character(at + 3)),
        None => Ok(bytes),
    }
}

macro_rules! sid {
    ($( $(#[$doc:meta])* $type:ident: $article:literal $name:literal $prefix:literal; )+) => { $(
        $(#[$doc])*
        ///
        /// Checked when it is made: prefix, length and hexadecimal digits, in either case.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        // A text that is aligned is checked by the word.
        #[repr(align(8))]
        pub struct $type([u8; 34]);

        impl $type {
            /// The two letters that every such SID starts with.
            pub const PREFIX: &str = $prefix;

            /// Checks `text`.
            ///
            /// # Errors
            /// [`InvalidSid`] names the SID that was expected and what is wrong with the text.
            pub fn parse(text: &str) -> Result<Self, InvalidSid> {
                match check(text, $prefix) {
                    Ok(bytes) => Ok(Self(bytes)),
                    Err(problem) => {
                        Err(InvalidSid { article: $article, name: $name, prefix: $prefix, problem })
                    }
                }
            }

            /// The SID as text.
            pub fn as_str(&self) -> &str {
                // They are the bytes of a text.
                str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl FromStr for $type {
            type Err = InvalidSid;
            fn from_str(text: &str) -> Result<Self, InvalidSid> {
                Self::parse(text)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.as_str())
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.serialize_str(self.as_str())
                } else {
                    serializer.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("the SID of ", $article, " ", $name))
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        $type::parse(text).map_err(E::custom)
                    }
                    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<$type, E> {
                        self.visit_str(str::from_utf8(bytes).map_err(E::custom)?)
                    }
                }
                if deserializer.is_human_readable() {
                    deserializer.deserialize_str(Text)
                } else {
                    deserializer.deserialize_bytes(Text)
                }
            }
        }
    )+ };
}

sid! {
    /// A Twilio account, `AC…`.
    AccountSid: "an" "account" "AC";
    /// An API key, `SK…`: what to use instead of the account's auth token.
    ApiKeySid: "an" "API key" "SK";
    /// A push credential, `CR…`.
    CredentialSid: "a" "push credential" "CR";
    /// A messaging service, `MG…`.
    MessagingServiceSid: "a" "messaging service" "MG";
    /// A Verify service, `VA…`: the settings under which codes are sent and checked.
    ///
    /// ```
    /// use verify_mfa::ServiceSid;
    ///
    /// let service: ServiceSid = "VA00000000000000000000000000000001".parse()?;
    /// assert_eq!(service.as_str(), "VA00000000000000000000000000000001");
    ///
    /// let mistake = "AC00000000000000000000000000000001".parse::<ServiceSid>().unwrap_err();
    /// assert_eq!(
    ///     mistake.to_string(),
    ///     "expected a Verify service SID (VA and 32 hexadecimal digits): it starts with \"AC\""
    /// );
    /// # Ok::<(), verify_mfa::InvalidSid>(())
    /// ```
    ///
    /// An account's SID where a service's belongs does not compile:
    ///
    /// ```compile_fail,E0308
    /// use verify_mfa::{AccountSid, ServiceSid};
    ///
    /// fn open(service: &ServiceSid) {}
    /// let account: AccountSid = "AC00000000000000000000000000000001".parse().unwrap();
    /// open(&account);
    /// ```
    ServiceSid: "a" "Verify service" "VA";
    /// A message template, `HJ…`.
    TemplateSid: "a" "template" "HJ";
    /// A verification, `VE…`: one destination being verified, across resends and channels.
    VerificationSid: "a" "verification" "VE";
    /// One message or call of a verification, `VL…`.
    VerificationAttemptSid: "a" "verification attempt" "VL";
}
