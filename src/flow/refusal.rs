//! Every "no" that a person, the policy or Twilio says on purpose.

use std::{borrow::Cow, time::SystemTime};

/// Why the flow does not go on, for the end user.
///
/// [`code`](Self::code) is stable, for translations; [`message`](Self::message) is plain English.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Twilio says that the number cannot exist (60200, 21211). The send was not counted.
    InvalidPhone,
    /// The policy or the account (60220) does not send to this number. A send that the account refused
    /// was not counted.
    PhoneNotAllowed {
        /// Which rule it breaks.
        reason: PhoneNotAllowed,
    },
    /// The number cannot be reached by this channel (60205, 60223, 21408, 21612, 21614, 21610), or the
    /// policy does not allow the channel. A send that Twilio refused was counted.
    ChannelUnavailable {
        /// Why not.
        reason: ChannelUnavailable,
    },
    /// Twilio suspects fraud (60410, 60605, 30450). Do not offer another channel. The send was counted.
    BlockedByFraudGuard,
    /// A message was sent a moment ago, or Twilio was asked for several at once (60212) to the user's own
    /// phone. The send was not counted.
    ResendTooSoon {
        /// When the next one may be asked for.
        retry_at: SystemTime,
    },
    /// All sends are used up, by a limit of the policy's or at Twilio (60203), or all checks of the
    /// phone's verification are (60202, or `max_attempts_reached` for a start). Whoever enrolls a phone
    /// hears the same when Twilio was asked for several at once (60212), and so does not learn that
    /// somebody uses it. A send that Twilio refused was not counted.
    SendLimitReached {
        /// When there are new ones.
        until: SystemTime,
    },
    /// What was typed cannot be a code. It was not counted.
    MalformedCode {
        /// How many digits a code has.
        digits: usize,
    },
    /// Too many wrong codes in a row.
    Locked {
        /// Until when; `None` when only the application can unlock the user.
        until: Option<SystemTime>,
    },
    /// The challenge is over.
    Ended(Ended),
    /// Two-factor login is on already; it has to be disabled first.
    AlreadyEnrolled,
    /// Two-factor login is not on.
    NotEnrolled,
    /// The first factor was given too long ago for this: ask for it again.
    StepUpRequired,
    /// The policy asks that the person is told what codes by phone do not protect from, and agrees:
    /// [`RESTRICTED_NOTICE`](super::RESTRICTED_NOTICE) is such a text.
    NoticeRequired,
}

/// Which rule a phone breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhoneNotAllowed {
    /// The policy does not list its country.
    Country,
    /// It is a premium-rate, shared-cost, personal, pager, voicemail or company-wide number.
    LineType,
    /// The application's [`RiskAssessment`](super::RiskAssessment) says so.
    Risk,
}

/// Why a channel does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelUnavailable {
    /// The number cannot be reached this way; another channel may work.
    Unreachable,
    /// The person has told Twilio not to be sent messages (21610).
    OptedOut,
    /// The flow sends text messages and calls, nothing else.
    Unsupported,
    /// All calls of this challenge are used up.
    CallLimit,
    /// The policy sends no codes by call for this.
    CallsNotAllowed,
}

/// How a challenge ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Ended {
    /// It was approved before: a double submit of a code that worked. It does not tell that what the
    /// code was for has happened as well, such as a phone saved: look it up, and let nobody in for it.
    AlreadyApproved,
    /// Its ten minutes passed, here or at Twilio (20404).
    Expired,
    /// All checks are used up, here or at Twilio (60202).
    Exhausted,
    /// The user started again elsewhere.
    Superseded,
    /// It was canceled, or the password or the factor was changed meanwhile.
    Canceled,
    /// There is none: never was, belongs to another session, or its fate at Twilio is unknown.
    Unknown,
}

