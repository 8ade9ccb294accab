//! Names that tell nothing: keyed hashes of users, and challenge ids.

use std::{fmt, str::FromStr};

use hmac::{Hmac, KeyInit, Mac};
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{Error, UserId, random};

/// 32 secret bytes that all nodes of an application share: what users are called in the state store
/// is a hash keyed with them.
#[derive(Clone)]
pub struct StateKey(Zeroizing<[u8; 32]>);

impl StateKey {
    /// A key from the application's configuration. Make it once, with 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes.into())
    }

    /// A new key, good for a store that lives no longer than this process.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the operating system has no randomness to give.
    pub fn random() -> Result<Self, Error> {
        random::bytes().map(Self::new)
    }

    /// Under which key the user's record is kept.
    pub(super) fn record_key(&self, user: &UserId) -> Result<String, Error> {
        let mut hash = Hmac::<Sha256>::new_from_slice(self.0.as_slice())
            .map_err(|_| Error::configuration("the state key does not work"))?;
        hash.update(b"user:");
        hash.update(user.as_str().as_bytes());
        let hash = hash.finalize().into_bytes();
        Ok(random::encode(hash.get(..KEY_LENGTH / 2).unwrap_or(&hash)))
    }
}

impl fmt::Debug for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StateKey([redacted])")
    }
}

/// Which challenge is meant: opaque text for the client to hold. It is good only together with the
/// session in which the challenge began.
///
/// Any text can be one, so that a form's field needs no check: one that names no challenge is
/// refused like one that belongs to somebody else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeId(Box<str>);

impl ChallengeId {
    /// A new id under a record.
    pub(super) fn random(record_key: &str) -> Result<Self, Error> {
        let secret = random::hexadecimal()?;
        Ok(Self(format!("{record_key}{secret}").into()))
    }

    /// The record that it points to; texts of another form point to one that is never there.
    pub(super) fn record_key(&self) -> &str {
        let well_formed = self.0.len() == 2 * KEY_LENGTH
            && self.0.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let key = if well_formed { self.0.get(..KEY_LENGTH) } else { None };
        key.unwrap_or("0000000000000000000000000000000")
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ChallengeId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl FromStr for ChallengeId {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.into())
    }
}

impl fmt::Debug for ChallengeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengeId([redacted])")
    }
}

const KEY_LENGTH: usize = 32;
