//! Pending state in a SQLite file.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use blake2s_simd::Params;
use sqlx::SqlitePool;

use super::{
    Increment, Loaded, StateStore, Swap, Version,
    sql::{
        self, CountedRow, Engine, LoadedRow, Statements, Sweeps, check_prefix, counted, failed,
        loaded, milliseconds, new_version,
    },
};
use crate::{BoxError, Clock, Error, SystemClock};

/// A [`StateStore`] in a SQLite file, for one process or several on one machine. It survives
/// restarts. Clones share their contents.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), verify_mfa::BoxError> {
/// # let directory = std::env::temp_dir().join(format!("verify-mfa-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// # let path = directory.join("state.sqlite");
/// use verify_mfa::store::{SqliteState, StateStore};
/// use verify_mfa::store::sqlx::sqlite::{
///     SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous,
/// };
///
/// let options = SqliteConnectOptions::new()
///     .filename(&path)
///     .create_if_missing(true)
///     .journal_mode(SqliteJournalMode::Wal)
///     .synchronous(SqliteSynchronous::Normal);
/// let state = SqliteState::new(SqlitePool::connect_with(options).await?);
/// state.migrate().await?;
/// assert!(state.load("key").await?.record.is_none());
/// # std::fs::remove_dir_all(&directory)?;
/// # Ok(())
/// # }
/// ```
///
/// # The pool
/// It is the application's, and so are its options:
/// - `journal_mode`: take `Wal`. With the others, whoever reads holds up whoever writes.
/// - `busy_timeout`, 5 seconds unless the application says otherwise: how long an operation waits for
///   other writers. After that it is an error that changed nothing.
/// - `synchronous`: with `Full` nothing is forgotten. With `Normal` and `Wal` a power failure can take
///   the last moments with it, and a guess made in them is not counted; a crash of the process takes
///   nothing. `Off` is not for this.
/// - `acquire_timeout`, 30 seconds unless the application says otherwise: how long an operation waits
///   for a connection before it is an error.
/// - In memory, each connection has a database of its own: use one connection, or
///   [`MemoryState`](super::MemoryState).
///
/// # Time
/// That of its [clock](Self::with_clock), which is the operating system's. All processes on a file
/// have the same one.
///
/// # Versions
/// 63 random bits each, so that none comes back, not even after a backup was restored.
///
/// # Expired rows
/// They are absent at once. A task in the background removes them, 100 at a time and with pauses, at most once a minute
/// and only while there are writes; it needs no care, and when it fails it logs a warning. A row stays at
/// least as long as it was to live when it was inserted.
///
/// # Cost
/// At most 1.03 times the bare driver's time; measured with `.ci/long/engines.sh sqlite` on one processor
/// (`taskset -c 1`), as waking a thread on another one can take 0.1 ms and more:
///
/// | live records | load | save | increment | login (two calls of the flow) |
/// |---|---|---|---|---|
/// | 1,000 | 22 µs | 28 µs | 28 µs | 0.6 ms |
/// | 1,000,000 | 28 µs | 32 µs | 34 µs | 0.8 ms |
///
/// In turn with a thousand, a million takes 1.06 to 1.12 times as long: the tree is two pages higher. A
/// larger `cache_size` or `mmap_size` does not help.
///
/// # Tables
/// A row is found by 64 bits of the BLAKE2s hash of its key, and is that of the whole key alone. While
/// another key of the same hash has a row, to save is refused as stale and to count is an error: with a
/// million rows this happens to one key in 18 million million.
///
/// [`migrate`](Self::migrate) makes the tables, and fails where there are others of these names. To make
/// them in the application's own migrations instead:
///
/// ```sql
#[doc = include_str!("sql/sqlite.sql")]
/// ```
#[derive(Clone)]
pub struct SqliteState {
    pool: SqlitePool,
    clock: Arc<dyn Clock>,
    statements: Arc<Statements>,
    sweeps: Arc<Sweeps>,
}

impl SqliteState {
    /// A store over the application's pool, on the system's clock, with tables named
    /// `verify_mfa_records` and `verify_mfa_counters`.
    pub fn new(pool: SqlitePool) -> Self {
        let clock = Arc::new(SystemClock);
        let statements = Arc::new(Statements::new(&ENGINE, sql::PREFIX));
        Self { pool, clock, statements, sweeps: Arc::default() }
    }

    /// The same store on another clock, such as the sandbox's.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// The same store with tables whose names begin with `prefix` instead of `verify_mfa_`.
    ///
    /// # Errors
    /// [`Error::Configuration`] unless it is 1 to 40 lower-case letters, digits and underscores that do
    /// not begin with a digit.
    pub fn table_prefix(self, prefix: &str) -> Result<Self, Error> {
        check_prefix(prefix)?;
        Ok(Self { statements: Arc::new(Statements::new(&ENGINE, prefix)), ..self })
    }

