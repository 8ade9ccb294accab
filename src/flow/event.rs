//! What happened, for an audit trail, for alarms, and for the notices that people should get.

use std::time::SystemTime;

use crate::{Channel, Country, LineType, UserId};

/// Takes note of everything that happens in a flow: for an audit trail, for metrics and alarms, and
/// to send the [`Notice`]s. See [`MfaFlow::with_events`](crate::MfaFlow::with_events).
///
/// It is called while a request waits, after what it tells is saved, so it should hand the event on
/// and return: to a channel, for instance. A closure can be one.
pub trait EventSink: Send + Sync + 'static {
    /// Takes note of `event`.
    fn record(&self, event: &SecurityEvent);
}

impl<F: Fn(&SecurityEvent) + Send + Sync + 'static> EventSink for F {
    fn record(&self, event: &SecurityEvent) {
        self(event);
    }
}

/// Something that happened. It holds no phone, no code and no text of Twilio's.
///
/// The same goes to [`tracing`] with the target `verify_mfa::event`, at the level WARN when somebody
/// should look at it and INFO otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecurityEvent {
    /// What happened.
    pub kind: EventKind,
    /// When, by the state store's clock.
    pub at: SystemTime,
    /// To whom.
    pub user: UserId,
    /// What the challenge was for, if there was one.
    pub purpose: Option<ChallengePurpose>,
    /// A hash of the challenge's id: the same in all events of a challenge.
    pub challenge: Option<String>,
    /// How the code was last sent.
    pub channel: Option<Channel>,
    /// A keyed hash of the phone: the same in all events about a phone, on all nodes with the same
    /// [`StateKey`](super::StateKey).
    pub phone: Option<String>,
    /// The phone's country.
    pub country: Option<Country>,
    /// What kind of line the phone is. VoIP numbers are allowed, and can be told here.
    pub line_type: Option<LineType>,
    /// Why: a refusal's [`code`](super::Refusal::code), a limit, or how the user authenticated.
    pub reason: Option<&'static str>,
    /// Twilio's code, if Twilio answered with an error.
    pub twilio_code: Option<u32>,
}

impl SecurityEvent {
    /// The name in OWASP's Logging Vocabulary, where it has one.
    pub fn owasp_name(&self) -> Option<&'static str> {
        match self.kind {
            EventKind::LoginApproved => Some("authn_login_success"),
            EventKind::OneFactorOnly if self.reason == Some("exhausted") => {
                Some("authn_login_fail_max")
            }
            EventKind::CheckFailed | EventKind::OneFactorOnly => Some("authn_login_fail"),
            EventKind::Locked | EventKind::HardLocked => Some("authn_login_lock"),
            EventKind::SendLimited => Some("excess_rate_limit_exceeded"),
            EventKind::EnrollConfirmed | EventKind::PhoneChanged | EventKind::MfaDisabled => {
                Some("user_updated")
            }
            _ => None,
        }
    }
}

/// What a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChallengePurpose {
    /// Logging in.
    Login,
    /// Switching two-factor login on.
    Enroll,
    /// Switching it off.
    Disable,
    /// Changing the phone: the code goes to the old one.
    ChangePhone,
    /// Changing the phone: the code goes to the new one.
    NewPhone,
    /// An action of the application's own.
    StepUp,
}

