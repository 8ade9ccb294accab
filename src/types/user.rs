//! The application's name for a user.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The application's own identifier of a user: opaque text of 1 to 255 bytes, such as a primary
/// key. It appears in logs and events, so it should not be an e-mail address or a phone number.
///
/// A user has one: wrong codes, locks and limits count for each text apart. Take it from the users table,
/// and not from what was typed where `Ada` and `ada` are the same user.
///
/// ```
/// use verify_mfa::UserId;
///
/// let user = UserId::new("42")?;
/// assert_eq!(user.as_str(), "42");
/// assert_eq!(UserId::from(42), user);
/// # Ok::<(), verify_mfa::InvalidUserId>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct UserId(Box<str>);

/// A text that cannot identify a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a user id has 1 to 255 bytes, this has {length}")]
pub struct InvalidUserId {
    length: usize,
}

impl UserId {
    /// Checks `text`.
    ///
    /// # Errors
    /// [`InvalidUserId`] when it is empty or longer than 255 bytes.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidUserId> {
        let text = text.into();
        match text.len() {
            1..=255 => Ok(Self(text.into())),
            length => Err(InvalidUserId { length }),
        }
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<i64> for UserId {
    fn from(key: i64) -> Self {
        Self(key.to_string().into())
    }
}

impl TryFrom<String> for UserId {
    type Error = InvalidUserId;
    fn try_from(text: String) -> Result<Self, InvalidUserId> {
        Self::new(text)
    }
}

impl FromStr for UserId {
    type Err = InvalidUserId;
    fn from_str(text: &str) -> Result<Self, InvalidUserId> {
        Self::new(text)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({:?})", self.0)
    }
}
