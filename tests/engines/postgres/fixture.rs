//! A schema of its own for each test.

use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use tokio::{
    runtime,
    sync::{Semaphore, SemaphorePermit},
};
use verify_mfa::store::{
    PostgresState,
    conformance::{Breakable, StateFixture},
    sqlx::{
        self, AssertSqlSafe, Connection, PgConnection, PgPool,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};

/// How many tests at once, so that the server has connections enough for all.
static AT_ONCE: Semaphore = Semaphore::const_new(8);

/// The server that is tested, which has to be there.
fn server() -> PgConnectOptions {
    let url = env::var("VERIFY_MFA_TEST_POSTGRES");
    let url = url.as_deref().unwrap_or("postgres://root@localhost/test");
    url.parse().expect("VERIFY_MFA_TEST_POSTGRES is a URL")
}

/// A schema, dropped when it is dropped, with the connections that still use it.
pub(crate) struct Schema {
    name: String,
    _permit: SemaphorePermit<'static>,
}

impl Schema {
    pub(crate) async fn new() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let name = format!("verify_mfa_test_{}_{number}", process::id());
        let permit = AT_ONCE.acquire().await.expect("a turn");
        let made = format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}");
        run(made).await.expect("PostgreSQL, at VERIFY_MFA_TEST_POSTGRES or the standard port");
        Self { name, _permit: permit }
    }

    /// How to connect so that its tables are the ones that are meant.
    pub(crate) fn options(&self) -> PgConnectOptions {
        server().application_name(&self.name).options([("search_path", &self.name)])
    }

    pub(crate) async fn pool(&self) -> PgPool {
        let pool = PgPoolOptions::new().max_connections(4);
        pool.connect_with(self.options()).await.expect("a connection")
    }

    /// A pool of one connection that is not waited for.
    pub(crate) async fn impatient(&self) -> PgPool {
        let pool = PgPoolOptions::new().max_connections(1);
        let pool = pool.acquire_timeout(Duration::from_millis(500));
        pool.connect_with(self.options()).await.expect("a connection")
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let dropped = run(format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{0}';
             DROP SCHEMA IF EXISTS {0} CASCADE",
            self.name
        ));
        let dropped = thread::spawn(|| {
            runtime::Builder::new_current_thread().enable_all().build()?.block_on(dropped)
        });
        let _ = dropped.join();
    }
}

async fn run(sql: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(&server()).await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await
}

pub(crate) struct Fixture {
    pub(crate) store: PostgresState,
    pub(crate) pool: PgPool,
    pub(crate) schema: Schema,
}

pub(crate) async fn fixture() -> Fixture {
    let schema = Schema::new().await;
    let pool = schema.pool().await;
    let store = PostgresState::new(pool.clone());
    store.migrate().await.expect("tables");
    Fixture { store, pool, schema }
}

impl Fixture {
    pub(crate) async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.pool).await.expect("the database");
    }
}

impl StateFixture for Fixture {
    type Store = PostgresState;

    fn store(&self) -> &PostgresState {
        &self.store
    }

    async fn advance(&self, by: Duration) {
        self.store.advance(by);
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