impl ChallengePurpose {
    /// A stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Enroll => "enroll",
            Self::Disable => "disable",
            Self::ChangePhone => "change_phone",
            Self::NewPhone => "new_phone",
            Self::StepUp => "step_up",
        }
    }
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A user began to enroll a phone.
    EnrollStarted,
    /// The phone is the user's second factor now.
    EnrollConfirmed,
    /// The enrollment ended without it.
    EnrollFailed,
    /// A code was sent for the first time.
    ChallengeSent,
    /// It was sent again.
    ChallengeResent,
    /// A call was placed.
    ChallengeCalled,
    /// A code was not sent, or a locked user asked for one: `reason` is the refusal's code.
    SendRefused,
    /// A limit refused to send: `reason` is which: `user`, `caller`, `phone`, `country` or
    /// `application`; for a phone that is not a second factor yet `claimed_phone`, `country_claims` or
    /// `application_claims`.
    SendLimited,
    /// Twilio suspects fraud and refused to send.
    FraudBlock,
    /// A code was wrong.
    CheckFailed,
    /// A login may be completed: `reason` is `first_factor` when there is no second one.
    LoginApproved,
    /// The first factor of a login was right, and the second was never given. Somebody may have the
    /// password. An abandoned one is noticed when the user's record is next used; one that an outage
    /// ended is not told.
    OneFactorOnly,
    /// A fresh code was given for an action of the application's own, or to the old phone before a
    /// change to another one.
    StepUpApproved,
    /// A fresh code was asked for and never given.
    StepUpFailed,
    /// The user's phone is another one now. `phone` is the new one's.
    PhoneChanged,
    /// Two-factor login is off. `phone` is the one it was.
    MfaDisabled,
    /// Too many wrong codes: the user is locked for a while.
    Locked,
    /// Too many wrong codes: the user is locked until [`unlock`](crate::MfaFlow::unlock).
    HardLocked,
    /// A lock was lifted.
    Unlocked,
    /// The user's security stamp changed: earlier challenges and sessions end.
    StampChanged,
    /// Twilio could not be asked, or answered what only the operator can repair.
    ProviderError,
    /// It is unknown whether Twilio accepted a code.
    Ambiguous,
    /// The user should be told of this, at every address that there is, and how to object
    /// (NIST SP 800-63B rev 4 §4.6, ASVS V6.3.7).
    Notice(Notice),
}

/// What a user should be told of. After a change of phone, tell the old one too; which it was is in
/// the [`Approval`](super::Approval), as events hold no phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Notice {
    /// Two-factor login was switched on.
    Enrolled,
    /// The phone was changed.
    PhoneChanged,
    /// Two-factor login was switched off.
    Disabled,
    /// The user was locked.
    Locked,
}

impl EventKind {
    /// A stable name for logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnrollStarted => "enroll_started",
            Self::EnrollConfirmed => "enroll_confirmed",
            Self::EnrollFailed => "enroll_failed",
            Self::ChallengeSent => "challenge_sent",
            Self::ChallengeResent => "challenge_resent",
            Self::ChallengeCalled => "challenge_called",
            Self::SendRefused => "send_refused",
            Self::SendLimited => "send_limited",
            Self::FraudBlock => "fraud_block",
            Self::CheckFailed => "check_failed",
            Self::LoginApproved => "login_approved",
            Self::OneFactorOnly => "one_factor_only",
            Self::StepUpApproved => "step_up_approved",
            Self::StepUpFailed => "step_up_failed",
            Self::PhoneChanged => "phone_changed",
            Self::MfaDisabled => "mfa_disabled",
            Self::Locked => "locked",
            Self::HardLocked => "hard_locked",
            Self::Unlocked => "unlocked",
            Self::StampChanged => "stamp_changed",
            Self::ProviderError => "provider_error",
            Self::Ambiguous => "ambiguous",
            Self::Notice(notice) => notice.code(),
        }
    }

    /// Whether somebody should look at it.
    pub(super) fn is_alarming(self) -> bool {
        matches!(
            self,
            Self::FraudBlock
                | Self::SendLimited
                | Self::Locked
                | Self::HardLocked
                | Self::OneFactorOnly
                | Self::ProviderError
                | Self::Ambiguous
        )
    }
}

impl Notice {
    /// A stable name for translations.
    pub fn code(self) -> &'static str {
        match self {
            Self::Enrolled => "notice_enrolled",
            Self::PhoneChanged => "notice_phone_changed",
            Self::Disabled => "notice_disabled",
            Self::Locked => "notice_locked",
        }
    }

    /// What to write to the user, in plain English.
    pub fn message(self) -> &'static str {
        match self {
            Self::Enrolled => {
                "Two-factor login was switched on for your account. If this was not you, change \
                 your password and contact us."
            }
            Self::PhoneChanged => {
                "The phone for two-factor login to your account was changed. If this was not you, \
                 change your password and contact us."
            }
            Self::Disabled => {
                "Two-factor login was switched off for your account. If this was not you, change \
                 your password and contact us."
            }
            Self::Locked => {
                "Too many wrong codes were entered for your account, after the right password. If \
                 this was not you, change your password and contact us."
            }
        }
    }
}
