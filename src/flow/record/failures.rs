//! Wrong codes, over all challenges, and the lock that they lead to.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{
    super::{EventKind, Policy, Refusal, challenge::Answer, compact, cool_down::Lock},
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
        if self.locked.is_some() {
            self.note(EventKind::Unlocked, None, None);
        }
        self.lift_lock();
        self.failures = 0;
    }

    fn lift_lock(&mut self) {
        self.locked = None;
        self.lock_untold = false;
    }

    /// Tells of a lock once, and whether there was one to tell of: not while a check that was counted as
    /// failed may still be given back.
    pub(in super::super) fn tell_lock(&mut self, now: SystemTime) -> bool {
        let kind = match self.locked {
            Some(Locked::Hard) => EventKind::HardLocked,
            Some(Locked::Until(_)) => EventKind::Locked,
            None => return false,
        };
        if !self.lock_untold || self.challenges.iter().any(|own| own.is_being_checked(now)) {
            return false;
        }
        self.lock_untold = false;
        self.note(kind, None, None);
        true
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
        self.locked = policy.locks.lock(self.failures).map(|lock| match lock {
            Lock::Hard => Locked::Hard,
            Lock::For(time) => now.checked_add(time).map_or(Locked::Hard, Locked::Until),
        });
        self.lock_untold = self.locked.is_some();
        Ok(())
    }

    /// Settles the reserved failure: only a code that Twilio compared and found wrong stays counted.
    /// What is given back can never end in a grant.
    pub(in super::super) fn settle_failure(
        &mut self,
        answer: Answer,
        granted: bool,
        policy: &Policy,
        now: SystemTime,
    ) {
        match answer {
            Answer::Incorrect => {}
            Answer::Approved if granted => {
                self.lift_lock();
                self.failures = 0;
            }
            _ => {
                if policy.locks.lock(self.failures).is_some() {
                    self.lift_lock();
                }
                self.failures = self.failures.saturating_sub(1);
            }
        }
        self.tell_lock(now);
    }
}
