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
/// evicted as new ones come. Clones share their contents.
#[derive(Clone)]
pub struct MemoryState {
    clock: Arc<dyn Clock>,
    contents: Arc<Mutex<Contents>>,
}

#[derive(Default)]
struct Contents {
    records: HashMap<Arc<str>, Entry<Record>>,
    counters: HashMap<Arc<str>, Entry<u32>>,
    expiries: BinaryHeap<Reverse<(SystemTime, Arc<str>)>>,
    versions: u64,
}

struct Entry<T> {
    value: T,
    expires_at: SystemTime,
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
        contents.evict(now);
        (contents, now)
    }
}

impl Contents {
    /// Each entry is pushed once and popped once for every time that it was written.
    fn evict(&mut self, now: SystemTime) {
        while let Some(Reverse((at, key))) = self.expiries.peek() {
            if *at > now {
                break;
            }
            if self.records.get(key).is_some_and(|entry| entry.expires_at <= now) {
                self.records.remove(key);
            }
            if self.counters.get(key).is_some_and(|entry| entry.expires_at <= now) {
                self.counters.remove(key);
            }
            self.expiries.pop();
        }
    }

    fn store(&mut self, key: Arc<str>, bytes: &[u8], expires_at: SystemTime) -> Version {
        self.versions += 1;
        let record = Record { bytes: bytes.into(), version: Version(self.versions) };
        self.expiries.push(Reverse((expires_at, Arc::clone(&key))));
        self.records.insert(key, Entry { value: record, expires_at });
        Version(self.versions)
    }
}

#[async_trait]
impl StateStore for MemoryState {
    async fn load(&self, key: &str) -> Result<Loaded, BoxError> {
        let (contents, now) = self.contents();
        Ok(Loaded { record: contents.records.get(key).map(|entry| entry.value.clone()), now })
    }

    async fn save(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Option<Version>,
        time_to_live: Duration,
    ) -> Result<Swap, BoxError> {
        let (mut contents, now) = self.contents();
        let own = contents.records.get_key_value(key);
        if own.map(|(_, entry)| entry.value.version) != expected {
            return Ok(Swap::Stale);
        }
        let key = own.map_or_else(|| key.into(), |(key, _)| Arc::clone(key));
        let expires_at = after(now, time_to_live)?;
        Ok(Swap::Stored(contents.store(key, bytes, expires_at)))
    }

    async fn delete(&self, key: &str) -> Result<(), BoxError> {
        self.contents().0.records.remove(key);
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
        let own = contents.counters.get(key).map(|entry| (entry.value, entry.expires_at));
        let (count, resets_at) =
            own.map_or_else(|| Ok((0, after(now, window)?)), Ok::<_, BoxError>)?;
        let Some(next) = count.checked_add(by).filter(|next| *next <= limit) else {
            return Ok(Increment { allowed: false, count, resets_at });
        };
        let key = Arc::<str>::from(key);
        if own.is_none() {
            contents.expiries.push(Reverse((resets_at, Arc::clone(&key))));
        }
        contents.counters.insert(key, Entry { value: next, expires_at: resets_at });
        Ok(Increment { allowed: true, count: next, resets_at })
    }
}

fn after(now: SystemTime, time: Duration) -> Result<SystemTime, BoxError> {
    now.checked_add(time).ok_or_else(|| "the time to live is beyond the range of time".into())
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
            .field("records", &contents.records.len())
            .field("counters", &contents.counters.len())
            .finish_non_exhaustive()
    }
}
