//! PostgreSQL, at `VERIFY_MFA_TEST_POSTGRES` or the local standard port.
#![expect(clippy::disallowed_methods, reason = "the time of what is inserted")]

use std::{
    env,
    fmt::Write,
    ops::Range,
    time::{SystemTime, UNIX_EPOCH},
};

use verify_mfa::store::{
    PostgresState,
    sqlx::{
        self, AssertSqlSafe,
        postgres::{PgPool, PgPoolCopyExt},
    },
};

use crate::engine::{
    DAY, Engine, INCREMENT, LENGTH, LIFETIME, LOAD, PREFIX, REPLACE, SMALL_PREFIX, SWEEP,
    SqlEngine, key, milliseconds, over_own_tables, statement, text,
};

pub(crate) struct Postgres {
    pool: PgPool,
    state: PostgresState,
    load: &'static str,
    replace: &'static str,
    increment: &'static str,
}

impl Postgres {
    pub(crate) async fn start() -> Self {
        let url = env::var("VERIFY_MFA_TEST_POSTGRES");
        let url = url.as_deref().unwrap_or("postgres://root@localhost/test");
        let pool = PgPool::connect(url).await.unwrap();
        drop_tables(&pool).await;
        let state = PostgresState::new(pool.clone()).table_prefix(PREFIX).unwrap();
        state.migrate().await.unwrap();
        let now = text(SOURCE, "now: \"");
        let [load, replace, increment] =
            [LOAD, REPLACE, INCREMENT].map(|before| statement(before, now, false));
        Self { pool, state, load, replace, increment }
    }

    async fn insert(&self, users: Range<u32>, expires_at: i64) {
        let bytes = "79".repeat(LENGTH);
        let (mut records, mut counters) = (String::new(), String::new());
        for user in users {
            let key = key(user);
            writeln!(records, "{key}\t\\\\x{bytes}\t{user}\t{expires_at}").unwrap();
            writeln!(counters, "{key}\t1\tt\t{expires_at}").unwrap();
        }
        for (table, rows) in [("records", records), ("counters", counters)] {
            let copy = format!("COPY {PREFIX}{table} FROM STDIN");
            let mut copy = self.pool.copy_in_raw(&copy).await.unwrap();
            copy.send(rows.into_bytes()).await.unwrap();
            copy.finish().await.unwrap();
        }
    }
}

async fn drop_tables(pool: &PgPool) {
    for prefix in [PREFIX, SMALL_PREFIX] {
        let drop = format!("DROP TABLE IF EXISTS {prefix}records, {prefix}counters");
        sqlx::query(AssertSqlSafe(drop)).execute(pool).await.unwrap();
    }
}

impl Engine for Postgres {
    const NAME: &'static str = "PostgreSQL";
    type State = PostgresState;

    fn state(&self) -> &PostgresState {
        &self.state
    }

    async fn small_state(&self) -> PostgresState {
        let state = PostgresState::new(self.pool.clone()).table_prefix(SMALL_PREFIX).unwrap();
        state.migrate().await.unwrap();
        state
    }

    async fn load(&self, key: &str) -> Option<u64> {
        let load = sqlx::query_as(self.load).bind(0_i64).bind(key).fetch_all(&self.pool);
        let rows: Vec<(i64, Option<Vec<u8>>, Option<i64>)> = load.await.unwrap();
        rows[0].2.map(i64::cast_unsigned)
    }

    async fn save(&self, key: &str, bytes: &[u8], version: u64, expected: u64) -> bool {
        let save = sqlx::query_scalar(self.replace).bind(0_i64).bind(key).bind(bytes);
        let save = save.bind(version.cast_signed()).bind(milliseconds(LIFETIME));
        let stored: Vec<i64> =
            save.bind(expected.cast_signed()).fetch_all(&self.pool).await.unwrap();
        !stored.is_empty()
    }

    async fn increment(&self, key: &str) -> bool {
        let increment = sqlx::query_as(self.increment).bind(0_i64).bind(key).bind(1_i64);
        let increment = increment.bind(i64::from(u32::MAX)).bind(milliseconds(LIFETIME));
        let rows: Vec<(bool, i64, i64)> = increment.fetch_all(&self.pool).await.unwrap();
        rows[0].0
    }

    async fn fill(&self, users: Range<u32>) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        self.insert(users, milliseconds(now + DAY)).await;
    }

    async fn settle(&self) {
        let settle = format!("VACUUM (ANALYZE) {PREFIX}records, {PREFIX}counters");
        sqlx::query(AssertSqlSafe(settle)).execute(&self.pool).await.unwrap();
    }

    async fn clean_up(&self) {
        drop_tables(&self.pool).await;
        self.pool.close().await;
    }
}

impl SqlEngine for Postgres {
    fn fresh_state(&self) -> PostgresState {
        PostgresState::new(self.pool.clone()).table_prefix(PREFIX).unwrap()
    }

    async fn fill_expired(&self, users: Range<u32>) {
        self.insert(users, 1).await;
    }

    async fn has_expired(&self) -> bool {
        let any = "SELECT EXISTS (SELECT 1 FROM verify_mfa_records WHERE expires_at = 1)";
        sqlx::query_scalar(over_own_tables(any)).fetch_one(&self.pool).await.unwrap()
    }

    async fn print_plans(&self) {
        let sweep = text(SOURCE, SWEEP).replace("{now}", text(SOURCE, "now: \""));
        let sweep = over_own_tables(&sweep);
        for (name, statement) in [("load", self.load), ("save", self.replace), ("sweep", sweep)] {
            // As with the parameters of the store, which are of these types and all but one no key.
            let statement = statement.replace("$2", "'key'").replace("$3", "''::bytea");
            let statement = ["$1", "$4", "$5", "$6"]
                .iter()
                .fold(statement, |text, parameter| text.replace(parameter, "0::bigint"));
            let plan: &str = format!("EXPLAIN (COSTS OFF) {statement}").leak();
            let lines: Vec<String> = sqlx::query_scalar(plan).fetch_all(&self.pool).await.unwrap();
            lines.iter().for_each(|line| println!("plan of {name}: {line}"));
        }
    }
}

const SOURCE: &str = include_str!("../../src/store/postgres.rs");
