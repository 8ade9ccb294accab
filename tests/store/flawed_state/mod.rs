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
        Record, Version,
        conformance::{Breakable, StateFixture},
    },
};

mod operations;

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
    /// Lets one at a time check and write, where there is no flaw.
    gate: Arc<tokio::sync::Mutex<()>>,
}

impl Clone for Store {
    fn clone(&self) -> Self {
        let tables = match self.flaw {
            Flaw::ClonesAreCopies => Arc::new(Mutex::new(self.tables().clone())),
            _ => Arc::clone(&self.tables),
        };
        let [broken, locked] = [&self.broken, &self.locked].map(Arc::clone);
        let gate = Arc::clone(&self.gate);
        Self { tables, broken, locked, gate, clock: self.clock.clone(), ..*self }
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

pub(crate) struct Fixture(Store);

impl Fixture {
    pub(crate) fn with(flaw: Flaw) -> Self {
        // One that runs, as those of servers do.
        let clock = ManualClock::running();
        let (begin, [broken, locked]) = (clock.now(), [(); 2].map(|()| Arc::default()));
        Self(Store {
            flaw,
            clock,
            begin,
            tables: Arc::default(),
            broken,
            locked,
            gate: Arc::default(),
        })
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
