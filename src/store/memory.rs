//! Pending state in the memory of one process.

use std::{
    collections::{HashMap, hash_map::RandomState},
    fmt,
    hash::{BuildHasher, BuildHasherDefault, Hasher},
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;

use super::{Increment, Loaded, Record, StateStore, Swap, Version};
use crate::{BoxError, Clock, SystemClock};

/// A [`StateStore`] in memory, for one process: with several, a challenge that one began is unknown
/// to the others, and a restart ends all challenges and forgets all failures. Expired entries are
/// absent at once and evicted as the store is used. Clones share their contents.
#[derive(Clone)]
pub struct MemoryState {
    clock: Arc<dyn Clock>,
    shards: Arc<[Mutex<Shard>]>,
    hasher: RandomState,
}

/// What a key is kept as: a hash of 128 bits with a secret of the process. A million keys share none
/// but with a chance of one in 2^88, and it weighs less than their texts.
type Name = (u64, u64);

/// Some of the keys, so that no operation waits for a table of all of them to grow or to be swept.
#[derive(Default)]
struct Shard {
    records: Table<Kept>,
    counters: Table<u32>,
    versions: u64,
    /// When it need not be swept.
    swept: Option<Range<SystemTime>>,
}

/// A [`Record`] without room to grow.
struct Kept {
    bytes: Box<[u8]>,
    version: Version,
}

impl MemoryState {
    /// An empty store on the system's clock.
    pub fn new() -> Self {
        Self::with_clock(SystemClock)
    }

    /// An empty store on another clock, such as a [`ManualClock`](crate::ManualClock) or the
    /// sandbox's.
    pub fn with_clock(clock: impl Clock) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { clock: Arc::new(clock), shards, hasher: RandomState::new() }
    }

    /// The name of `key`. Its second half is the hash of one byte more, as going through the key twice
    /// costs as much again.
    fn name(&self, key: &str) -> Name {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(key.as_bytes());
        let half = hasher.finish();
        hasher.write_u8(0);
        (half, hasher.finish())
    }

    /// The shard of `key`, without what expired long ago, the name of `key` there, and the time.
    #[expect(clippy::indexing_slicing, reason = "a remainder is below the number of shards")]
    fn shard(&self, key: &str) -> (MutexGuard<'_, Shard>, Name, SystemTime) {
        let name = self.name(key);
        let index = name.0 % self.shards.len() as u64;
        let mut shard = lock(&self.shards[index as usize]);
        let now = self.clock.now();
        shard.sweep_at_times(now);
        (shard, name, now)
    }
}

impl Shard {
    /// Once a minute at most; sooner would make each operation look at many entries.
    fn sweep_at_times(&mut self, now: SystemTime) {
        if self.swept.as_ref().is_none_or(|swept| !swept.contains(&now)) {
            self.records.sweep(now);
            self.counters.sweep(now);
            self.swept = now.checked_add(SWEEP_EVERY).map(|end| now..end);
        }
    }
}

#[async_trait]
impl StateStore for MemoryState {
    async fn load(&self, key: &str) -> Result<Loaded, BoxError> {
        let (shard, name, now) = self.shard(key);
        Ok(Loaded { record: shard.records.live(name, now).map(|(kept, _)| kept.record()), now })
    }

    async fn save(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Option<Version>,
        time_to_live: Duration,
    ) -> Result<Swap, BoxError> {
        let (mut shard, name, now) = self.shard(key);
        if shard.records.live(name, now).map(|(kept, _)| kept.version) != expected {
            return Ok(Swap::Stale);
        }
        let expires_at = after(now, time_to_live)?;
        shard.versions += 1;
        let version = Version(shard.versions);
        shard.records.put(name, Kept { bytes: bytes.into(), version }, expires_at);
        Ok(Swap::Stored(version))
    }

    async fn delete(&self, key: &str) -> Result<(), BoxError> {
        let (mut shard, name, _) = self.shard(key);
        shard.records.0.remove(&name);
        Ok(())
    }

    async fn increment(
        &self,
        key: &str,
        by: u32,
        window: Duration,
        limit: u32,
    ) -> Result<Increment, BoxError> {
        let (mut shard, name, now) = self.shard(key);
        let end = after(now, window)?;
        let (count, resets_at) = shard.counters.0.entry(name).or_insert((0, end));
        if *resets_at <= now {
            (*count, *resets_at) = (0, end);
        }
        let next = count.checked_add(by).filter(|next| *next <= limit);
        *count = next.unwrap_or(*count);
        Ok(Increment { allowed: next.is_some(), count: *count, resets_at: *resets_at })
    }
}

fn after(now: SystemTime, time: Duration) -> Result<SystemTime, BoxError> {
    now.checked_add(time).ok_or_else(|| "the time to live is beyond the range of time".into())
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    fn record(&self) -> Record {
        Record { bytes: self.bytes.to_vec(), version: self.version }
    }
}

/// Values that expire.
struct Table<T>(HashMap<Name, (T, SystemTime), BuildHasherDefault<Hashed>>);

/// The hash of a name, which is one already: its second half, as the first one chose the shard.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write_u64(&mut self, half: u64) {
        self.0 = half;
    }

    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

impl<T> Table<T> {
    fn live(&self, name: Name, now: SystemTime) -> Option<(&T, SystemTime)> {
        let (value, expires_at) = self.0.get(&name)?;
        (now < *expires_at).then_some((value, *expires_at))
    }

    fn put(&mut self, name: Name, value: T, expires_at: SystemTime) {
        self.0.insert(name, (value, expires_at));
    }

    /// Removes what has expired, and gives back the room of many that were there.
    fn sweep(&mut self, now: SystemTime) {
        self.0.retain(|_, entry| now < entry.1);
        if self.0.len() < self.0.capacity() / 4 {
            self.0.shrink_to(self.0.len() * 2);
        }
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(HashMap::default())
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
        let count = |of: fn(&Shard) -> usize| -> usize {
            self.shards.iter().map(|shard| of(&lock(shard))).sum()
        };
        f.debug_struct("MemoryState")
            .field("records", &count(|shard| shard.records.0.len()))
            .field("counters", &count(|shard| shard.counters.0.len()))
            .finish_non_exhaustive()
    }
}

const SHARDS: usize = 64;
const SWEEP_EVERY: Duration = Duration::from_secs(60);
