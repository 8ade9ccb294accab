//! SQLite, in a file as the documentation has it.
#![expect(clippy::disallowed_methods, reason = "the time of what is done by hand")]

use std::{
    env, fs,
    ops::Range,
    path::{Path, PathBuf},
    process,
    time::{SystemTime, UNIX_EPOCH},
};

use blake2s_simd::Params;
use verify_mfa::store::{
    SqliteState,
    sqlx::{
        self, QueryBuilder,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous},
    },
};

use crate::engine::{
    DAY, Engine, INCREMENT, LENGTH, LIFETIME, LOAD, PREFIX, REPLACE, SWEEP, SqlEngine, key,
    milliseconds, over_own_tables, statement, text,
};

pub(crate) struct Sqlite {
    pool: SqlitePool,
    state: SqliteState,
    directory: PathBuf,
    load: &'static str,
    replace: &'static str,
    increment: &'static str,
}

impl Sqlite {
    pub(crate) async fn start() -> Self {
        let directory = env::temp_dir().join(format!("verify-mfa-bench-{}", process::id()));
        fs::create_dir_all(&directory).unwrap();
        let pool = open(&directory, FILE).await;
        let state = SqliteState::new(pool.clone()).table_prefix(PREFIX).unwrap();
        state.migrate().await.unwrap();
        let [load, replace, increment] =
            [LOAD, REPLACE, INCREMENT].map(|before| statement(before, "$1", true));
        Self { pool, state, directory, load, replace, increment }
    }

    /// By connections of its own: after a large transaction, each load on the same one takes 1 µs more.
    async fn insert(&self, users: Range<u32>, expires_at: i64) {
        let pool = open(&self.directory, FILE).await;
        let mut transaction = pool.begin().await.unwrap();
        for begin in users.clone().step_by(500) {
            let users = begin..users.end.min(begin + 500);
            let mut records = QueryBuilder::new(format!("INSERT INTO {PREFIX}records "));
            records.push_values(users.clone(), |mut row, user| {
                row.push_bind(short(&key(user))).push_bind(key(user)).push_bind(i64::from(user));
                row.push_bind(expires_at).push_bind(expires_at).push_bind(vec![b'x'; LENGTH]);
            });
            records.build().execute(&mut *transaction).await.unwrap();
            let mut counters = QueryBuilder::new(format!("INSERT INTO {PREFIX}counters "));
            counters.push_values(users, |mut row, user| {
                row.push_bind(short(&key(user))).push_bind(key(user)).push_bind(1).push_bind(1);
                row.push_bind(expires_at).push_bind(expires_at);
            });
            counters.build().execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
        pool.close().await;
    }
}

const FILE: &str = "state.sqlite";

async fn open(directory: &Path, name: &str) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(directory.join(name))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    SqlitePool::connect_with(options).await.unwrap()
}

impl Engine for Sqlite {
    const NAME: &'static str = "SQLite";
    type State = SqliteState;

    fn state(&self) -> &SqliteState {
        &self.state
    }

    async fn small_state(&self) -> SqliteState {
        let state = SqliteState::new(open(&self.directory, "small.sqlite").await);
        state.migrate().await.unwrap();
        state
    }

    async fn load(&self, key: &str) -> Option<u64> {
        let load = sqlx::query_as(self.load).bind(now()).bind(short(key));
        let load = load.bind(key).fetch_all(&self.pool);
        let rows: Vec<(i64, Option<Vec<u8>>, Option<i64>)> = load.await.unwrap();
        rows[0].2.map(i64::cast_unsigned)
    }

    async fn save(&self, key: &str, bytes: &[u8], version: u64, expected: u64) -> bool {
        let save = sqlx::query_scalar(self.replace).bind(now()).bind(short(key)).bind(bytes);
        let save = save.bind(version.cast_signed()).bind(milliseconds(LIFETIME));
        let save = save.bind(expected.cast_signed()).bind(key);
        let stored: Vec<i64> = save.fetch_all(&self.pool).await.unwrap();
        !stored.is_empty()
    }

    async fn increment(&self, key: &str) -> bool {
        let increment = sqlx::query_as(self.increment).bind(now()).bind(short(key)).bind(1_i64);
        let increment = increment.bind(i64::from(u32::MAX)).bind(milliseconds(LIFETIME)).bind(key);
        let rows: Vec<(bool, i64, i64)> = increment.fetch_all(&self.pool).await.unwrap();
        rows[0].0
    }

    async fn fill(&self, users: Range<u32>) {
        self.insert(users, now() + milliseconds(DAY)).await;
    }

    async fn settle(&self) {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pool).await.unwrap();
    }

    async fn clean_up(&self) {
        self.pool.close().await;
        fs::remove_dir_all(&self.directory).unwrap();
    }
}

impl SqlEngine for Sqlite {
    fn fresh_state(&self) -> SqliteState {
        SqliteState::new(self.pool.clone()).table_prefix(PREFIX).unwrap()
    }

    async fn fill_expired(&self, users: Range<u32>) {
        self.insert(users, 1).await;
    }

    async fn has_expired(&self) -> bool {
        let any = "SELECT EXISTS (SELECT 1 FROM verify_mfa_records WHERE sweep_at = 1)";
        sqlx::query_scalar(over_own_tables(any)).fetch_one(&self.pool).await.unwrap()
    }

    async fn print_plans(&self) {
        let sweep = over_own_tables(text(include_str!("../../src/store/sqlite.rs"), SWEEP));
        for (name, statement) in [("load", self.load), ("save", self.replace), ("sweep", sweep)] {
            let plan: &str = format!("EXPLAIN QUERY PLAN {statement}").leak();
            let plan = sqlx::query_as(plan).fetch_all(&self.pool).await;
            let lines: Vec<(i64, i64, i64, String)> = plan.unwrap();
            lines.iter().for_each(|line| println!("plan of {name}: {}", line.3));
        }
    }
}

/// As the store shortens its keys.
fn short(key: &str) -> i64 {
    let hash = Params::new().hash_length(8).hash(key.as_bytes());
    i64::from_le_bytes(*hash.as_bytes().first_chunk().unwrap())
}

/// The time in milliseconds.
fn now() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap())
}
