//! Names that tell nothing: keyed hashes of users and callers, and challenge ids.

use std::{fmt, str::FromStr};

use hmac::{Hmac, KeyInit, Mac};
use secrecy::zeroize::Zeroizing;
use sha2::{Digest, Sha256};

use crate::{Error, UserId, random};

/// 32 secret bytes that all nodes of an application share. Phones are encrypted with them, and what
/// users, phones and callers are called in the keys of the state store, and phones in events, are hashes
/// keyed with them. A record itself holds the [`UserId`], the security stamp, the
/// [`NextPath`](crate::NextPath) and the name of an action as they are, and events hold the `UserId`.
///
/// Under another key no record is found: live challenges end, and wrong codes and locks are forgotten.
#[derive(Clone)]
pub struct StateKey(Hmac<Sha256>);

impl StateKey {
    /// A key from the application's configuration. Make it once, with 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        // A key of one block is taken as it is.
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(*Zeroizing::new(bytes)).for_each(|(to, from)| *to = from);
        Self(Hmac::new((&*block).into()))
    }

    /// A new key, good for a store that lives no longer than this process.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the operating system has no randomness to give.
    pub fn random() -> Result<Self, Error> {
        random::bytes().map(Self::new)
    }

    /// Under which key the user's record is kept.
    pub(super) fn record_key(&self, user: &UserId) -> String {
        random::encode(&self.hash("user", user.as_str().as_bytes()))
    }

    /// The first half of the keyed hash of `value`, which is a `kind`.
    pub(super) fn hash(&self, kind: &str, value: &[u8]) -> [u8; 16] {
        let mut mac = self.0.clone();
        mac.update(kind.as_bytes());
        mac.update(b":");
        mac.update(value);
        let hash: [u8; 32] = mac.finalize().into_bytes().into();
        std::array::from_fn(|at| hash.get(at).copied().unwrap_or_default())
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
#[derive(Clone, PartialEq, Eq)]
pub struct ChallengeId(Box<str>);

impl ChallengeId {
    /// The id of the challenge with `secret` in a record.
    pub(super) fn new(record_key: &str, secret: &str) -> Self {
        Self(format!("{record_key}{secret}").into())
    }

    /// What tells the challenge from others in its record.
    pub(super) fn secret(&self) -> &str {
        self.0.get(KEY_LENGTH..).unwrap_or_default()
    }

    /// What the challenge is called where its id may not stand.
    pub(super) fn hash(&self) -> String {
        let hash: [u8; 32] = Sha256::digest(self.0.as_bytes()).into();
        random::encode(hash.get(..8).unwrap_or(&hash))
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
