//! Pending state in Redis, for an application on several nodes.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use ::redis::{
    Cmd, ErrorKind, FromRedisValue, RedisResult, ServerErrorKind, ToRedisArgs, Value,
    aio::ConnectionLike,
};
use async_trait::async_trait;

use super::{Increment, Loaded, Record, StateStore, Swap, Version};
use crate::{BoxError, random};

/// A [`StateStore`] in Redis 5 or later (tested: 7) for many nodes. Clones share the connection.
///
/// Each operation is one round trip to one key, so it works on a cluster. Everything is written with
/// a time to live, so nothing accumulates and there is no schema. Time is the server's. A version is
/// 63 random bits and never comes back. An operation takes 30 to 34 µs with 1,000 live records, 34 to
/// 38 with a million: at most 1.05 times the bare driver's time (`.ci/long/engines.sh redis`).
///
/// ```no_run
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// use verify_mfa::store::{RedisState, redis_driver as redis};
///
/// let client = redis::Client::open("redis://127.0.0.1:6379")?;
/// let state = RedisState::new(client.get_connection_manager().await?).prefix("shop:mfa:");
/// # Ok(())
/// # }
/// ```
///
/// # What Redis has to be set to
/// - `maxmemory-policy noeviction`: to evict a record is to forget its failures and its lock. So a
///   full memory is an error.
/// - `appendonly yes`: what a restart forgets is what was not on disk. With `appendfsync everysec`
///   that is up to the last second; with `always`, nothing.
/// - Replication is asynchronous: a failover can lose the last increments and saves, so that an
///   attempt or a send is not counted. Where that is too much, use PostgreSQL.
///
/// # Errors
/// Every operation gives the driver's [`RedisError`](::redis::RedisError), boxed, and never takes
/// one for an absent record. After one that is no answer of the server, such as a reply that took
/// longer than the connection's response timeout (by default 500 ms), the operation may have been
/// done. A cluster connection repeats some that failed: a save is still done once, an increment may
/// count twice.
#[derive(Clone)]
pub struct RedisState {
    connection: Arc<dyn Connection>,
    scripts: Arc<Scripts>,
    prefix: Arc<str>,
    /// Microseconds that the tests add to the server's time.
    offset: Arc<AtomicU64>,
}

impl RedisState {
    /// A store over a connection of the application: a
    /// [`ConnectionManager`](::redis::aio::ConnectionManager), which connects again when it was cut,
    /// a [`MultiplexedConnection`](::redis::aio::MultiplexedConnection), which does not, or, with the
    /// feature `redis-cluster`, a cluster's `ClusterConnection`. Not one that reads from replicas or
    /// writes to one.
    pub fn new(connection: impl ConnectionLike + Clone + Send + Sync + 'static) -> Self {
        Self {
            connection: Arc::new(connection),
            scripts: Arc::new(Scripts::new()),
            prefix: "verify-mfa:".into(),
            offset: Arc::default(),
        }
    }

    /// What all keys begin with; by default `verify-mfa:`. Applications that share a database need
    /// one each.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into().into(), ..self }
    }

    /// Moves the time that this store and its clones take for the server's, for the conformance tests.
    #[cfg(feature = "conformance")]
    #[doc(hidden)]
    pub fn advance(&self, by: Duration) {
        self.offset.fetch_add(by.as_micros() as u64, Ordering::Relaxed);
    }

    fn key(&self, kind: &str, key: &str) -> String {
        format!("{}{kind}:{key}", self.prefix)
    }

    /// Runs a script by its hash, or by its text where the server does not know it, and so did not
    /// run it.
    async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        key: &str,
        arguments: impl ToRedisArgs + Send + Sync,
    ) -> Result<T, BoxError> {
        let offset = self.offset.load(Ordering::Relaxed);
        let command = |how: &str, script: &str| {
            let mut command = ::redis::cmd(how);
            command.arg(script).arg(1).arg(key).arg(offset).arg(&arguments);
            command
        };
        let mut answer = self.connection.ask(&command("EVALSHA", &script.hash)).await;
        if answer.as_ref().is_err_and(|error| error.kind() == UNKNOWN_SCRIPT) {
            answer = self.connection.ask(&command("EVAL", &script.code)).await;
        }
        // The driver's own error would tell the contents.
        T::from_redis_value(answer?).map_err(|_| "Redis gave an answer of another form".into())
    }
}

#[async_trait]
impl StateStore for RedisState {
    async fn load(&self, key: &str) -> Result<Loaded, BoxError> {
        let (now, version, bytes): (u64, Option<u64>, Option<Vec<u8>>) =
            self.run(&self.scripts.load, &self.key("r", key), NO_ARGUMENTS).await?;
        let record = version.zip(bytes);
        let record = record.map(|(version, bytes)| Record { bytes, version: Version(version) });
        Ok(Loaded { record, now: time(now)? })
    }

