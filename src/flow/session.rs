//! What the application says when it asks: who, in which session, and what for.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Channel, Error, NextPath, PhoneNumber};

/// The session in which a challenge begins and in which alone it can be approved.
///
/// Give it a random secret that the application keeps *inside* its session: session ids rotate at
/// login, this does not. Only its SHA-256 hash is kept.
#[derive(Clone)]
pub struct Session([u8; 32]);

impl Session {
    /// The session that holds `secret`: random text or bytes, at least 16.
    ///
    /// # Errors
    /// [`Error::Configuration`] when it is shorter, for instance because the session holds none: all
    /// such sessions would be one.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, Error> {
        match secret.as_ref() {
            secret if secret.len() >= 16 => Ok(Self(Sha256::digest(secret).into())),
            _ => Err(Error::configuration("a session's secret has at least 16 random bytes")),
        }
    }

    pub(super) fn hash(&self) -> [u8; 32] {
        self.0
    }

    pub(super) fn is(&self, hash: &[u8; 32]) -> bool {
        self.0.ct_eq(hash).into()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session([redacted])")
    }
}

/// A login whose first factor was right. What is given here comes back in the
/// [`LoginGrant`](super::LoginGrant), whatever later requests say.
#[derive(Debug, Clone)]
#[must_use = "it only describes a login"]
pub struct Login {
    pub(super) next: Option<NextPath>,
    pub(super) remember: bool,
    pub(super) channel: Channel,
}

impl Login {
    /// A login that goes to the application's own start page, is not remembered, and is challenged
    /// by text message.
    pub fn new() -> Self {
        Self { next: None, remember: false, channel: Channel::Sms }
    }

    /// Where to go afterwards.
    pub fn next(mut self, next: impl Into<Option<NextPath>>) -> Self {
        self.next = next.into();
        self
    }

    /// Whether the session shall outlive the browser.
    pub fn remember(mut self, remember: bool) -> Self {
        self.remember = remember;
        self
    }

    /// How the code is sent, as the person chose. Default: [`Channel::Sms`].
    pub fn channel(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }
}

impl Default for Login {
    fn default() -> Self {
        Self::new()
    }
}

/// What a fresh code is asked for, in [`MfaFlow::step_up`](crate::MfaFlow::step_up).
///
/// It is frozen in the challenge: what the code form posts cannot change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Action {
    /// Switching two-factor login off.
    Disable,
    /// Another verification phone. After the code that was sent to the old one comes
    /// [`Approval::Continue`](super::Approval::Continue): a code was sent to the new one.
    ChangePhone(PhoneNumber),
    /// Something of the application's own, such as `delete-account`: approving gives a
    /// [`StepUp`](super::StepUp) for it.
    Other(String),
}

/// How a code is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// The way it was sent last.
    Same,
    /// By a call that reads it.
    Call,
}
