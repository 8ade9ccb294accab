//! One record per user: the failures, the lock, and at most one live challenge for each purpose.

use std::{
    mem::discriminant,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{UserId, client::VerificationId};

use super::{
    ChallengeId, Ended, Refusal, Session,
    challenge::{Answer, Denied, Effect, Event, PendingChallenge, Phase, Purpose, decide},
    policy::{LIFETIME, Lock, cool_down},
};

/// What the flow remembers of a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct UserRecord {
    pub(super) user: String,
    failures: u32,
    locked: Option<Locked>,
    challenges: Vec<PendingChallenge>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Locked {
    Until(SystemTime),
    Hard,
}

/// How a challenge begins.
pub(super) enum Begun {
    /// The same session has one already: nothing is sent.
    Live(Box<PendingChallenge>),
    /// A new one: a code has to be sent, after an older one is canceled at Twilio.
    New { superseded: Option<VerificationId> },
}

impl UserRecord {
    pub(super) fn new(user: &UserId) -> Self {
        Self { user: user.as_str().into(), failures: 0, locked: None, challenges: Vec::new() }
    }

    pub(super) fn check_lock(&self, now: SystemTime) -> Result<(), Refusal> {
        match self.locked {
            Some(Locked::Hard) => Err(Refusal::Locked { until: None }),
            Some(Locked::Until(until)) if now < until => {
                Err(Refusal::Locked { until: Some(until) })
            }
            _ => Ok(()),
        }
    }

    /// Twice as long as a challenge lives, to say that it has expired; wrong codes are not forgotten
    /// until a right one comes.
    pub(super) fn time_to_live(&self) -> Duration {
        if self.failures == 0 { LIFETIME * 2 } else { FAILURES_KEPT }
    }

    pub(super) fn unlock(&mut self) {
        self.failures = 0;
        self.locked = None;
    }

    /// Begins `new`, unless the same session has such a challenge already. Others of the same purpose
    /// or the same phone are superseded, and stay to say so: Twilio sends one code to a phone, and a
    /// code that was sent for one purpose must not serve another.
    pub(super) fn begin(
        &mut self,
        new: PendingChallenge,
        now: SystemTime,
    ) -> Result<Begun, Refusal> {
        self.check_lock(now)?;
        self.challenges.retain(|own| now < own.expires_at);
        let mut superseded = None;
        for own in self.challenges.iter_mut().filter(|own| own.concerns(&new)) {
            let live = own.clone().live(now).ok();
            // Of a start whose reply was lost, only the phone is known.
            let lost = live.is_some().then(|| VerificationId::from(&own.phone));
            match live {
                Some(live) if live.continues(&new) => return Ok(Begun::Live(Box::new(live))),
                Some(_) => own.phase = Phase::Ended(Ended::Superseded),
                None => {}
            }
            // Twilio would repeat the old code, or refuse to send after five wrong ones.
            let verification = own.verification.take().map(VerificationId::from).or(lost);
            superseded = verification.filter(|_| own.may_be_canceled()).or(superseded);
        }
        if self.challenges.len() >= REMEMBERED {
            let ended = self.challenges.iter().position(|own| own.clone().live(now).is_err());
            self.challenges.remove(ended.unwrap_or(0));
        }
        self.challenges.push(new);
        Ok(Begun::New { superseded })
    }

    /// Lets `event` happen to the challenge `id`, and gives the challenge as it is then.
    pub(super) fn apply(
        &mut self,
        id: &ChallengeId,
        event: Event,
        now: SystemTime,
    ) -> Result<(PendingChallenge, Effect), Denied> {
        let own = self.challenges.iter_mut().find(|own| own.id.is(id));
        let own = own.ok_or(Ended::Unknown)?;
        let (next, effect) = decide(own.clone(), event, now)?;
        *own = next.clone();
        Ok((next, effect))
    }

    /// Counts an attempt as failed before Twilio is asked, and locks the user when it is one too
    /// many.
    pub(super) fn reserve_failure(&mut self, now: SystemTime) -> Result<(), Refusal> {
        self.check_lock(now)?;
        self.failures = self.failures.saturating_add(1);
        self.locked = cool_down(self.failures).map(|lock| match lock {
            Lock::Hard => Locked::Hard,
            Lock::For(time) => now.checked_add(time).map_or(Locked::Hard, Locked::Until),
        });
        Ok(())
    }

    /// Settles the reserved failure: only a code that Twilio compared and found wrong stays counted.
    /// What is given back can never end in a grant.
    pub(super) fn settle_failure(&mut self, answer: Answer, granted: bool) {
        match answer {
            Answer::Incorrect => {}
            Answer::Approved if granted => self.unlock(),
            _ => {
                if cool_down(self.failures).is_some() {
                    self.locked = None;
                }
                self.failures = self.failures.saturating_sub(1);
            }
        }
    }

    /// The challenge `id`, if it began in `session`.
    pub(super) fn find(
        &self,
        id: &ChallengeId,
        session: &Session,
    ) -> Result<&PendingChallenge, Ended> {
        let own = self.challenges.iter().find(|own| own.id.is(id));
        own.filter(|own| session.is(&own.session)).ok_or(Ended::Unknown)
    }
}

impl PendingChallenge {
    /// Whether `new` takes the place of this one.
    fn concerns(&self, new: &Self) -> bool {
        discriminant(&self.purpose) == discriminant(&new.purpose) || self.phone == new.phone
    }

    /// A verification is shared by everybody who verifies the same phone with the same service, so
    /// only the phone's user may end it; whoever merely claims the phone may not.
    pub(super) fn may_be_canceled(&self) -> bool {
        !self.purpose.is_claim() && self.phase != Phase::Ended(Ended::AlreadyApproved)
    }

    /// Whether starting `new` is a repetition of this one.
    fn continues(&self, new: &Self) -> bool {
        let same = match &self.purpose {
            Purpose::Login { .. } => discriminant(&self.purpose) == discriminant(&new.purpose),
            purpose => *purpose == new.purpose,
        };
        same && bool::from(self.session.ct_eq(&new.session))
            && self.phone == new.phone
            && self.stamp == new.stamp
    }
}

impl ChallengeId {
    fn is(&self, other: &Self) -> bool {
        self.as_str().as_bytes().ct_eq(other.as_str().as_bytes()).into()
    }
}

/// Ended challenges are kept for their ten minutes, to say how they ended, but not many of them.
const REMEMBERED: usize = 8;
/// Ten years: longer than any lock.
const FAILURES_KEPT: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
