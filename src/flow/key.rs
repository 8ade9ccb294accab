//! Names that tell nothing: keyed hashes of users and callers, and challenge ids.

use std::{fmt, str::FromStr};

use blake2s_simd::{Params, State};
use secrecy::zeroize::Zeroizing;
use subtle::ConstantTimeEq;

use crate::{
    Error, UserId,
    random::{self, Hexadecimal},
};

/// 32 secret bytes that all nodes of an application share. Phones are encrypted with them, and what
/// users, phones and callers are called in the keys of the state store, and phones in events, are hashes
/// keyed with them (BLAKE2s, RFC 7693). A record itself holds the [`UserId`], the security stamp, the
/// [`NextPath`](crate::NextPath) and the name of an action as they are, and events hold the `UserId`.
///
/// Under another key no record is found: live challenges end, and wrong codes and locks are forgotten.
#[derive(Clone)]
pub struct StateKey(State);

impl StateKey {
    /// A key from the application's configuration. Make it once, with 32 random bytes.
    ///
    /// # Errors
    /// [`Error::Configuration`] when all bytes are the same, as when the key was forgotten.
    pub fn new(bytes: [u8; 32]) -> Result<Self, Error> {
        random::check_key(&bytes)?;
        let mut state = Params::new().hash_length(16).key(&*Zeroizing::new(bytes)).to_state();
        // What comes after the key has it hashed now, and not again with each value.
        state.update(b"verify-mfa ");
        Ok(Self(state))
    }

    /// A new key, good for a store that lives no longer than this process.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the operating system has no randomness to give.
    pub fn random() -> Result<Self, Error> {
        random::bytes().and_then(Self::new)
    }

    /// Under which key the user's record is kept.
    pub(super) fn record_key(&self, user: &UserId) -> Hexadecimal {
        Hexadecimal::new(self.hash("user:", user.as_str().as_bytes()))
    }

    /// The keyed hash of `value`, which is a `kind`. Kinds end with a colon.
    pub(super) fn hash(&self, kind: &str, value: &[u8]) -> [u8; 16] {
        bits(self.0.clone().update(kind.as_bytes()).update(value))
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
    pub(super) fn new(record_key: &str, secret: [u8; 16]) -> Self {
        Self([record_key, &Hexadecimal::new(secret)].concat().into())
    }

    /// Whether it is the id of the challenge with `secret`, which tells it from others in its record.
    pub(super) fn has_secret(&self, secret: [u8; 16]) -> bool {
        let own = self.0.as_bytes().get(KEY_LENGTH..).unwrap_or_default();
        halves(own).ct_eq(&halves(Hexadecimal::new(secret).as_ref())).into()
    }

    /// What the challenge is called where its id may not stand.
    pub(super) fn hash(&self) -> String {
        Hexadecimal::new(hash(self.0.as_bytes())).to_string()
    }

    /// The record that it points to; texts of another form point to one that is never there.
    pub(super) fn record_key(&self) -> &str {
        let well_formed = self.0.len() == 2 * KEY_LENGTH
            && self
                .0
                .bytes()
                .fold(true, |all, byte| all & matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let key = if well_formed { self.0.get(..KEY_LENGTH) } else { None };
        key.unwrap_or("0000000000000000000000000000000")
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// 32 characters as two numbers, which are compared sooner than as many bytes.
fn halves(text: &[u8]) -> [u128; 2] {
    match text.as_chunks() {
        ([low, high], []) => [*low, *high].map(u128::from_ne_bytes),
        _ => [0; 2],
    }
}

/// A hash of what nobody can guess.
pub(super) fn hash(value: &[u8]) -> [u8; 16] {
    bits(Params::new().hash_length(16).to_state().update(value))
}

fn bits(state: &State) -> [u8; 16] {
    state.finalize().as_bytes().first_chunk().copied().unwrap_or_default()
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
