//! What the application says when it asks: who, in which session, and what for.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    time::SystemTime,
};

use subtle::ConstantTimeEq;

use crate::{Channel, Error, NextPath, PhoneNumber};

use super::key::hash;

/// The session in which a challenge begins and in which alone it can be approved.
///
/// Give it a random secret that the application keeps *inside* its session: session ids rotate at
/// login, this does not. Only a hash of it is kept (BLAKE2s, 128 bits).
#[derive(Clone)]
pub struct Session {
    hash: [u8; 16],
    pub(super) caller: Option<IpAddr>,
    pub(super) authenticated_at: Option<SystemTime>,
}

impl Session {
    /// The session that holds `secret`: random text or bytes, at least 16.
    ///
    /// # Errors
    /// [`Error::Configuration`] when it is shorter, for instance because the session holds none: all
    /// such sessions would be one.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, Error> {
        match secret.as_ref() {
            secret if secret.len() >= 16 => {
                Ok(Self { hash: hash(secret), caller: None, authenticated_at: None })
            }
            _ => Err(Error::configuration("a session's secret has at least 16 random bytes")),
        }
    }

    /// From where the request comes, for [`Policy::sends_per_caller`](super::Policy): the address of
    /// the person's device, not that of a proxy of yours. Of an IPv6 address, the network (/64)
    /// counts, as its owner has all of it. Without one there is no limit for callers.
    #[must_use]
    pub fn caller(mut self, address: IpAddr) -> Self {
        self.caller = Some(Self::network(address));
        self
    }

    /// What limits by address count: an IPv4 address itself, and of an IPv6 address its network. For the
    /// application's own limits, such as those of passwords.
    ///
    /// ```
    /// # use verify_mfa::flow::Session;
    /// let network = |address: &str| Session::network(address.parse().unwrap()).to_string();
    /// assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    /// assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    /// ```
    #[must_use]
    pub fn network(address: IpAddr) -> IpAddr {
        match address.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
            address @ IpAddr::V4(_) => address,
        }
    }

    /// When the person last gave the first factor, by the state store's clock. Enrolling a phone is
    /// refused when that is longer ago than [`Policy::step_up_lifetime`](super::Policy); without it,
    /// the application has to see to that.
    #[must_use]
    pub fn authenticated_at(mut self, time: SystemTime) -> Self {
        self.authenticated_at = Some(time);
        self
    }

    pub(super) fn hash(&self) -> [u8; 16] {
        self.hash
    }

    pub(super) fn is(&self, hash: &[u8; 16]) -> bool {
        self.hash.ct_eq(hash).into()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session([redacted])")
    }
}

/// A login whose first factor was right. What is given here comes back in the
/// [`LoginGrant`](super::LoginGrant), whatever the request with the code says. When the same session
/// begins the login again while its challenge is live, what is given then counts.
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

/// How a phone is enrolled. A [`Channel`] alone will do, unless the policy
/// [asks for more](super::Policy::require_notice).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it only describes an enrollment"]
pub struct Enroll {
    pub(super) channel: Channel,
    pub(super) notice_acknowledged: bool,
}

impl Enroll {
    /// An enrollment whose code is sent by `channel`.
    pub fn new(channel: Channel) -> Self {
        Self { channel, notice_acknowledged: false }
    }

    /// The person was told what codes by phone do not protect from, and wants them: for instance with
    /// [`RESTRICTED_NOTICE`](super::RESTRICTED_NOTICE). It is recorded in the
    /// [`SecurityEvent`](super::SecurityEvent)s.
    pub fn notice_acknowledged(mut self) -> Self {
        self.notice_acknowledged = true;
        self
    }
}

impl From<Channel> for Enroll {
    fn from(channel: Channel) -> Self {
        Self::new(channel)
    }
}

/// What a fresh code is asked for, in [`MfaFlow::step_up`](crate::MfaFlow::step_up).
///
/// It is frozen in the challenge: what the code form posts cannot change it.
#[derive(Debug, Clone, PartialEq, Eq)]
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
