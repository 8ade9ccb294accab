//! Where the client takes time, waits and chance from.

use std::{
    fmt::Debug,
    pin::Pin,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

use crate::{Clock, SystemClock, random};

/// Time, waits and chance, which a test replaces.
pub(super) trait Pace: Debug + Send + Sync {
    /// For measuring how long something takes.
    fn instant(&self) -> Instant;

    /// What time it is, which only a `Retry-After` with a date has to know.
    fn now(&self) -> SystemTime;

    /// From 0 up to 1.
    fn jitter(&self) -> f64;

    /// Waits.
    fn wait(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The operating system's.
#[derive(Debug)]
pub(super) struct RealPace;

impl Pace for RealPace {
    fn instant(&self) -> Instant {
        Instant::now()
    }

    fn now(&self) -> SystemTime {
        SystemClock.now()
    }

    /// Without randomness the whole wait.
    fn jitter(&self) -> f64 {
        let chance = random::bytes().map_or(u32::MAX, u32::from_ne_bytes);
        f64::from(chance) / f64::from(u32::MAX)
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that waits")]
    fn wait(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(time))
    }
}
