//! A file of its own for each test.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use verify_mfa::{
    ManualClock,
    store::{
        SqliteState,
        conformance::{Breakable, StateFixture},
        sqlx::{
            self,
            sqlite::{
                SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
                SqliteSynchronous,
            },
        },
    },
};

/// A directory with a database, removed when it is dropped.
pub(crate) struct File(PathBuf);

impl File {
    pub(crate) fn new() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let name = format!("sqlite-{}-{}", process::id(), LAST.fetch_add(1, Ordering::Relaxed));
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&directory).expect("a directory");
        Self(directory)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.join("state.sqlite")
    }

    pub(crate) fn options(&self) -> SqliteConnectOptions {
        options(&self.path())
    }

    pub(crate) async fn pool(&self) -> SqlitePool {
        SqlitePoolOptions::new().connect_with(self.options()).await.expect("a database")
    }
}

/// As the documentation of the store recommends.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .busy_timeout(Duration::from_secs(30))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) struct Fixture {
    pub(crate) store: SqliteState,
    pub(crate) clock: ManualClock,
    pub(crate) pool: SqlitePool,
    pub(crate) file: File,
}

pub(crate) async fn fixture() -> Fixture {
    Fixture::with(ManualClock::default()).await
}

impl Fixture {
    /// On a clock that runs, as the sandbox's and the engine's have to agree.
    pub(crate) async fn running() -> Self {
        Self::with(ManualClock::running()).await
    }

    async fn with(clock: ManualClock) -> Self {
        let file = File::new();
        let pool = file.pool().await;
        let store = SqliteState::new(pool.clone()).with_clock(clock.clone());
        store.migrate().await.expect("tables");
        Self { store, clock, pool, file }
    }

    /// The same records over another pool.
    pub(crate) fn over(&self, pool: SqlitePool) -> SqliteState {
        SqliteState::new(pool).with_clock(self.clock.clone())
    }

    async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.pool).await.expect("the database");
    }
}

impl StateFixture for Fixture {
    type Store = SqliteState;

    fn store(&self) -> &SqliteState {
        &self.store
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

/// The tables are away.
impl Breakable for Fixture {
    async fn break_it(&self) {
        self.run("ALTER TABLE verify_mfa_records RENAME TO records_away").await;
        self.run("ALTER TABLE verify_mfa_counters RENAME TO counters_away").await;
    }

    async fn repair(&self) {
        self.run("ALTER TABLE records_away RENAME TO verify_mfa_records").await;
        self.run("ALTER TABLE counters_away RENAME TO verify_mfa_counters").await;
    }
}
