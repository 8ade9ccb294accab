//! What came of many logins.

use std::{fmt, time::Duration};

pub(crate) struct Figures {
    sorted: Vec<Duration>,
    took: Duration,
}

impl Figures {
    pub(crate) fn new(mut times: Vec<Duration>, took: Duration) -> Self {
        times.sort_unstable();
        Self { sorted: times, took }
    }

    /// The time that so many in a hundred do not exceed.
    fn percentile(&self, percent: usize) -> Duration {
        let at = (self.sorted.len() * percent / 100).min(self.sorted.len().saturating_sub(1));
        self.sorted.get(at).copied().unwrap_or_default()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.sorted.len() as f64 / self.took.as_secs_f64();
        let [p50, p99] = [50, 99].map(|percent| self.percentile(percent).as_millis());
        write!(f, "{rate:>10.0} {p50:>5} ms {p99:>5} ms")
    }
}
