//! Wrong codes, over all challenges, and the lock that they lead to.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{
    super::{EventKind, Policy, Refusal, challenge::Answer, compact, policy::Lock},
    UserRecord,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Locked {
    Until(#[serde(with = "compact::milliseconds")] SystemTime),
    Hard,
}

impl UserRecord {
    pub(in super::super) fn check_lock(&self, now: SystemTime) -> Result<(), Refusal> {
        match self.locked {
            Some(Locked::Hard) => Err(Refusal::Locked { until: None }),
            Some(Locked::Until(until)) if now < until => {
                Err(Refusal::Locked { until: Some(until) })
            }
            _ => Ok(()),
        }
    }

    pub(in super::super) fn unlock(&mut self) {
        if self.locked.take().is_some() {
            self.note(EventKind::Unlocked, None, None);
        }
        self.failures = 0;
    }

    /// Counts an attempt as failed before Twilio is asked, and locks the user when it is one too
    /// many.
    pub(in super::super) fn reserve_failure(
        &mut self,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        self.check_lock(now)?;
        self.failures = self.failures.saturating_add(1);
        self.locked = policy.lock(self.failures).map(|lock| match lock {
            Lock::Hard => Locked::Hard,
            Lock::For(time) => now.checked_add(time).map_or(Locked::Hard, Locked::Until),
        });
        Ok(())
    }

    /// Settles the reserved failure: only a code that Twilio compared and found wrong stays counted.
    /// What is given back can never end in a grant.
    pub(in super::super) fn settle_failure(
        &mut self,
        answer: Answer,
        granted: bool,
        policy: &Policy,
    ) {
        match (answer, self.locked) {
            (Answer::Incorrect, Some(Locked::Hard)) => self.note(EventKind::HardLocked, None, None),
            (Answer::Incorrect, Some(Locked::Until(_))) => {
                self.note(EventKind::Locked, None, None);
            }
            (Answer::Incorrect, None) => {}
            (Answer::Approved, _) if granted => {
                self.locked = None;
                self.failures = 0;
            }
            _ => {
                if policy.lock(self.failures).is_some() {
                    self.locked = None;
                }
                self.failures = self.failures.saturating_sub(1);
            }
        }
    }
}
