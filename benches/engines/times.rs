//! How long things take.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::time::{Duration, Instant};

/// How long each of many operations took, in the order of time or of length.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) async fn add<T>(&mut self, operation: impl Future<Output = T>) -> T {
        let begin = Instant::now();
        let answer = operation.await;
        self.0.push(begin.elapsed());
        answer
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The longest that so many of a thousand took.
    pub(crate) fn of_a_thousand(&mut self, count: usize) -> Duration {
        self.0.sort_unstable();
        self.0[(self.0.len() * count / 1_000).min(self.0.len() - 1)]
    }

    pub(crate) fn median(&mut self) -> Duration {
        self.of_a_thousand(500)
    }

    pub(crate) fn total(&self) -> Duration {
        self.0.iter().sum()
    }
}

/// Two that are compared, in turn, so that a busy machine is as busy for both.
#[derive(Default)]
pub(crate) struct Pair {
    pub(crate) store: Times,
    pub(crate) by_hand: Times,
}

impl Pair {
    pub(crate) async fn add<A, B>(
        &mut self,
        store: impl Future<Output = A>,
        by_hand: impl Future<Output = B>,
    ) -> (A, B) {
        // Whoever goes second finds the processor's caches warm.
        if self.store.len().is_multiple_of(2) {
            let store = self.store.add(store).await;
            return (store, self.by_hand.add(by_hand).await);
        }
        let by_hand = self.by_hand.add(by_hand).await;
        (self.store.add(store).await, by_hand)
    }

    pub(crate) fn medians(&mut self) -> [Duration; 2] {
        [self.store.median(), self.by_hand.median()]
    }
}
