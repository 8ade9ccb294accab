//! How wrong codes in a row lock a user.

use std::time::Duration;

use super::limit::DAY;

/// How long the user is locked after so many wrong codes in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoolDown {
    /// Wrong codes in a row, over all challenges.
    pub failures: u32,
    /// How long the user cannot try again.
    pub wait: Duration,
}

/// The cool-downs, and the lock that does not end by itself.
#[derive(Debug, Clone)]
pub(super) struct LockSchedule {
    pub(super) cool_downs: Vec<CoolDown>,
    pub(super) hard: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    For(Duration),
    Hard,
}

impl Default for LockSchedule {
    fn default() -> Self {
        let hour = Duration::from_secs(60 * 60);
        let cool_down = |failures, wait| CoolDown { failures, wait };
        let cool_downs = vec![cool_down(10, hour / 4), cool_down(15, hour), cool_down(20, DAY)];
        Self { cool_downs, hard: 100 }
    }
}

impl LockSchedule {
    /// How the user is locked by the `failures`-th wrong code in a row, if at all.
    pub(super) fn lock(&self, failures: u32) -> Option<Lock> {
        if failures >= self.hard {
            return Some(Lock::Hard);
        }
        let last = self.cool_downs.last()?;
        let again = failures > last.failures && (failures - last.failures).is_multiple_of(5);
        let reached = self.cool_downs.iter().find(|own| own.failures == failures);
        reached.or(again.then_some(last)).map(|own| Lock::For(own.wait))
    }

    /// Whether the cool-downs begin early enough and grow.
    pub(super) fn grows(&self) -> bool {
        let grow = |pair: &[CoolDown]| matches!(pair, [a, b] if a.failures < b.failures && a.wait <= b.wait);
        let first = |first: &CoolDown| {
            (1..=10).contains(&first.failures) && first.wait >= SHORTEST_COOL_DOWN
        };
        self.cool_downs.first().is_some_and(first) && self.cool_downs.windows(2).all(grow)
    }
}

/// Times are kept in milliseconds: a lock that is shorter than one would be none.
const SHORTEST_COOL_DOWN: Duration = Duration::from_secs(60);