    /// Makes the tables that are not there yet. Call it at every start, from as many processes as there
    /// are.
    ///
    /// # Errors
    /// [`Error::Store`] when the database refuses.
    pub async fn migrate(&self) -> Result<(), Error> {
        let sql = sqlx::raw_sql(self.statements.schema.clone());
        sql.execute(&self.pool).await.map(|_| ()).map_err(failed("make its tables"))
    }

    fn now(&self) -> Result<i64, BoxError> {
        milliseconds(self.clock.now().duration_since(SystemTime::UNIX_EPOCH)?)
    }

    /// The time of a write, which may also be the time to sweep.
    fn now_of_write(&self) -> Result<i64, BoxError> {
        let now = self.now()?;
        let (pool, statements) = (self.pool.clone(), Arc::clone(&self.statements));
        self.sweeps.start_at_times(now, move || sweep(pool.clone(), Arc::clone(&statements), now));
        Ok(now)
    }
}

async fn sweep(
    pool: SqlitePool,
    statements: Arc<Statements>,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let mut any = false;
    for sweep in &statements.sweeps {
        let swept = sqlx::query(sweep.clone()).bind(now).execute(&pool).await?;
        any |= swept.rows_affected() > 0;
    }
    Ok(any)
}

/// Each statement is read to its end and not to its first row: until then it may still fail.
#[async_trait]
impl StateStore for SqliteState {
    async fn load(&self, key: &str) -> Result<Loaded, BoxError> {
        let load = sqlx::query_as(self.statements.load.clone()).bind(self.now()?);
        let load = load.bind(short(key)).bind(key);
        let rows: Vec<LoadedRow> = load.fetch_all(&self.pool).await?;
        rows.into_iter().next().map(loaded).ok_or(sqlx::Error::RowNotFound)?
    }

    async fn save(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Option<Version>,
        time_to_live: Duration,
    ) -> Result<Swap, BoxError> {
        let (version, now) = (new_version()?, self.now_of_write()?);
        let mut save = sqlx::query_scalar(self.statements.save(expected)).bind(now);
        save = save
            .bind(short(key))
            .bind(bytes)
            .bind(version.0.cast_signed())
            .bind(milliseconds(time_to_live)?);
        if let Some(expected) = expected {
            save = save.bind(expected.0.cast_signed());
        }
        let stored: Vec<i64> = save.bind(key).fetch_all(&self.pool).await?;
        Ok(if stored.is_empty() { Swap::Stale } else { Swap::Stored(version) })
    }

    async fn delete(&self, key: &str) -> Result<(), BoxError> {
        let delete = sqlx::query(self.statements.delete.clone()).bind(short(key)).bind(key);
        delete.execute(&self.pool).await?;
        Ok(())
    }

    async fn increment(
        &self,
        key: &str,
        by: u32,
        window: Duration,
        limit: u32,
    ) -> Result<Increment, BoxError> {
        let now = self.now_of_write()?;
        let increment =
            sqlx::query_as(self.statements.increment.clone()).bind(now).bind(short(key));
        let increment = increment.bind(i64::from(by)).bind(i64::from(limit));
        let increment = increment.bind(milliseconds(window)?).bind(key).fetch_all(&self.pool);
        let rows: Vec<CountedRow> = increment.await?;
        rows.into_iter().next().map(counted).ok_or(sqlx::Error::RowNotFound)?
    }
}

/// The number that a row is found by, so that one tree is searched and its pages name many others. It
/// is in files: never another one. Two keys of one number have one row, which is the first one's alone.
fn short(key: &str) -> i64 {
    let hash = Params::new().hash_length(8).hash(key.as_bytes());
    i64::from_le_bytes(hash.as_bytes().first_chunk().copied().unwrap_or_default())
}

impl fmt::Debug for SqliteState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteState").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// The time is what the clock says. `sweep_at` is when to look whether a row has expired: the times that
/// writes set have no index, which each of them would have to change.
const ENGINE: Engine = Engine {
    schema: &[include_str!("sql/sqlite.sql")],
    now: "$1",
    has_whole_keys: true,
    sweeps: &[
        "DELETE FROM verify_mfa_records WHERE expires_at <= $1 AND key IN
            (SELECT key FROM verify_mfa_records WHERE sweep_at <= $1 ORDER BY sweep_at LIMIT 100)",
        "UPDATE verify_mfa_records SET sweep_at = expires_at WHERE expires_at > $1 AND key IN
            (SELECT key FROM verify_mfa_records WHERE sweep_at <= $1 ORDER BY sweep_at LIMIT 100)",
        "DELETE FROM verify_mfa_counters WHERE resets_at <= $1 AND key IN
            (SELECT key FROM verify_mfa_counters WHERE sweep_at <= $1 ORDER BY sweep_at LIMIT 100)",
        "UPDATE verify_mfa_counters SET sweep_at = resets_at WHERE resets_at > $1 AND key IN
            (SELECT key FROM verify_mfa_counters WHERE sweep_at <= $1 ORDER BY sweep_at LIMIT 100)",
    ],
};
