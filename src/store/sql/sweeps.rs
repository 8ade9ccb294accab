//! Removing what has expired, beside the flow.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

/// When expired rows are removed: at the first write, and at the first one a minute or more after the
/// last time.
#[derive(Debug)]
pub(in crate::store) struct Sweeps(AtomicI64);

impl Sweeps {
    /// Removes expired rows in a task of its own, if it is time to. `batch` removes some, and tells
    /// whether it found any.
    pub(in crate::store) fn start_at_times<F>(
        &self,
        now: i64,
        batch: impl Fn() -> F + Send + 'static,
    ) where
        F: Future<Output = Result<bool, sqlx::Error>> + Send + 'static,
    {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if self.is_time(now) {
            runtime.spawn(sweep(batch));
        }
    }

    fn is_time(&self, now: i64) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        // A clock that was set back is no reason to wait for it.
        let is_time = !(last..last.saturating_add(MINUTE)).contains(&now);
        is_time && self.0.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Default for Sweeps {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

/// A failure is no failure of the flow: the rows are absent whether they are there or not.
#[expect(clippy::disallowed_methods, reason = "the flow does not wait for a sweep")]
async fn sweep<F>(batch: impl Fn() -> F)
where
    F: Future<Output = Result<bool, sqlx::Error>>,
{
    loop {
        match batch().await {
            Ok(true) => tokio::time::sleep(PAUSE).await,
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "expired rows could not be removed");
                return;
            }
        }
    }
}

const MINUTE: i64 = 60_000;
/// Between two batches, for writers that wait: SQLite has them look again after 1, 2, 5 and 10 ms, and
/// whoever takes the lock without a pause is always there first.
const PAUSE: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_begins_at_once_and_again_after_a_minute() {
        let sweeps = Sweeps::default();
        let begins = [0, 1, MINUTE - 1, MINUTE, MINUTE + 1].map(|now| sweeps.is_time(now));
        assert_eq!(begins, [true, false, false, true, false]);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_stop_the_sweeps() {
        let sweeps = Sweeps::default();
        assert!(sweeps.is_time(10 * MINUTE));
        assert!(sweeps.is_time(MINUTE));
    }
}
