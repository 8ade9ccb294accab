//! How many in how long.

use std::time::{Duration, SystemTime};

/// So many sends in so long a time. A call counts as two, because it costs more.
///
/// The sends of a user, and a user's new phones, are counted in the time that has just passed. What spans
/// users is counted from its first send on, and again after the window, so that around its end up to
/// twice as many can come close together.
///
/// ```
/// use std::time::Duration;
/// use verify_mfa::flow::Limit;
///
/// assert_eq!(Limit::per_hour(10), Limit::new(10, Duration::from_secs(3600)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub(super) count: u32,
    pub(super) window: Duration,
}

impl Limit {
    /// `count` within `window`. A count of 0 refuses everything.
    pub const fn new(count: u32, window: Duration) -> Self {
        Self { count, window }
    }

    /// `count` within an hour.
    pub const fn per_hour(count: u32) -> Self {
        Self::new(count, Duration::from_secs(60 * 60))
    }

    /// `count` within 24 hours.
    pub const fn per_day(count: u32) -> Self {
        Self::new(count, DAY)
    }

    /// Whether `more` fit after those at `times`, which are in order, or when they will: `None` is
    /// now.
    pub(super) fn wait(
        self,
        times: &[SystemTime],
        more: usize,
        now: SystemTime,
    ) -> Option<SystemTime> {
        let counts = |time: &SystemTime| time.checked_add(self.window).is_none_or(|end| now < end);
        let counted = times.get(times.partition_point(|time| !counts(time))..).unwrap_or_default();
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        let excess = (counted.len() + more).checked_sub(count).filter(|excess| *excess > 0)?;
        let last = counted.get(excess - 1).or(counted.last()).unwrap_or(&now);
        Some(last.checked_add(self.window).unwrap_or(*last))
    }
}

pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    const THREE_A_MINUTE: Limit = Limit::new(3, Duration::from_secs(60));

    #[test]
    fn what_fits_need_not_wait() {
        assert_eq!(THREE_A_MINUTE.wait(&[], 1, at(0)), None);
        assert_eq!(THREE_A_MINUTE.wait(&[at(0), at(1)], 1, at(2)), None);
    }

    #[test]
    fn one_too_many_waits_for_the_oldest_to_leave() {
        assert_eq!(THREE_A_MINUTE.wait(&[at(0), at(10), at(20)], 1, at(59)), Some(at(60)));
        assert_eq!(THREE_A_MINUTE.wait(&[at(0), at(10), at(20)], 1, at(60)), None);
    }

    #[test]
    fn two_at_once_wait_for_two_to_leave() {
        assert_eq!(THREE_A_MINUTE.wait(&[at(0), at(10), at(20)], 2, at(30)), Some(at(70)));
    }

    #[test]
    fn a_limit_of_nothing_refuses_everything() {
        assert_eq!(Limit::per_day(0).wait(&[], 1, at(0)), Some(at(24 * 60 * 60)));
    }
}
