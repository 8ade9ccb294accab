//! Phones as they are stored: encrypted, and comparable without the key.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{Error, PhoneNumber, random};

use super::StateKey;

/// A phone that only the key's holder can read: the keyed hash of the number, followed by the number
/// in a key stream that starts from that hash. The hash is the tag as well, as in RFC 5297 (SIV).
/// One phone is always sealed the same way, so that two can be compared.
///
/// A cipher of its own would bring seven more crates for sixteen bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SealedPhone(#[serde(with = "serde_bytes")] [u8; 32]);

impl SealedPhone {
    /// What the phone is called in limits and events.
    pub(super) fn hash(&self) -> String {
        random::encode(self.tag())
    }

    fn tag(&self) -> &[u8] {
        self.0.get(..16).unwrap_or_default()
    }
}

impl StateKey {
    pub(super) fn seal(&self, phone: &PhoneNumber) -> SealedPhone {
        let mut digits = [0; 16];
        digits.iter_mut().zip(phone.as_str().bytes()).for_each(|(to, from)| *to = from);
        let tag = self.hash("phone", &digits);
        let stream = self.hash("phone stream", &tag);
        let bytes = digits.iter().zip(stream).map(|(digit, mask)| digit ^ mask);
        let mut sealed = [0; 32];
        sealed.iter_mut().zip(tag.into_iter().chain(bytes)).for_each(|(to, from)| *to = from);
        SealedPhone(sealed)
    }

    /// The phone, if it was sealed with this key.
    pub(super) fn open(&self, sealed: &SealedPhone) -> Result<PhoneNumber, Error> {
        let stream = self.hash("phone stream", sealed.tag());
        let mut digits = [0; 16];
        let bytes = sealed.0.iter().skip(16).zip(stream).map(|(byte, mask)| byte ^ mask);
        digits.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        let authentic = self.hash("phone", &digits).ct_eq(sealed.tag());
        let text = String::from_utf8_lossy(&digits);
        PhoneNumber::from_e164(text.trim_end_matches('\0'))
            .ok()
            .filter(|_| authentic.into())
            .ok_or_else(|| Error::configuration("the state was written with another state key"))
    }
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
        StateKey::new([7; 32])
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
        assert!(StateKey::new([8; 32]).open(&sealed).is_err());
        assert!(!String::from_utf8_lossy(&sealed.0).contains("4155550100"));
    }

    #[test]
    fn one_phone_is_sealed_the_same_way_and_another_one_differently() {
        assert_eq!(key().seal(&phone("+14155550100")), key().seal(&phone("+14155550100")));
        assert_ne!(key().seal(&phone("+14155550100")), key().seal(&phone("+14155550101")));
    }

    #[test]
    fn a_phone_that_was_tampered_with_is_not_read() {
        let mut sealed = key().seal(&phone("+14155550100"));
        sealed.0[31] ^= 1;
        assert!(key().open(&sealed).is_err());
    }

    #[test]
    fn it_survives_storage() {
        let sealed = key().seal(&phone("+14155550100"));
        let stored = rmp_serde::to_vec(&sealed).unwrap();
        assert_eq!(rmp_serde::from_slice::<SealedPhone>(&stored).unwrap(), sealed);
    }
}
