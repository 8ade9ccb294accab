//! The life of one challenge, as a pure function: no clock, no store, no network.
//!
//! | phase | event | next phase | effect |
//! |---|---|---|---|
//! | any live | after `expires_at`: any but sent and not sent | same | refuse as expired |
//! | `Checking` | after the lease: the same | same | refuse as unknown: nobody knows what Twilio did |
//! | `Ended(e)` | any | same | refuse with `e` |
//! | `Starting` | sent | `Waiting` | |
//! | `Starting` | not sent, and nothing was before | `Ended(Canceled)`, no send | refuse with the reason |
//! | `Starting` | not sent again | same | refuse with the reason |
//! | `Starting` | fate unknown | same | the person may ask again |
//! | `Starting`, `Waiting` | resend | same, one send more | send |
//! | `Starting`, `Waiting` | call instead of a text that cannot arrive | same, one call more | send |
//! | `Waiting`, `Checking` | sent, fate unknown | same | |
//! | `Waiting`, `Checking` | not sent | same | refuse with the reason |
//! | `Starting`, `Waiting` | check | `Checking`, one check more | ask Twilio |
//! | `Starting`, `Waiting` | check, none left | same | refuse as exhausted |
//! | `Checking` | resend, call instead, check | same | busy |
//! | not `Checking` | an answer to a check | same | refuse as unknown |
//! | `Checking` | approved | `Ended(AlreadyApproved)` | grant |
//! | `Checking` | wrong, checks left | `Waiting` | say so |
//! | `Checking` | wrong, none left, or too many | `Ended(Exhausted)` | refuse |
//! | `Checking` | not found | `Ended(Expired)` | refuse |
//! | `Checking` | never asked | `Waiting`, one check less | |
//! | `Checking` | outdated | `Ended(Canceled)` | refuse |
//! | `Checking` | fate unknown | `Ended(Unknown)` | refuse |
//! | any live | cancel | `Ended(Canceled)` | cancel at Twilio |
//! | any live | failed | `Ended(Canceled)`, no send | |
//!
//! A live challenge that another one takes the place of becomes `Ended(Superseded)` when that one
//! begins. "Not sent" is the same whether the user gets the send back or not. Too early, too often
//! and by a channel that is not allowed, a resend changes nothing. A send that Twilio refused for
//! fraud blocks every further one of the challenge.

use std::time::{Duration, SystemTime};

use crate::{Channel, VerificationSid};

use super::{ChannelUnavailable, Ended, Policy, Refusal};

mod pending;

pub(super) use pending::{Attempt, PendingChallenge, Phase, Purpose, later};

/// What happens to a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    Resend(Channel),
    /// A text message cannot reach the phone, and the policy says to call it then.
    CallInstead,
    Sent(VerificationSid),
    NotSent(Refusal),
    /// Not sent, as it never could be: the user gets the send back.
    GivenBack(Refusal),
    Check {
        attempt: Attempt,
        lease: Duration,
    },
    Checked {
        attempt: Attempt,
        answer: Answer,
    },
    Cancel,
    /// An error was in the way of the first send, which certainly was not made.
    Failed,
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
    policy: &Policy,
    now: SystemTime,
) -> Result<(PendingChallenge, Effect), Denied> {
    match event {
        Event::Resend(channel) => challenge.live(now)?.resend(channel, policy, now),
        Event::CallInstead => challenge.live(now)?.call_instead(policy, now),
        Event::Check { attempt, lease } => challenge.check(attempt, policy, now, lease),
        Event::Sent(sid) => challenge.settle_send(Ok(sid)),
        Event::NotSent(refusal) | Event::GivenBack(refusal) => challenge.settle_send(Err(refusal)),
        Event::Checked { attempt, answer } => challenge.settle_check(attempt, answer, policy, now),
        Event::Cancel => Ok((challenge.live(now)?.ended(Ended::Canceled), Effect::CancelAtTwilio)),
        Event::Failed => Ok((challenge.live(now)?.unsent().ended(Ended::Canceled), Effect::None)),
    }
}

