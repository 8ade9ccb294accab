//! Pending state in a SQLite file.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
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
/// and only while there are writes; it needs no care, and when it fails it logs a warning.
///
/// # Cost
/// At most 1.02 times the bare driver's time; measured with `.ci/long/engines.sh sqlite`:
///
/// | live records | load | save | increment | login (two calls of the flow) |
/// |---|---|---|---|---|
/// | 1,000 | 51 µs | 74 µs | 68 µs | 1.1 ms |
/// | 1,000,000 | 74 µs | 92 µs | 93 µs | 1.3 ms |
///
/// In turn with a thousand, a million takes 1.3 to 1.5 times as long, by hand as much: what a statement
/// reads is then seldom in the processor's caches. A larger `cache_size` or `mmap_size` changes nothing.
///
/// # Tables
/// [`migrate`](Self::migrate) makes them. To make them in the application's own migrations instead:
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
        let load = sqlx::query_as(self.statements.load.clone()).bind(self.now()?).bind(key);
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
        let mut save = sqlx::query_scalar(self.statements.save(expected)).bind(now).bind(key);
        save = save.bind(bytes).bind(version.0.cast_signed()).bind(milliseconds(time_to_live)?);
        if let Some(expected) = expected {
            save = save.bind(expected.0.cast_signed());
        }
        let stored: Vec<i64> = save.fetch_all(&self.pool).await?;
        Ok(if stored.is_empty() { Swap::Stale } else { Swap::Stored(version) })
    }

    async fn delete(&self, key: &str) -> Result<(), BoxError> {
        sqlx::query(self.statements.delete.clone()).bind(key).execute(&self.pool).await?;
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
        let increment = sqlx::query_as(self.statements.increment.clone()).bind(now).bind(key);
        let increment = increment.bind(i64::from(by)).bind(i64::from(limit));
        let increment = increment.bind(milliseconds(window)?).fetch_all(&self.pool);
        let rows: Vec<CountedRow> = increment.await?;
        rows.into_iter().next().map(counted).ok_or(sqlx::Error::RowNotFound)?
    }
}

impl fmt::Debug for SqliteState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteState").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// The time is what the clock says.
const ENGINE: Engine = Engine {
    schema: &[include_str!("sql/sqlite.sql")],
    now: "$1",
    sweeps: [
        "DELETE FROM verify_mfa_records WHERE rowid IN
            (SELECT rowid FROM verify_mfa_records WHERE expires_at <= $1 LIMIT 100)",
        "DELETE FROM verify_mfa_counters WHERE key IN
            (SELECT key FROM verify_mfa_counters WHERE resets_at <= $1 LIMIT 100)",
    ],
};
