//! The life of one challenge, as a pure function: no clock, no store, no network.
//!
//! | phase | event | next phase | effect |
//! |---|---|---|---|
//! | any live | any, after `expires_at` | `Ended(Expired)` | refuse |
//! | `Checking` | any, after the lease | `Ended(Unknown)` | refuse: nobody knows what Twilio did |
//! | `Ended(e)` | any | same | refuse with `e` |
//! | `Starting` | sent | `Waiting` | |
//! | `Starting` | not sent | `Ended(Canceled)` | refuse with the reason |
//! | `Starting` | fate unknown | same | the person may ask again |
//! | `Starting`, `Waiting` | resend | same, one send more | send |
//! | `Waiting` | sent, not sent, fate unknown | same | |
//! | `Starting`, `Waiting` | check | `Checking`, one check more | ask Twilio |
//! | `Checking` | resend, check | same | busy |
//! | `Checking` | approved | `Ended(AlreadyApproved)` | grant |
//! | `Checking` | wrong, checks left | `Waiting` | say so |
//! | `Checking` | wrong, none left, or too many | `Ended(Exhausted)` | refuse |
//! | `Checking` | not found | `Ended(Expired)` | refuse |
//! | `Checking` | never asked | `Waiting`, one check less | |
//! | `Checking` | outdated | `Ended(Canceled)` | refuse |
//! | `Checking` | fate unknown | `Ended(Unknown)` | refuse |
//! | any live | cancel | `Ended(Canceled)` | cancel at Twilio |
//!
//! A live challenge that another one takes the place of becomes `Ended(Superseded)` when that one
//! begins.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::{Channel, NextPath, PhoneNumber, ServiceSid, VerificationSid, store::SecurityStamp};

use super::{
    Action, ChallengeId, ChannelUnavailable, Ended, Refusal, compact,
    policy::{CALL_WAIT, LIFETIME, MAXIMUM_CALLS, MAXIMUM_CHECKS, MAXIMUM_SENDS, send_wait},
};

/// A challenge as it is stored. There is no code in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PendingChallenge {
    pub(super) id: ChallengeId,
    #[serde(with = "compact::hash")]
    pub(super) session: [u8; 32],
    pub(super) purpose: Purpose,
    pub(super) phone: PhoneNumber,
    pub(super) stamp: SecurityStamp,
    pub(super) service: ServiceSid,
    pub(super) verification: Option<VerificationSid>,
    pub(super) channel: Channel,
    pub(super) phase: Phase,
    pub(super) sends: u32,
    pub(super) calls: u32,
    pub(super) checks: u32,
    #[serde(with = "compact::milliseconds")]
    pub(super) sent_at: SystemTime,
    #[serde(with = "compact::milliseconds")]
    pub(super) expires_at: SystemTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Purpose {
    Login {
        next: Option<NextPath>,
        remember: bool,
    },
    Enroll,
    StepUp(Action),
    /// The user has just proved the phone `from`, and now proves the new one.
    ChangePhone {
        from: PhoneNumber,
    },
}

impl Purpose {
    /// Whether the phone is only claimed: it may be somebody else's.
    pub(super) fn is_claim(&self) -> bool {
        matches!(self, Self::Enroll | Self::ChangePhone { .. })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Phase {
    /// A send is reserved; whether it happened is not known yet.
    Starting,
    /// A code was sent.
    Waiting,
    /// Whoever holds `attempt` is asking Twilio, until `lease_until`.
    Checking { attempt: String, lease_until: SystemTime },
    /// Over.
    Ended(Ended),
}

/// What happens to a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    Resend(Channel),
    Sent(VerificationSid),
    NotSent(Refusal),
    Check { attempt: String, lease: Duration },
    Checked { attempt: String, answer: Answer },
    Cancel,
}

/// What Twilio said of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Approved,
    Incorrect,
    NotFound,
    TooManyChecks,
    /// The question never reached Twilio.
    NeverAsked,
    /// The user's password or phone changed since the challenge began; Twilio was not asked.
    Outdated,
    /// It may have: the attempt is spent and the challenge over.
    Unknown,
}

/// What to do, once the challenge is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    None,
    Send,
    Ask,
    Grant,
    Refuse(Refusal),
    Incorrect { left: u32 },
    CancelAtTwilio,
}

/// Why an event changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Denied {
    Refused(Refusal),
    /// Another request is asking Twilio about this challenge.
    Busy,
}

impl<T: Into<Refusal>> From<T> for Denied {
    fn from(refusal: T) -> Self {
        Self::Refused(refusal.into())
    }
}

/// What becomes of `challenge` when `event` happens at `now`.
pub(super) fn decide(
    challenge: PendingChallenge,
    event: Event,
    now: SystemTime,
) -> Result<(PendingChallenge, Effect), Denied> {
    match event {
        Event::Resend(channel) => challenge.live(now)?.resend(channel, now),
        Event::Check { attempt, lease } => challenge.live(now)?.check(attempt, now, lease),
        Event::Sent(sid) => challenge.settle_send(Ok(sid)),
        Event::NotSent(refusal) => challenge.settle_send(Err(refusal)),
        Event::Checked { attempt, answer } => challenge.settle_check(&attempt, answer, now),
        Event::Cancel => Ok((challenge.live(now)?.ended(Ended::Canceled), Effect::CancelAtTwilio)),
    }
}

