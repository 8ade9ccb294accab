//! A challenge as it is stored, and what can be read off it.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::{Channel, NextPath, ServiceSid, VerificationSid, store::SecurityStamp};

use super::{
    super::{
        Ended, Policy, compact,
        policy::{CALL_WAIT, LIFETIME},
        sealed_phone::SealedPhone,
    },
    Denied,
};

/// A challenge as it is stored. There is no code in it. What is always there has a short name, as it is
/// stored a million times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct PendingChallenge {
    /// The second half of its id.
    #[serde(rename = "i", with = "serde_bytes")]
    pub(in super::super) secret: [u8; 16],
    #[serde(rename = "s", with = "serde_bytes")]
    pub(in super::super) session: [u8; 16],
    #[serde(rename = "p", default, skip_serializing_if = "compact::is_default")]
    pub(in super::super) purpose: Purpose,
    #[serde(rename = "n")]
    pub(in super::super) phone: SealedPhone,
    #[serde(rename = "u")]
    pub(in super::super) stamp: SecurityStamp,
    #[serde(rename = "a")]
    pub(in super::super) service: ServiceSid,
    #[serde(rename = "e")]
    pub(in super::super) verification: Option<VerificationSid>,
    #[serde(default = "compact::sms", skip_serializing_if = "compact::is_sms")]
    pub(in super::super) channel: Channel,
    #[serde(default, skip_serializing_if = "compact::is_default")]
    pub(in super::super) phase: Phase,
    /// None when it is over because the first one certainly was not made.
    #[serde(default = "compact::one", skip_serializing_if = "compact::is_one")]
    pub(in super::super) sends: u32,
    #[serde(default, skip_serializing_if = "compact::is_default")]
    pub(in super::super) calls: u32,
    #[serde(default, skip_serializing_if = "compact::is_default")]
    pub(in super::super) checks: u32,
    /// Twilio refused a send for fraud.
    #[serde(default, skip_serializing_if = "compact::is_default")]
    pub(in super::super) blocked: bool,
    #[serde(rename = "t", with = "compact::milliseconds")]
    pub(in super::super) sent_at: SystemTime,
    #[serde(rename = "x", with = "compact::milliseconds")]
    pub(in super::super) expires_at: SystemTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) enum Purpose {
    Login {
        #[serde(default, skip_serializing_if = "compact::is_default")]
        next: Option<NextPath>,
        #[serde(default, skip_serializing_if = "compact::is_default")]
        remember: bool,
    },
    Enroll {
        #[serde(default, skip_serializing_if = "compact::is_default")]
        notice_acknowledged: bool,
    },
    Disable,
    /// The user is about to prove the old phone.
    ChangePhone {
        to: SealedPhone,
    },
    /// The user has just proved the phone `from`, and now proves the new one.
    NewPhone {
        from: SealedPhone,
    },
    /// An action of the application's own.
    StepUp(String),
}

/// The purpose that is left out.
impl Default for Purpose {
    fn default() -> Self {
        Self::Login { next: None, remember: false }
    }
}

impl Purpose {
    /// Whether the phone is only claimed: it may be somebody else's.
    pub(in super::super) fn is_claim(&self) -> bool {
        matches!(self, Self::Enroll { .. } | Self::NewPhone { .. })
    }

    /// Whether it switches off or changes the second factor that there is.
    pub(in super::super) fn is_factor_change(&self) -> bool {
        matches!(self, Self::Disable | Self::ChangePhone { .. } | Self::NewPhone { .. })
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) enum Phase {
    /// A send is reserved; whether it happened is not known yet.
    Starting,
    /// A code was sent.
    #[default]
    Waiting,
    /// Whoever holds `attempt` is asking Twilio, until `lease_until`.
    Checking {
        #[serde(with = "serde_bytes")]
        attempt: Attempt,
        #[serde(with = "compact::milliseconds")]
        lease_until: SystemTime,
    },
    /// Over.
    Ended(Ended),
}

/// Who is asking Twilio: bits that nobody else asks with.
pub(in super::super) type Attempt = [u8; 16];

impl PendingChallenge {
    /// The challenge, unless it is over; another request may be asking about it.
    pub(in super::super) fn live(self, now: SystemTime) -> Result<Self, Denied> {
        self.check_live(now).map(|()| self)
    }

    pub(super) fn check_live(&self, now: SystemTime) -> Result<(), Denied> {
        match &self.phase {
            Phase::Ended(ended) => Err((*ended).into()),
            _ if now >= self.expires_at => Err(Ended::Expired.into()),
            Phase::Checking { lease_until, .. } if now >= *lease_until => {
                Err(Ended::Unknown.into())
            }
            _ => Ok(()),
        }
    }

    /// Whether another request is asking Twilio about it.
    pub(in super::super) fn is_being_checked(&self, now: SystemTime) -> bool {
        let until = self.expires_at;
        matches!(&self.phase, Phase::Checking { lease_until, .. } if now < until.min(*lease_until))
    }

    pub(in super::super) fn checks_left(&self, policy: &Policy) -> u32 {
        policy.checks.saturating_sub(self.checks)
    }

    pub(in super::super) fn next_send_at(&self, policy: &Policy) -> SystemTime {
        later(self.sent_at, policy.wait(self.sends))
    }

    /// When a code may be sent by `channel` after this challenge's last one, which was the `sends`-th.
    pub(in super::super) fn retry_at(
        &self,
        channel: &Channel,
        sends: u32,
        policy: &Policy,
    ) -> SystemTime {
        let switch = if *channel == Channel::Call { CALL_WAIT } else { Duration::ZERO };
        later(self.sent_at, policy.wait(sends).max(switch))
    }

    /// How long a check may take when a call to Twilio takes no longer than `call`. A verification
    /// whose start was lost is looked up first.
    pub(in super::super) fn lease(&self, call: Duration) -> Duration {
        let calls = if self.verification.is_some() { 1 } else { 2 };
        call.saturating_mul(calls).saturating_add(AROUND_CALLS).min(LIFETIME)
    }
}

/// A time beyond the range of [`SystemTime`] is as good as now: what waits for it is over.
pub(in super::super) fn later(time: SystemTime, wait: Duration) -> SystemTime {
    time.checked_add(wait).unwrap_or(time)
}

/// How much longer than its calls a check may take, with what is around them.
const AROUND_CALLS: Duration = Duration::from_secs(5);