    async fn save(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Option<Version>,
        time_to_live: Duration,
    ) -> Result<Swap, BoxError> {
        let expected = expected.map(|version| version.0.to_string()).unwrap_or_default();
        let version = u64::from_be_bytes(random::bytes()?) >> 1;
        let arguments = (micros(time_to_live)?, expected, version, bytes);
        let stored: bool = self.run(&self.scripts.save, &self.key("r", key), arguments).await?;
        Ok(if stored { Swap::Stored(Version(version)) } else { Swap::Stale })
    }

    async fn delete(&self, key: &str) -> Result<(), BoxError> {
        self.connection.ask(::redis::cmd("DEL").arg(self.key("r", key))).await?;
        Ok(())
    }

    async fn increment(
        &self,
        key: &str,
        by: u32,
        window: Duration,
        limit: u32,
    ) -> Result<Increment, BoxError> {
        let arguments = (micros(window)?, by, limit);
        let (allowed, count, ends): (bool, u32, u64) =
            self.run(&self.scripts.increment, &self.key("c", key), arguments).await?;
        Ok(Increment { allowed, count, resets_at: time(ends)? })
    }
}

fn time(micros: u64) -> Result<SystemTime, BoxError> {
    let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(micros));
    time.ok_or_else(|| "Redis gave a time that is out of range".into())
}

/// A time to live in microseconds.
fn micros(time_to_live: Duration) -> Result<u64, BoxError> {
    let micros = u64::try_from(time_to_live.as_micros()).ok().filter(|micros| *micros <= LONGEST);
    micros.ok_or_else(|| "the time to live is beyond the range of time".into())
}

/// A connection of any kind, so that the store's type does not tell which.
#[async_trait]
trait Connection: Send + Sync {
    async fn ask(&self, command: &Cmd) -> RedisResult<Value>;
}

#[async_trait]
impl<C: ConnectionLike + Clone + Send + Sync + 'static> Connection for C {
    async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        command.query_async(&mut self.clone()).await
    }
}

struct Scripts {
    load: Script,
    save: Script,
    increment: Script,
}

impl Scripts {
    fn new() -> Self {
        let [load, save, increment] = [LOAD, SAVE, INCREMENT].map(Script::new);
        Self { load, save, increment }
    }
}

struct Script {
    code: String,
    hash: String,
}

impl Script {
    fn new(body: &str) -> Self {
        let code = format!("{TIME}{body}");
        Self { hash: ::redis::Script::new(&code).get_hash().to_owned(), code }
    }
}

impl fmt::Debug for RedisState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisState").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

// Lua's numbers are doubles, of which Redis keeps 17 digits: exact for microseconds and counts, which
// stay below 2^53, and not for versions, which are compared as text.

/// Every script begins with the server's time in microseconds.
const TIME: &str = "local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2] + ARGV[1]
";

const LOAD: &str = "local found = redis.call('HMGET', KEYS[1], 'v', 'e', 'b')
local live = found[1] and now < tonumber(found[2])
return {now, live and found[1], live and found[3]}";

/// A record that has the new version already is this same save, which the driver sent again.
const SAVE: &str = "local found = redis.call('HMGET', KEYS[1], 'v', 'e')
local version = ''
if found[1] and now < tonumber(found[2]) then version = found[1] end
if version == ARGV[4] then return 1 end
if version ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[4], 'e', now + ARGV[2], 'b', ARGV[5])
redis.call('PEXPIRE', KEYS[1], math.floor(ARGV[2] / 1000) + 1)
return 1";

const INCREMENT: &str = "local found = redis.call('HMGET', KEYS[1], 'n', 'e')
local live = found[1] and now < tonumber(found[2])
local count, ends = 0, now + ARGV[2]
if live then count, ends = tonumber(found[1]), tonumber(found[2]) end
local sum = count + ARGV[3]
if tonumber(ARGV[4]) < sum then return {0, count, ends} end
redis.call('HSET', KEYS[1], 'n', sum, 'e', ends)
if not live then redis.call('PEXPIRE', KEYS[1], math.floor(ARGV[2] / 1000) + 1) end
return {1, sum, ends}";

const NO_ARGUMENTS: Option<u64> = None;
const UNKNOWN_SCRIPT: ErrorKind = ErrorKind::Server(ServerErrorKind::NoScript);

/// The longest time to live, in microseconds: 142 years, and then still below 2^53.
const LONGEST: u64 = 1 << 52;
