//! Pending state in PostgreSQL.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use sqlx::PgPool;

use super::{
    Increment, Loaded, StateStore, Swap, Version,
    sql::{
        self, CountedRow, Engine, LoadedRow, Statements, Sweeps, check_prefix, counted, failed,
        loaded, milliseconds, new_version,
    },
};
use crate::{BoxError, Clock, Error, SystemClock};

/// A [`StateStore`] in PostgreSQL 12 or later, for any number of nodes. Clones share their contents.
///
/// ```no_run
/// # async fn state() -> Result<(), Box<dyn std::error::Error>> {
/// use verify_mfa::store::{PostgresState, sqlx::PgPool};
///
/// let state = PostgresState::new(PgPool::connect("postgres://localhost/shop").await?);
/// state.migrate().await?;
/// # Ok(())
/// # }
/// ```
///
/// # The pool
/// It is the application's, and so are its options. For a connection over TLS, add `sqlx` with one of
/// its `tls-…` features to the application.
/// - `acquire_timeout`, 30 seconds unless the application says otherwise: how long an operation waits
///   for a connection, also while the server is away, before it is an error. For a login, 5 is better.
/// - `test_before_acquire`, on unless the application says otherwise: connections that were cut are
///   replaced before they are used. It asks the server once more for each operation; without it, an
///   operation over a connection that was cut is an error.
/// - Any isolation level will do. Above `READ COMMITTED`, requests of the same user at the same moment
///   may fail instead of waiting for each other.
/// - Connect to the primary: on a read-only replica every write is an error.
///
/// # What is not forgotten
/// What was counted survives a crash of the server, unless `synchronous_commit` is `off` (the last
/// moments may be lost). A replica that takes over loses what had not reached it: with
/// `synchronous_standby_names` that is nothing.
///
/// # Time
/// That of the server's `statement_timestamp()`, so that a node with a wrong clock changes nothing.
///
/// # Versions
/// 63 random bits each, so that none comes back, not even after a backup was restored or a replica took
/// over.
///
/// # Expired rows
/// They are absent at once. A task in the background removes them, 500 at a time and with pauses, at most once a minute
/// for each node and only while there are writes; it waits for no locks, and when it fails it logs a
/// warning.
///
/// # Cost
/// At most 1.02 times the bare driver's time; measured with `.ci/long/engines.sh postgres` and a server
/// on the same machine:
///
/// | live records | load | save | increment | login (two calls of the flow) |
/// |---|---|---|---|---|
/// | 1,000 | 0.13 ms | 0.28 ms | 0.27 ms | 3.2 ms |
/// | 1,000,000 | 0.13 ms | 0.23 ms | 0.25 ms | 3.2 ms |
///
/// # Tables
/// [`migrate`](Self::migrate) makes them. To make them in the application's own migrations instead, as
/// a role of its own perhaps:
///
/// ```sql
#[doc = include_str!("sql/postgres.sql")]
/// ```
#[derive(Clone)]
pub struct PostgresState {
    pool: PgPool,
    offset: Arc<AtomicI64>,
    statements: Arc<Statements>,
    sweeps: Arc<Sweeps>,
}

impl PostgresState {
    /// A store over the application's pool, with tables named `verify_mfa_records` and
    /// `verify_mfa_counters`.
    pub fn new(pool: PgPool) -> Self {
        let statements = Arc::new(Statements::new(&ENGINE, sql::PREFIX));
        Self { pool, offset: Arc::default(), statements, sweeps: Arc::default() }
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

    /// Makes the tables that are not there yet. Call it at every start, from as many nodes as there are.
    ///
    /// # Errors
    /// [`Error::Store`] when the database refuses, for instance because the role may not create tables.
    pub async fn migrate(&self) -> Result<(), Error> {
        let sql = sqlx::raw_sql(self.statements.schema.clone());
        sql.execute(&self.pool).await.map(|_| ()).map_err(failed("make its tables"))
    }

    /// Moves the time of this store and of its clones forward, for the conformance tests.
    #[cfg(feature = "conformance")]
    #[doc(hidden)]
    pub fn advance(&self, by: Duration) {
        let by = milliseconds(by).unwrap_or_default();
        self.offset.fetch_add(by, Ordering::Relaxed);
    }

    fn offset(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }

    /// The offset for a write, which may also be the time to sweep: by the clock of this node, which is
    /// good enough for that.
    fn offset_of_write(&self) -> i64 {
        let (pool, statements, offset) =
            (self.pool.clone(), Arc::clone(&self.statements), self.offset());
        let since_epoch = SystemClock.now().duration_since(SystemTime::UNIX_EPOCH);
        let now = milliseconds(since_epoch.unwrap_or_default()).unwrap_or_default();
        let batch = move || sweep(pool.clone(), Arc::clone(&statements), offset);
        self.sweeps.start_at_times(now.saturating_add(offset), batch);
        offset
    }
}

async fn sweep(
    pool: PgPool,
    statements: Arc<Statements>,
    offset: i64,
) -> Result<bool, sqlx::Error> {
    let mut any = false;
    for sweep in &statements.sweeps {
        let swept = sqlx::query(sweep.clone()).bind(offset).execute(&pool).await?;
        any |= swept.rows_affected() > 0;
    }
    Ok(any)
}

/// Each answer is read to its end and not to its first row: the commit comes after that, and may fail.
#[async_trait]
impl StateStore for PostgresState {
    async fn load(&self, key: &str) -> Result<Loaded, BoxError> {
        let load = sqlx::query_as(self.statements.load.clone()).bind(self.offset()).bind(key);
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
        let (version, offset) = (new_version()?, self.offset_of_write());
        let mut save = sqlx::query_scalar(self.statements.save(expected)).bind(offset).bind(key);
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
        let offset = self.offset_of_write();
        let increment = sqlx::query_as(self.statements.increment.clone()).bind(offset).bind(key);
        let increment = increment.bind(i64::from(by)).bind(i64::from(limit));
        let increment = increment.bind(milliseconds(window)?).fetch_all(&self.pool);
        let rows: Vec<CountedRow> = increment.await?;
        rows.into_iter().next().map(counted).ok_or(sqlx::Error::RowNotFound)?
    }
}

impl fmt::Debug for PostgresState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresState").finish_non_exhaustive()
    }
}

/// The time is the server's. Sweeps ask for an order, which has them read the index and not the table.
/// What they ask again of the rows that they found adds 0, so that it is no reason to read the index a
/// second time, now through all that has expired.
const ENGINE: Engine = Engine {
    schema: &[sql::ONE_AT_A_TIME, include_str!("sql/postgres.sql")],
    now: "(floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint + $1)",
    has_whole_keys: false,
    sweeps: &[
        "DELETE FROM verify_mfa_records WHERE expires_at + 0 <= {now} AND ctid = ANY (ARRAY
            (SELECT ctid FROM verify_mfa_records WHERE expires_at <= {now}
             ORDER BY expires_at LIMIT 500 FOR UPDATE SKIP LOCKED))",
        "DELETE FROM verify_mfa_counters WHERE resets_at + 0 <= {now} AND ctid = ANY (ARRAY
            (SELECT ctid FROM verify_mfa_counters WHERE resets_at <= {now}
             ORDER BY resets_at LIMIT 500 FOR UPDATE SKIP LOCKED))",
    ],
};
