//! The verifications of one service.

use std::{collections::HashMap, time::SystemTime};

use super::{Destination, Refusal, Rules, Verification};
use crate::types::VerificationSid;

/// Which verification a request means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Sid(VerificationSid),
    /// The one that occupies this destination.
    To(Destination),
    /// The SID decides; the destination must be its own.
    Both(VerificationSid, Destination),
}

/// Found by SID or by destination in a time that does not grow with their number.
#[derive(Debug, Default)]
pub(crate) struct Verifications {
    by_sid: HashMap<VerificationSid, Verification>,
    latest: HashMap<Destination, VerificationSid>,
}

impl Verifications {
    /// The one that occupies `to`.
    pub(crate) fn current(
        &mut self,
        to: &Destination,
        now: SystemTime,
        rules: &Rules,
    ) -> Option<&mut Verification> {
        let verification = self.by_sid.get_mut(self.latest.get(to)?)?;
        verification.occupies(now, rules).then_some(verification)
    }

    pub(crate) fn find(
        &mut self,
        target: &Target,
        now: SystemTime,
        rules: &Rules,
    ) -> Result<&mut Verification, Refusal> {
        match target {
            Target::Sid(sid) => self.by_sid.get_mut(sid),
            Target::To(to) => self.current(to, now, rules),
            Target::Both(sid, to) => self.by_sid.get_mut(sid).filter(|found| found.to == *to),
        }
        .ok_or(Refusal::NotFound)
    }

    /// The one that was last started for `to`, whatever became of it.
    pub(crate) fn latest(&self, to: &Destination) -> Option<&Verification> {
        self.by_sid.get(self.latest.get(to)?)
    }

    /// Makes `verification` the latest of its destination, and forgets the one before unless it can
    /// still be fetched.
    pub(crate) fn insert(&mut self, verification: Verification, now: SystemTime, rules: &Rules) {
        let sid = verification.sid.clone();
        if let Some(before) = self.latest.insert(verification.to.clone(), sid.clone())
            && self.by_sid.get(&before).is_some_and(|before| !before.is_visible(now, rules))
        {
            self.by_sid.remove(&before);
        }
        self.by_sid.insert(sid, verification);
    }
}
