//! What the server keeps in a session. The browser has its id and nothing else.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use verify_mfa::{
    BoxError, UserId,
    flow::{Challenge, ChallengeId},
    store::SecurityStamp,
};

use crate::csrf;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SessionData {
    /// What the forms of this session have to carry.
    pub(crate) csrf: csrf::Secret,
    /// What challenges are bound to. It stays when the session's id changes.
    pub(crate) secret: [u8; 16],
    pub(crate) login: LoginState,
    /// The challenge that waits for its code.
    pub(crate) pending: Option<Pending>,
}

/// How far somebody got.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum LoginState {
    Nobody,
    /// The password was right. That opens nothing.
    FirstFactor {
        user: UserId,
        at: SystemTime,
    },
    /// Logged in.
    Full {
        user: UserId,
        /// The session is over when the user's is another one.
        stamp: SecurityStamp,
        /// When the password was last given.
        authenticated_at: SystemTime,
        remember: bool,
    },
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    challenge: String,
    pub(crate) purpose: Purpose,
    pub(crate) expires_at: SystemTime,
}

/// What a code is asked for: only to say it, and to know where to go back. What the code does is kept
/// by the library.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    Login,
    Enable,
    Disable,
    OldPhone,
    NewPhone,
}

impl SessionData {
    /// Of somebody who has just arrived.
    pub(crate) fn new() -> Result<Self, BoxError> {
        let mut secret = [0; 16];
        getrandom::fill(&mut secret)?;
        Ok(Self { csrf: csrf::Secret::random()?, secret, login: LoginState::Nobody, pending: None })
    }
}

impl LoginState {
    /// How long the login lasts, from the last time that the password was given.
    fn lifetime(&self) -> Duration {
        match self {
            Self::Full { remember: true, .. } => REMEMBERED,
            _ => ONE_DAY_AT_WORK,
        }
    }

    /// Whether a login is over: the server decides, not the browser that keeps the cookie.
    pub(crate) fn is_over(&self, now: SystemTime) -> bool {
        match self {
            Self::Full { authenticated_at, .. } => {
                authenticated_at.checked_add(self.lifetime()).is_none_or(|end| end <= now)
            }
            _ => false,
        }
    }
}

impl Pending {
    pub(crate) fn new(challenge: &Challenge, purpose: Purpose) -> Self {
        let (id, expires_at) = (challenge.id.as_str().to_owned(), challenge.expires_at);
        Self { challenge: id, purpose, expires_at }
    }

    pub(crate) fn is(&self, challenge: &str) -> bool {
        self.challenge == challenge
    }

    pub(crate) fn id(&self) -> ChallengeId {
        self.challenge.as_str().into()
    }
}

impl Purpose {
    /// The name of its texts.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::OldPhone => "old_phone",
            Self::NewPhone => "new_phone",
        }
    }

    /// What a right code does, for the page that asks for it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Login => "code.purpose.login",
            Self::Enable => "code.purpose.enable",
            Self::Disable => "code.purpose.disable",
            Self::OldPhone => "code.purpose.old_phone",
            Self::NewPhone => "code.purpose.new_phone",
        }
    }

    /// Where it begins.
    pub(crate) fn start(self) -> &'static str {
        match self {
            Self::Login => "/login",
            Self::Enable => "/two-factor/enable",
            Self::Disable => "/two-factor/disable",
            Self::OldPhone | Self::NewPhone => "/two-factor/phone",
        }
    }
}

const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const ONE_DAY_AT_WORK: Duration = Duration::from_secs(12 * 60 * 60);