impl Refusal {
    /// A stable name for translations and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidPhone => "invalid_phone",
            Self::PhoneNotAllowed { reason: PhoneNotAllowed::Country } => "country_not_allowed",
            Self::PhoneNotAllowed { reason: PhoneNotAllowed::LineType } => "line_type_not_allowed",
            Self::PhoneNotAllowed { reason: PhoneNotAllowed::Risk } => "phone_at_risk",
            Self::ChannelUnavailable { reason } => reason.code(),
            Self::BlockedByFraudGuard => "blocked_by_fraud_guard",
            Self::ResendTooSoon { .. } => "resend_too_soon",
            Self::SendLimitReached { .. } => "send_limit_reached",
            Self::MalformedCode { .. } => "malformed_code",
            Self::Locked { .. } => "locked",
            Self::Ended(ended) => ended.code(),
            Self::AlreadyEnrolled => "already_enrolled",
            Self::NotEnrolled => "not_enrolled",
            Self::StepUpRequired => "step_up_required",
            Self::NoticeRequired => "notice_required",
        }
    }

    /// When it makes sense to try again, by the state store's clock; `None` when waiting does not
    /// help.
    pub fn retry_at(&self) -> Option<SystemTime> {
        match self {
            Self::ResendTooSoon { retry_at: time } | Self::SendLimitReached { until: time } => {
                Some(*time)
            }
            Self::Locked { until } => *until,
            _ => None,
        }
    }

    /// A sentence for the end user that says what to do next. It holds no personal data.
    pub fn message(&self) -> Cow<'static, str> {
        let message = match self {
            Self::InvalidPhone => "This phone number does not exist. Please check it.",
            Self::PhoneNotAllowed { reason: PhoneNotAllowed::Country } => {
                "We cannot send codes to this country. Please use another number."
            }
            Self::PhoneNotAllowed { reason: PhoneNotAllowed::LineType } => {
                "This kind of number cannot be used. Please use a mobile or landline number."
            }
            Self::PhoneNotAllowed { reason: PhoneNotAllowed::Risk } => {
                "We cannot send a code to this phone at the moment. Please contact support."
            }
            Self::ChannelUnavailable { reason } => reason.message(),
            Self::BlockedByFraudGuard => {
                "We cannot send a code to this number at the moment. Please try again later."
            }
            Self::ResendTooSoon { .. } => "A code was just sent. Please wait before asking again.",
            Self::SendLimitReached { .. } => {
                "No more codes can be sent now. Please use one you received, or try again later."
            }
            Self::MalformedCode { digits } => return wrong_length(*digits),
            Self::Locked { until: Some(_) } => {
                "Too many wrong codes. Please wait before trying again."
            }
            Self::Locked { until: None } => "Too many wrong codes. Please contact support.",
            Self::Ended(ended) => ended.message(),
            Self::AlreadyEnrolled => "Two-factor login is already on.",
            Self::NotEnrolled => "Two-factor login is not on.",
            Self::StepUpRequired => "Please enter your password again.",
            Self::NoticeRequired => RESTRICTED_NOTICE,
        };
        message.into()
    }
}

/// What people should know before they choose codes by phone, which are a restricted authenticator
/// (NIST SP 800-63B rev 4 §3.2.9). Translate it by the code `notice_required`.
pub const RESTRICTED_NOTICE: &str = "Codes sent by text message or call can be read by whoever \
    takes over your number or sees your phone. Never tell a code to anyone. Please confirm that \
    you want to use them.";

fn wrong_length(digits: usize) -> Cow<'static, str> {
    format!("The code has {digits} digits. Please type it exactly as you received it.").into()
}

impl ChannelUnavailable {
    fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "channel_unavailable",
            Self::OptedOut => "opted_out",
            Self::Unsupported => "channel_unsupported",
            Self::CallLimit => "call_limit_reached",
            Self::CallsNotAllowed => "calls_not_allowed",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::Unreachable => "This number cannot be reached this way. Please try another one.",
            Self::OptedOut => "This number has opted out of messages. Reply START to receive them.",
            Self::Unsupported => "Codes are sent by text message or call.",
            Self::CallLimit => "No more calls can be placed now. Please use a code you received.",
            Self::CallsNotAllowed => "The code for this cannot be sent by call.",
        }
    }
}

impl Ended {
    fn code(self) -> &'static str {
        match self {
            Self::AlreadyApproved => "already_approved",
            Self::Expired => "expired",
            Self::Exhausted => "exhausted",
            Self::Superseded => "superseded",
            Self::Canceled => "canceled",
            Self::Unknown => "unknown",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::AlreadyApproved => "This code was already accepted.",
            Self::Expired => "The code has expired. Please start again.",
            Self::Exhausted => "Too many wrong codes. Please start again.",
            Self::Superseded => "You started again elsewhere. Please use the newest code there.",
            Self::Canceled | Self::Unknown => "This request is over. Please start again.",
        }
    }
}

impl From<Ended> for Refusal {
    fn from(ended: Ended) -> Self {
        Self::Ended(ended)
    }
}
