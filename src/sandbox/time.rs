//! The sandbox's time.

use std::time::SystemTime;

use crate::clock::{Clock, ManualClock, SystemClock};

/// A clock that tests move; it stands still or runs with the operating system's clock.
#[derive(Debug, Clone, Default)]
pub(crate) struct SandboxClock {
    pub(crate) manual: ManualClock,
    running_since: Option<SystemTime>,
}

impl SandboxClock {
    pub(crate) fn still(manual: ManualClock) -> Self {
        Self { manual, running_since: None }
    }

    /// Shows the real time now, and runs.
    pub(crate) fn running() -> Self {
        let now = SystemClock.now();
        Self { manual: ManualClock::new(now), running_since: Some(now) }
    }
}

impl Clock for SandboxClock {
    fn now(&self) -> SystemTime {
        let elapsed =
            self.running_since.and_then(|since| SystemClock.now().duration_since(since).ok());
        let shown = self.manual.now();
        elapsed.and_then(|elapsed| shown.checked_add(elapsed)).unwrap_or(shown)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::SandboxClock;
    use crate::clock::Clock;

    #[test]
    fn a_still_clock_shows_only_what_was_advanced() {
        let clock = SandboxClock::default();
        let before = clock.now();
        clock.manual.advance(Duration::from_secs(600));
        assert_eq!(clock.now(), before + Duration::from_secs(600));
    }

    #[test]
    fn a_running_clock_adds_what_was_advanced_to_the_real_time() {
        let clock = SandboxClock::running();
        let before = clock.now();
        clock.manual.advance(Duration::from_secs(600));
        assert!(clock.now() >= before + Duration::from_secs(600));
    }
}