impl PendingChallenge {
    /// The challenge, unless it is over; another request may be asking about it.
    pub(super) fn live(self, now: SystemTime) -> Result<Self, Denied> {
        match &self.phase {
            Phase::Ended(ended) => Err((*ended).into()),
            _ if now >= self.expires_at => Err(Ended::Expired.into()),
            Phase::Checking { lease_until, .. } if now >= *lease_until => {
                Err(Ended::Unknown.into())
            }
            _ => Ok(self),
        }
    }

    pub(super) fn checks_left(&self) -> u32 {
        MAXIMUM_CHECKS.saturating_sub(self.checks)
    }

    pub(super) fn next_send_at(&self) -> SystemTime {
        later(self.sent_at, send_wait(self.sends))
    }

    fn resend(mut self, channel: Channel, now: SystemTime) -> Result<(Self, Effect), Denied> {
        if matches!(self.phase, Phase::Checking { .. }) {
            return Err(Denied::Busy);
        }
        if self.sends >= MAXIMUM_SENDS {
            return Err(Refusal::SendLimitReached { until: self.expires_at }.into());
        }
        let call = channel == Channel::Call;
        if call && self.calls >= MAXIMUM_CALLS {
            let reason = ChannelUnavailable::CallLimit;
            return Err(Refusal::ChannelUnavailable { reason }.into());
        }
        let switched = later(self.sent_at, if call { CALL_WAIT } else { Duration::ZERO });
        let retry_at = self.next_send_at().max(switched);
        if now < retry_at {
            return Err(Refusal::ResendTooSoon { retry_at }.into());
        }
        self.sends += 1;
        self.calls += u32::from(call);
        self.channel = channel;
        self.sent_at = now;
        Ok((self, Effect::Send))
    }

    /// A refused first send ends the challenge; a refused further one leaves the earlier code.
    fn settle_send(
        mut self,
        answer: Result<VerificationSid, Refusal>,
    ) -> Result<(Self, Effect), Denied> {
        match (&self.phase, answer) {
            (Phase::Ended(ended), _) => Err((*ended).into()),
            (Phase::Starting, Ok(sid)) => {
                self.verification = Some(sid);
                self.phase = Phase::Waiting;
                Ok((self, Effect::None))
            }
            (_, Ok(sid)) => {
                self.verification = Some(sid);
                Ok((self, Effect::None))
            }
            (Phase::Starting, Err(refusal)) if self.sends <= 1 => {
                self.phase = Phase::Ended(Ended::Canceled);
                Ok((self, Effect::Refuse(refusal)))
            }
            (_, Err(refusal)) => Ok((self, Effect::Refuse(refusal))),
        }
    }

    fn check(
        mut self,
        attempt: String,
        now: SystemTime,
        lease: Duration,
    ) -> Result<(Self, Effect), Denied> {
        if matches!(self.phase, Phase::Checking { .. }) {
            return Err(Denied::Busy);
        }
        if self.checks_left() == 0 {
            return Err(Ended::Exhausted.into());
        }
        self.checks += 1;
        self.phase = Phase::Checking { attempt, lease_until: later(now, lease) };
        Ok((self, Effect::Ask))
    }

    /// Only whoever reserved the attempt may settle it, and only while the lease holds.
    fn settle_check(
        mut self,
        attempt: &str,
        answer: Answer,
        now: SystemTime,
    ) -> Result<(Self, Effect), Denied> {
        self = self.live(now)?;
        if !matches!(&self.phase, Phase::Checking { attempt: own, .. } if own == attempt) {
            return Err(Ended::Unknown.into());
        }
        let ended = |challenge, ended: Ended| Ok((challenge, Effect::Refuse(ended.into())));
        match answer {
            Answer::Approved => Ok((self.ended(Ended::AlreadyApproved), Effect::Grant)),
            Answer::Incorrect if self.checks_left() > 0 => {
                let left = self.checks_left();
                self.phase = Phase::Waiting;
                Ok((self, Effect::Incorrect { left }))
            }
            Answer::Incorrect | Answer::TooManyChecks => {
                ended(self.ended(Ended::Exhausted), Ended::Exhausted)
            }
            Answer::NotFound => ended(self.ended(Ended::Expired), Ended::Expired),
            Answer::Unknown => ended(self.ended(Ended::Unknown), Ended::Unknown),
            Answer::Outdated => ended(self.ended(Ended::Canceled), Ended::Canceled),
            Answer::NeverAsked => {
                self.checks = self.checks.saturating_sub(1);
                self.phase = Phase::Waiting;
                Ok((self, Effect::None))
            }
        }
    }

    fn ended(mut self, ended: Ended) -> Self {
        self.phase = Phase::Ended(ended);
        self
    }
}

/// The end of a challenge that begins now.
pub(super) fn expires_at(now: SystemTime) -> SystemTime {
    later(now, LIFETIME)
}

/// A time beyond the range of [`SystemTime`] is as good as now: what waits for it is over.
fn later(time: SystemTime, wait: Duration) -> SystemTime {
    time.checked_add(wait).unwrap_or(time)
}

#[cfg(test)]
mod tests;
