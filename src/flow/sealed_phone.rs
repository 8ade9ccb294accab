//! Phones as they are stored: encrypted, and comparable without the key.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{Error, PhoneNumber, random::Hexadecimal};

use super::StateKey;

/// A phone that only the key's holder can read: the keyed hash of the number, followed by the number
/// in a key stream that starts from that hash. The hash is the tag as well, as in RFC 5297 (SIV).
/// One phone is always sealed the same way, so that two can be compared.
///
/// A cipher of its own would bring seven more crates for sixteen bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(super) struct SealedPhone {
    tag: [u8; 16],
    masked: [u8; 16],
}

/// The tag and what follows it.
#[derive(Serialize, Deserialize)]
struct Stored(#[serde(with = "serde_bytes")] [u8; 32]);

impl From<SealedPhone> for Stored {
    fn from(SealedPhone { tag, masked }: SealedPhone) -> Self {
        let mut bytes = [0; 32];
        let (start, end) = bytes.split_at_mut(16);
        start.copy_from_slice(&tag);
        end.copy_from_slice(&masked);
        Self(bytes)
    }
}

impl From<Stored> for SealedPhone {
    fn from(Stored(bytes): Stored) -> Self {
        let half = |text: Option<&[u8; 16]>| text.copied().unwrap_or_default();
        Self { tag: half(bytes.first_chunk()), masked: half(bytes.last_chunk()) }
    }
}

impl SealedPhone {
    /// What the phone is called in limits and events.
    pub(super) fn hash(&self) -> Hexadecimal {
        Hexadecimal::new(self.tag)
    }
}

impl StateKey {
    pub(super) fn seal(&self, phone: &PhoneNumber) -> SealedPhone {
        let mut digits = [0; 16];
        let text = phone.as_str().as_bytes();
        if let Some(start) = digits.get_mut(..text.len()) {
            start.copy_from_slice(text);
        }
        let tag = self.hash("phone:", &digits);
        SealedPhone { tag, masked: self.mask(digits, tag) }
    }

    /// The phone, if it was sealed with this key.
    pub(super) fn open(&self, sealed: &SealedPhone) -> Result<PhoneNumber, Error> {
        let digits = self.mask(sealed.masked, sealed.tag);
        match self.hash("phone:", &digits).ct_eq(&sealed.tag).into() {
            true => phone(digits),
            false => Err(another_key()),
        }
    }

    /// The phone, whoever sealed it: for what is compared with a phone that is known to be right.
    pub(super) fn read(&self, sealed: &SealedPhone) -> Result<PhoneNumber, Error> {
        phone(self.mask(sealed.masked, sealed.tag))
    }

    /// Adds the key stream that starts from `tag`, or takes it away.
    fn mask(&self, bytes: [u8; 16], tag: [u8; 16]) -> [u8; 16] {
        let stream = u128::from_ne_bytes(self.hash("phone stream:", &tag));
        (u128::from_ne_bytes(bytes) ^ stream).to_ne_bytes()
    }
}

fn phone(digits: [u8; 16]) -> Result<PhoneNumber, Error> {
    let text = str::from_utf8(&digits).unwrap_or_default();
    PhoneNumber::from_e164(text.trim_end_matches('\0')).map_err(|_| another_key())
}

fn another_key() -> Error {
    Error::configuration("the state was written with another state key")
}

impl fmt::Debug for SealedPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedPhone([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(text: &str) -> PhoneNumber {
        PhoneNumber::from_e164(text).unwrap()
    }

    fn key() -> StateKey {
        StateKey::new(*b"a key of 32 bytes for the tests!").unwrap()
    }

    #[test]
    fn whoever_has_the_key_reads_the_phone() {
        for text in ["+14155550100", "+999123456789012", "+12"] {
            assert_eq!(key().open(&key().seal(&phone(text))).unwrap(), phone(text));
        }
    }

    #[test]
    fn nobody_else_does() {
        let sealed = key().seal(&phone("+14155550100"));
        assert!(
            StateKey::new(*b"another key for tests, 32 bytes!").unwrap().open(&sealed).is_err()
        );
        assert!(!String::from_utf8_lossy(&sealed.masked).contains("4155550100"));
    }

    #[test]
    fn one_phone_is_sealed_the_same_way_and_another_one_differently() {
        assert_eq!(key().seal(&phone("+14155550100")), key().seal(&phone("+14155550100")));
        assert_ne!(key().seal(&phone("+14155550100")), key().seal(&phone("+14155550101")));
    }

    #[test]
    fn a_phone_that_was_tampered_with_is_not_read() {
        let mut sealed = key().seal(&phone("+14155550100"));
        sealed.masked[15] ^= 1;
        assert!(key().open(&sealed).is_err());
    }

    #[test]
    fn what_is_read_without_its_tag_is_right_or_another_phone() {
        let mut sealed = key().seal(&phone("+14155550100"));
        assert_eq!(key().read(&sealed).unwrap(), phone("+14155550100"));
        sealed.masked[11] ^= 1;
        assert_eq!(key().read(&sealed).unwrap(), phone("+14155550101"));
    }

    #[test]
    fn it_survives_storage() {
        let sealed = key().seal(&phone("+14155550100"));
        let stored = rmp_serde::to_vec(&sealed).unwrap();
        assert_eq!(rmp_serde::from_slice::<SealedPhone>(&stored).unwrap(), sealed);
    }
}
