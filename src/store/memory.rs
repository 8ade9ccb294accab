//! Pending state in the memory of one process.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;

use super::{Increment, Loaded, Record, StateStore, Swap, Version};
use crate::{BoxError, Clock, SystemClock};

/// A [`StateStore`] in memory, for one process: with several, a challenge that one began is unknown
/// to the others, and a restart ends all challenges and forgets all failures. Expired entries are
/// evicted as the store is used. Clones share their contents.
#[derive(Clone)]
pub struct MemoryState {
    clock: Arc<dyn Clock>,
    contents: Arc<Mutex<Contents>>,
}

#[derive(Default)]
struct Contents {
    records: Table<Record>,
    counters: Table<u32>,
    versions: u64,
}

impl MemoryState {
    /// An empty store on the system's clock.
    pub fn new() -> Self {
        Self::with_clock(SystemClock)
    }

    /// An empty store on another clock, such as a [`ManualClock`](crate::ManualClock) or the
    /// sandbox's.
    pub fn with_clock(clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), contents: Arc::default() }
    }

    /// The contents without what has expired, and the time.
    fn contents(&self) -> (MutexGuard<'_, Contents>, SystemTime) {
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        contents.records.evict(now);
        contents.counters.evict(now);
        (contents, now)
    }
}

#[async_trait]
impl StateStore for MemoryState {
    async fn load(&self, key: &str) -> Result<Loaded, BoxError> {
        let (contents, now) = self.contents();
        Ok(Loaded {
            record: contents.records.live(key, now).map(|(record, _)| record.clone()),
            now,
        })
    }

    async fn save(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Option<Version>,
        time_to_live: Duration,
    ) -> Result<Swap, BoxError> {
        let (mut contents, now) = self.contents();
        if contents.records.live(key, now).map(|(record, _)| record.version) != expected {
            return Ok(Swap::Stale);
        }
        let expires_at = after(now, time_to_live)?;
        contents.versions += 1;
        let version = Version(contents.versions);
        contents.records.put(key, Record { bytes: bytes.into(), version }, expires_at);
        Ok(Swap::Stored(version))
    }

    async fn delete(&self, key: &str) -> Result<(), BoxError> {
        self.contents().0.records.entries.remove(key);
        Ok(())
    }

    async fn increment(
        &self,
        key: &str,
        by: u32,
        window: Duration,
        limit: u32,
    ) -> Result<Increment, BoxError> {
        let (mut contents, now) = self.contents();
        let (count, resets_at) = match contents.counters.live(key, now) {
            Some((count, resets_at)) => (*count, resets_at),
            None => (0, after(now, window)?),
        };
        let next = count.checked_add(by).filter(|next| *next <= limit);
        if let Some(next) = next {
            contents.counters.put(key, next, resets_at);
        }
        Ok(Increment { allowed: next.is_some(), count: next.unwrap_or(count), resets_at })
    }
}

fn after(now: SystemTime, time: Duration) -> Result<SystemTime, BoxError> {
    now.checked_add(time).ok_or_else(|| "the time to live is beyond the range of time".into())
}

/// Values that expire. Each key that was put has one appointment, at or before it expires.
struct Table<T> {
    entries: HashMap<Arc<str>, (T, SystemTime)>,
    appointments: BinaryHeap<Reverse<(SystemTime, Arc<str>)>>,
}

impl<T> Table<T> {
    fn live(&self, key: &str, now: SystemTime) -> Option<(&T, SystemTime)> {
        let (value, expires_at) = self.entries.get(key)?;
        (now < *expires_at).then_some((value, *expires_at))
    }

    fn put(&mut self, key: &str, value: T, expires_at: SystemTime) {
        match self.entries.get_mut(key) {
            Some(entry) => *entry = (value, expires_at),
            None => {
                let key = Arc::<str>::from(key);
                self.appointments.push(Reverse((expires_at, Arc::clone(&key))));
                self.entries.insert(key, (value, expires_at));
            }
        }
    }

    /// Keeps the appointments that are due: removes what has expired, and looks again later at what
    /// was given more time since.
    fn evict(&mut self, now: SystemTime) {
        while self.appointments.peek().is_some_and(|Reverse((due, _))| *due <= now) {
            let Some(Reverse((_, key))) = self.appointments.pop() else { return };
            match self.entries.get(&key) {
                Some((_, expires_at)) if now < *expires_at => {
                    self.appointments.push(Reverse((*expires_at, key)));
                }
                _ => {
                    self.entries.remove(&key);
                }
            }
        }
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { entries: HashMap::new(), appointments: BinaryHeap::new() }
    }
}

impl Default for MemoryState {
    fn default() -> Self {
        Self::new()
    }
}

/// How much it holds, not what.
impl fmt::Debug for MemoryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("MemoryState")
            .field("records", &contents.records.entries.len())
            .field("counters", &contents.counters.entries.len())
            .finish_non_exhaustive()
    }
}
