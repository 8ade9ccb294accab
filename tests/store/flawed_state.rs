//! A small state store that can have one flaw, and fails on demand.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use tokio::task::yield_now;
use verify_mfa::{
    BoxError, Clock, ManualClock,
    store::{
        Increment, Loaded, Record, StateStore, Swap, Version,
        conformance::{Breakable, StateFixture},
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    SavesInTwoSteps,
    SavesWhatIsStale,
    VersionsRestart,
    ShowsWhatExpired,
    KeepsTheFirstExpiry,
    TextOnly,
    FoldsCase,
    DeletesOnlyWhatIsThere,
    ClonesAreCopies,
    ItsTimeStandsStill,
    FailuresAreAbsence,
    FailsAfterSaving,
    CountsInTwoSteps,
    CountsWhatItRefuses,
    ItsWindowSlides,
    OneTableForAll,
    StaysLockedWhenDropped,
}

#[derive(Clone, Default)]
struct Tables {
    records: HashMap<String, (Record, SystemTime)>,
    counters: HashMap<String, (u32, SystemTime)>,
    versions: u64,
}

pub(crate) struct Store {
    flaw: Flaw,
    clock: ManualClock,
    begin: SystemTime,
    tables: Arc<Mutex<Tables>>,
    broken: Arc<AtomicBool>,
    locked: Arc<AtomicBool>,
}

impl Clone for Store {
    fn clone(&self) -> Self {
        let tables = match self.flaw {
            Flaw::ClonesAreCopies => Arc::new(Mutex::new(self.tables().clone())),
            _ => Arc::clone(&self.tables),
        };
        let [broken, locked] = [&self.broken, &self.locked].map(Arc::clone);
        Self { tables, broken, locked, clock: self.clock.clone(), ..*self }
    }
}

impl Store {
    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap()
    }

    fn check(&self) -> Result<(), BoxError> {
        if self.broken.load(Ordering::Relaxed) { Err("the engine is away".into()) } else { Ok(()) }
    }

    fn key(&self, key: &str) -> String {
        if self.has(Flaw::FoldsCase) { key.to_lowercase() } else { key.to_owned() }
    }

    fn live(&self, key: &str) -> Option<Record> {
        let tables = self.tables();
        let (record, expires_at) = tables.records.get(&self.key(key))?;
        let is_live = self.clock.now() < *expires_at || self.has(Flaw::ShowsWhatExpired);
        is_live.then(|| record.clone())
    }

    fn put(&self, key: &str, bytes: &[u8], time_to_live: Duration) -> Version {
        let (before, mut tables) = (self.live(key), self.tables());
        tables.versions += 1;
        let version = match before {
            Some(record) if self.has(Flaw::VersionsRestart) => record.version.0 + 1,
            None if self.has(Flaw::VersionsRestart) => 1,
            _ => tables.versions,
        };
        let text = String::from_utf8_lossy(bytes).into_owned().into_bytes();
        let bytes = if self.has(Flaw::TextOnly) { text } else { bytes.to_vec() };
        let mut expires_at = self.clock.now() + time_to_live;
        if let Some((_, first)) = tables.records.get(&self.key(key)) {
            expires_at = if self.has(Flaw::KeepsTheFirstExpiry) { *first } else { expires_at };
        }
        let record = Record { bytes, version: Version(version) };
        tables.records.insert(self.key(key), (record, expires_at));
        Version(version)
    }

    async fn take_lock(&self) -> Result<(), BoxError> {
        if self.has(Flaw::StaysLockedWhenDropped) {
            if self.locked.swap(true, Ordering::Relaxed) {
                return Err("the lock is taken".into());
            }
            yield_now().await;
            self.locked.store(false, Ordering::Relaxed);
        }
        Ok(())
    }
}

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
        let mut gate = Some(GATE.lock().await);
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
        let mut gate = Some(GATE.lock().await);
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

pub(crate) struct Fixture(Store);

impl Fixture {
    pub(crate) fn with(flaw: Flaw) -> Self {
        let clock = ManualClock::default();
        let (begin, [broken, locked]) = (clock.now(), [(); 2].map(|()| Arc::default()));
        Self(Store { flaw, clock, begin, tables: Arc::default(), broken, locked })
    }
}

impl StateFixture for Fixture {
    type Store = Store;

    fn store(&self) -> &Store {
        &self.0
    }

    async fn advance(&self, by: Duration) {
        self.0.clock.advance(by);
    }
}

impl Breakable for Fixture {
    async fn break_it(&self) {
        self.0.broken.store(true, Ordering::Relaxed);
    }

    async fn repair(&self) {
        self.0.broken.store(false, Ordering::Relaxed);
    }
}

/// Lets one at a time check and write, where there is no flaw.
static GATE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
