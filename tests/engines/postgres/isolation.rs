//! Transactions that are stricter than they have to be: an operation may fail, and never lies.

use std::time::Duration;

use verify_mfa::store::{
    PostgresState,
    conformance::{Spawn, StateFixture, state},
    sqlx::postgres::PgPoolOptions,
};

use super::fixture::{Fixture, fixture};

/// The same tables, with `SERIALIZABLE` as the default of its connections.
struct Serializable {
    store: PostgresState,
    _fixture: Fixture,
}

impl Serializable {
    async fn new() -> Self {
        let fixture = fixture().await;
        let level = [("default_transaction_isolation", "serializable")];
        let options = fixture.schema.options().options(level);
        let pool = PgPoolOptions::new().max_connections(4).connect_with(options).await.unwrap();
        Self { store: PostgresState::new(pool), _fixture: fixture }
    }
}

impl StateFixture for Serializable {
    type Store = PostgresState;

    fn store(&self) -> &PostgresState {
        &self.store
    }

    async fn advance(&self, by: Duration) {
        self.store.advance(by);
    }
}

const SPAWN: Spawn = |task| {
    let running = tokio::spawn(task);
    Box::pin(async move { running.await.unwrap() })
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_thirty_two_writers_one_creates() {
    state::of_thirty_two_writers_one_creates(&Serializable::new().await, SPAWN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_thirty_two_writers_one_replaces() {
    state::of_thirty_two_writers_one_replaces(&Serializable::new().await, SPAWN).await;
}

#[tokio::test]
async fn counters_keep_their_promises() {
    let fixture = Serializable::new().await;
    state::a_refused_increment_does_not_count(&fixture).await;
    state::the_window_begins_with_the_first_increment(&Serializable::new().await).await;
}
