//! The verifications of one service.
//!
//! Memory is bounded by what is live: a pending verification is forgotten when it expires, and of
//! those that ended, [`KEPT_ENDED`] are kept, none for longer than [`Rules::retention`]. To the
//! outside that is all the same: what is forgotten is not found, like what is approved or expired.

use std::{
    collections::{HashMap, VecDeque},
    time::SystemTime,
};

use super::{Destination, Refusal, Rules, SidAndTo, Verification};
use crate::types::{VerificationSid, VerificationStatus};

/// Which verification a request means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Sid(VerificationSid),
    /// The one that occupies this destination.
    To(Destination),
    Both(VerificationSid, Destination),
}

/// Found by SID or by destination in a time that does not grow with their number.
#[derive(Debug, Default)]
pub(crate) struct Verifications {
    /// Boxed, because a table has room to spare.
    records: HashMap<u64, Box<Verification>>,
    by_sid: HashMap<VerificationSid, u64>,
    latest: HashMap<Destination, u64>,
    /// In the order of their beginning, which is that of their expiry.
    occupying: VecDeque<u64>,
    /// In the order of their end.
    ended: VecDeque<(SystemTime, u64)>,
    last: u64,
}

impl Verifications {
    /// The one that was last started for `to`, whatever became of it.
    pub(crate) fn latest(&self, to: &Destination) -> Option<&Verification> {
        self.records.get(self.latest.get(to)?).map(Box::as_ref)
    }

    pub(crate) fn latest_mut(&mut self, to: &Destination) -> Option<&mut Verification> {
        self.records.get_mut(self.latest.get(to)?).map(Box::as_mut)
    }

    /// Which one is meant, in whatever state it is.
    pub(crate) fn find(
        &mut self,
        target: &Target,
        now: SystemTime,
        rules: &Rules,
    ) -> Result<&mut Verification, Refusal> {
        let found = match target {
            Target::Sid(sid) => self.by_sid(sid),
            Target::To(to) => self.latest_mut(to).filter(|found| found.occupies(now, rules)),
            Target::Both(sid, to) => {
                let sid_alone = rules.behaviour.check_sid_and_to == SidAndTo::SidAlone;
                self.by_sid(sid).filter(|found| sid_alone || found.to == *to)
            }
        };
        found.ok_or(Refusal::NotFound)
    }

    pub(crate) fn by_sid(&mut self, sid: &VerificationSid) -> Option<&mut Verification> {
        self.records.get_mut(self.by_sid.get(sid)?).map(Box::as_mut)
    }

    /// Makes `verification` the latest of its destination.
    pub(crate) fn insert(&mut self, verification: Verification) {
        self.last += 1;
        let number = self.last;
        self.occupying.push_back(number);
        self.by_sid.insert(verification.sid.clone(), number);
        self.latest.insert(verification.to.clone(), number);
        self.records.insert(number, Box::new(verification));
    }

    /// To be told when a verification was approved or canceled.
    pub(crate) fn note_end(&mut self, sid: &VerificationSid, now: SystemTime) {
        if let Some(&number) = self.by_sid.get(sid) {
            self.ended.push_back((now, number));
        }
    }

    /// Forgets what expired, and what ended long ago or much else ago.
    pub(crate) fn forget(&mut self, now: SystemTime, rules: &Rules) {
        while let Some(&number) = self.occupying.front() {
            match self.records.get(&number) {
                Some(found) if found.occupies(now, rules) => break,
                Some(found) if found.status == VerificationStatus::Pending => self.remove(number),
                Some(found) if found.status == VerificationStatus::MaxAttemptsReached => {
                    self.ended.push_back((now, number));
                }
                _ => {}
            }
            self.occupying.pop_front();
        }
        while let Some(&(at, number)) = self.ended.front() {
            let age = now.duration_since(at).unwrap_or_default();
            if age < rules.retention() && self.ended.len() <= KEPT_ENDED {
                break;
            }
            self.ended.pop_front();
            self.remove(number);
        }
        self.compact(now, rules);
    }

    /// Under a clock that stands still, nothing expires and only the middle of the list ends.
    fn compact(&mut self, now: SystemTime, rules: &Rules) {
        if self.occupying.len() > 2 * self.records.len() + KEPT_ENDED {
            let records = &self.records;
            self.occupying.retain(|number| {
                records.get(number).is_some_and(|found| found.occupies(now, rules))
            });
        }
    }

    fn remove(&mut self, number: u64) {
        let Some(removed) = self.records.remove(&number) else { return };
        self.by_sid.remove(&removed.sid);
        if self.latest.get(&removed.to) == Some(&number) {
            self.latest.remove(&removed.to);
        }
    }

    #[cfg(test)]
    pub(crate) fn sizes(&self) -> [usize; 5] {
        [
            self.records.len(),
            self.by_sid.len(),
            self.latest.len(),
            self.occupying.len(),
            self.ended.len(),
        ]
    }
}

/// How many verifications of one service are remembered after their end.
pub(crate) const KEPT_ENDED: usize = 10_000;
