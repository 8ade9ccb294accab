//! Phones at rest: encrypted, each for its user.

use std::fmt;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::zeroize::Zeroizing;

use crate::{BoxError, Error, PhoneNumber, UserId, random};

/// 32 secret bytes with which [`SqlUsers`](crate::store::SqlUsers) encrypts phones (XChaCha20-Poly1305).
///
/// Make them once, at random, and keep them where the database's backups are not. Without them the
/// phones cannot be read, and logins of users who have one are errors.
#[derive(Clone)]
pub struct PhoneKey(XChaCha20Poly1305);

impl PhoneKey {
    /// A key from the application's configuration.
    ///
    /// # Errors
    /// [`Error::Configuration`] when all bytes are the same, as when the key was forgotten.
    pub fn new(bytes: [u8; 32]) -> Result<Self, Error> {
        random::check_key(&bytes)?;
        Ok(Self(XChaCha20Poly1305::new((&*Zeroizing::new(bytes)).into())))
    }

    /// The phone as it is stored: a random nonce and the number, filled up so that its length does not
    /// show. It can be opened for the same user only.
    pub(super) fn seal(&self, phone: &PhoneNumber, user: &UserId) -> Result<Vec<u8>, BoxError> {
        let nonce = random::bytes::<NONCE>()?;
        let mut text = [0; LONGEST];
        text.iter_mut().zip(phone.as_str().bytes()).for_each(|(to, from)| *to = from);
        let payload = Payload { msg: &text, aad: user.as_str().as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| "too long")?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The phone again. Another key, another user and changed bytes are errors.
    pub(super) fn open(&self, stored: &[u8], user: &UserId) -> Result<PhoneNumber, BoxError> {
        let (nonce, sealed) = stored.split_first_chunk::<NONCE>().ok_or(UNREADABLE)?;
        let payload = Payload { msg: sealed, aad: user.as_str().as_bytes() };
        let text = self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| UNREADABLE)?;
        let text = String::from_utf8(text).map_err(|_| UNREADABLE)?;
        Ok(PhoneNumber::from_e164(text.trim_end_matches('\0'))?)
    }
}

impl fmt::Debug for PhoneKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneKey([redacted])")
    }
}

const NONCE: usize = 24;
/// A plus sign and 15 digits.
const LONGEST: usize = 16;
const UNREADABLE: &str = "the phone was stored with another key, for another user, or was changed";

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PhoneKey {
        PhoneKey::new(*b"a key of 32 bytes for the tests!").unwrap()
    }

    fn user(name: &str) -> UserId {
        UserId::new(name).unwrap()
    }

    fn sealed(number: &str) -> Vec<u8> {
        key().seal(&PhoneNumber::from_e164(number).unwrap(), &user("ada")).unwrap()
    }

    #[test]
    fn phones_of_any_length_are_read_back_and_look_alike() {
        for number in ["+12", "+14155550100", "+999123456789012"] {
            assert_eq!(key().open(&sealed(number), &user("ada")).unwrap().as_str(), number);
            assert_eq!(sealed(number).len(), sealed("+14155550100").len());
        }
    }

    #[test]
    fn one_phone_is_never_stored_the_same_way_twice() {
        assert_ne!(sealed("+14155550100"), sealed("+14155550100"));
    }

    #[test]
    fn another_key_does_not_open_it() {
        let other = PhoneKey::new(*b"another key for tests, 32 bytes!").unwrap();
        assert!(other.open(&sealed("+14155550100"), &user("ada")).is_err());
    }

    #[test]
    fn it_does_not_open_for_another_user() {
        assert!(key().open(&sealed("+14155550100"), &user("bob")).is_err());
    }

    #[test]
    fn no_changed_byte_goes_unnoticed() {
        let sealed = sealed("+14155550100");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key().open(&changed, &user("ada")).is_err(), "{at}");
            assert!(key().open(&sealed[..at], &user("ada")).is_err(), "{at}");
        }
    }

    #[test]
    fn a_forgotten_key_is_an_error() {
        for byte in [0, 7] {
            assert!(matches!(PhoneKey::new([byte; 32]), Err(Error::Configuration { .. })));
        }
    }

    #[test]
    fn the_key_does_not_show() {
        assert_eq!(format!("{:?}", key()), "PhoneKey([redacted])");
    }
}
