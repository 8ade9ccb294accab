//! The operations, each with the flaws that it may have.

use std::time::Duration;

use tokio::task::yield_now;
use verify_mfa::{
    BoxError, Clock,
    store::{Increment, Loaded, StateStore, Swap, Version},
};

use super::{Flaw, Store};

#[async_trait::async_trait]
impl StateStore for Store {
    async fn load(&self, key: &str) -> Result<Loaded, BoxError> {
        let now = if self.has(Flaw::ItsTimeStandsStill) { self.begin } else { self.clock.now() };
        match self.check() {
            Err(_) if self.has(Flaw::FailuresAreAbsence) => Ok(Loaded { record: None, now }),
            Err(error) => Err(error),
            Ok(()) => Ok(Loaded { record: self.live(key), now }),
        }
    }

    async fn save(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Option<Version>,
        time_to_live: Duration,
    ) -> Result<Swap, BoxError> {
        if self.has(Flaw::FailsAfterSaving) && self.check().is_err() {
            self.put(key, bytes, time_to_live);
        }
        self.check()?;
        self.take_lock().await?;
        let mut gate = Some(self.gate.lock().await);
        let is_stale = self.live(key).map(|record| record.version) != expected;
        if self.has(Flaw::SavesInTwoSteps) {
            gate = None;
            yield_now().await;
        }
        if !is_stale {
            return Ok(Swap::Stored(self.put(key, bytes, time_to_live)));
        }
        if self.has(Flaw::SavesWhatIsStale) {
            self.put(key, bytes, time_to_live);
        }
        drop(gate);
        Ok(Swap::Stale)
    }

    async fn delete(&self, key: &str) -> Result<(), BoxError> {
        self.check()?;
        let mut tables = self.tables();
        if self.has(Flaw::OneTableForAll) {
            tables.counters.remove(key);
        }
        match tables.records.remove(&self.key(key)) {
            None if self.has(Flaw::DeletesOnlyWhatIsThere) => Err("no row was deleted".into()),
            _ => Ok(()),
        }
    }

    async fn increment(
        &self,
        key: &str,
        by: u32,
        window: Duration,
        limit: u32,
    ) -> Result<Increment, BoxError> {
        self.check()?;
        let mut gate = Some(self.gate.lock().await);
        let now = self.clock.now();
        let counter = self.tables().counters.get(key).copied();
        let (count, mut resets_at) = counter.filter(|it| now < it.1).unwrap_or((0, now + window));
        if self.has(Flaw::CountsInTwoSteps) {
            gate = None;
            yield_now().await;
        }
        if self.has(Flaw::ItsWindowSlides) {
            resets_at = now + window;
        }
        let next = count.saturating_add(by);
        let allowed = next <= limit;
        let count = if allowed || self.has(Flaw::CountsWhatItRefuses) { next } else { count };
        self.tables().counters.insert(key.to_owned(), (count, resets_at));
        drop(gate);
        Ok(Increment { allowed, count, resets_at })
    }
}