impl PendingChallenge {
    fn resend(
        mut self,
        channel: Channel,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<(Self, Effect), Denied> {
        self.may_send(&channel, policy)?;
        if self.sends >= policy.sends {
            return Err(Refusal::SendLimitReached { until: self.expires_at }.into());
        }
        let retry_at = self.retry_at(&channel, self.sends, policy);
        if now < retry_at {
            return Err(Refusal::ResendTooSoon { retry_at }.into());
        }
        self.sends += 1;
        Ok(self.send(channel, now))
    }

    /// In the place of a message that was not sent, so it is not a send more and need not wait.
    fn call_instead(self, policy: &Policy, now: SystemTime) -> Result<(Self, Effect), Denied> {
        self.may_send(&Channel::Call, policy)?;
        Ok(self.send(Channel::Call, now))
    }

    fn may_send(&self, channel: &Channel, policy: &Policy) -> Result<(), Denied> {
        match self.phase {
            Phase::Checking { .. } => Err(Denied::Busy),
            _ => Ok(self.check_channel(channel, policy)?),
        }
    }

    fn check_channel(&self, channel: &Channel, policy: &Policy) -> Result<(), Refusal> {
        if self.blocked {
            return Err(Refusal::BlockedByFraudGuard);
        }
        policy.check_channel(channel, &self.purpose)?;
        if *channel == Channel::Call && self.calls >= policy.call_limit {
            let reason = ChannelUnavailable::CallLimit;
            return Err(Refusal::ChannelUnavailable { reason });
        }
        Ok(())
    }

    /// When a call may be asked for, if one still may.
    pub(super) fn next_call_at(&self, policy: &Policy) -> Option<SystemTime> {
        let may_call =
            self.sends < policy.sends && self.check_channel(&Channel::Call, policy).is_ok();
        may_call.then(|| self.retry_at(&Channel::Call, self.sends, policy))
    }

    fn send(mut self, channel: Channel, now: SystemTime) -> (Self, Effect) {
        self.calls += u32::from(channel == Channel::Call);
        self.channel = channel;
        self.sent_at = now;
        (self, Effect::Send)
    }

    /// A refused first send ends the challenge; a refused further one leaves the earlier code.
    fn settle_send(
        mut self,
        answer: Result<VerificationSid, Refusal>,
    ) -> Result<(Self, Effect), Denied> {
        self.blocked |= answer == Err(Refusal::BlockedByFraudGuard);
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
                Ok((self.unsent().ended(Ended::Canceled), Effect::Refuse(refusal)))
            }
            (_, Err(refusal)) => Ok((self, Effect::Refuse(refusal))),
        }
    }

    fn check(
        mut self,
        attempt: Attempt,
        policy: &Policy,
        now: SystemTime,
        lease: Duration,
    ) -> Result<(Self, Effect), Denied> {
        self.check_live(now)?;
        if matches!(self.phase, Phase::Checking { .. }) {
            return Err(Denied::Busy);
        }
        if self.checks_left(policy) == 0 {
            return Err(Ended::Exhausted.into());
        }
        self.checks += 1;
        self.phase = Phase::Checking { attempt, lease_until: later(now, lease) };
        Ok((self, Effect::Ask))
    }

    /// Only whoever reserved the attempt may settle it, and only while the lease holds.
    fn settle_check(
        mut self,
        attempt: Attempt,
        answer: Answer,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<(Self, Effect), Denied> {
        self.check_live(now)?;
        if !matches!(&self.phase, Phase::Checking { attempt: own, .. } if *own == attempt) {
            return Err(Ended::Unknown.into());
        }
        let ended = |challenge, ended: Ended| Ok((challenge, Effect::Refuse(ended.into())));
        match answer {
            Answer::Approved => Ok((self.ended(Ended::AlreadyApproved), Effect::Grant)),
            Answer::Incorrect if self.checks_left(policy) > 0 => {
                let left = self.checks_left(policy);
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

    fn unsent(self) -> Self {
        Self { sends: 0, ..self }
    }

    fn ended(mut self, ended: Ended) -> Self {
        self.phase = Phase::Ended(ended);
        self
    }
}

#[cfg(test)]
mod tests;
