//! The only place that reads the time.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

/// Where the time comes from.
///
/// Expiry, resend waits and limits are decided with the time of the state store; the stores that
/// live in this process take it from a `Clock`. Tests pass a [`ManualClock`] and never sleep.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The current time.
    fn now(&self) -> SystemTime;
}

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A clock that tests move. It stands still until it is advanced, or runs with the operating
/// system's clock. Clones share the same time.
///
/// ```
/// use std::time::Duration;
/// use verify_mfa::{Clock, ManualClock};
///
/// let clock = ManualClock::default();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(600));
/// assert_eq!(clock.now(), before + Duration::from_secs(600));
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock {
    shown: Arc<Mutex<SystemTime>>,
    running_since: Option<SystemTime>,
}

impl ManualClock {
    /// A clock that shows `now` until it is advanced.
    pub fn new(now: SystemTime) -> Self {
        Self { shown: Arc::new(Mutex::new(now)), running_since: None }
    }

    /// A clock that shows the real time, and runs.
    pub fn running() -> Self {
        let now = SystemClock.now();
        Self { running_since: Some(now), ..Self::new(now) }
    }

    /// Moves the clock forward. A step that would leave the range of [`SystemTime`] is ignored.
    pub fn advance(&self, by: Duration) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = shown.checked_add(by).unwrap_or(*shown);
    }
}

#[cfg(feature = "sandbox")]
impl ManualClock {
    /// Whether time passes by itself.
    pub(crate) fn is_running(&self) -> bool {
        self.running_since.is_some()
    }

    /// What it was set to: it changes only when the clock is advanced.
    pub(crate) fn setting(&self) -> SystemTime {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stands still at 2026-01-01 00:00:00 UTC.
impl Default for ManualClock {
    fn default() -> Self {
        Self::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        let shown = *self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed =
            self.running_since.and_then(|since| SystemClock.now().duration_since(since).ok());
        elapsed.and_then(|elapsed| shown.checked_add(elapsed)).unwrap_or(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_clock_adds_what_was_advanced_to_the_real_time() {
        let clock = ManualClock::running();
        let before = clock.now();
        clock.advance(Duration::from_secs(600));
        assert!(clock.now() >= before + Duration::from_secs(600));
    }

    #[test]
    fn clones_share_the_same_time() {
        let clock = ManualClock::default();
        let clone = clock.clone();
        clock.advance(Duration::from_secs(1));
        assert_eq!(clone.now(), clock.now());
    }
}
