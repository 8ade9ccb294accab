//! What can go wrong with a connection.

use std::time::Duration;

use verify_mfa::store::{
    PostgresState, StateStore,
    sqlx::{self, Error, PgPool},
};

use super::fixture::{Fixture, fixture};
use crate::sql::{HOUR, count, create, error, fails, no_write_works, nothing_works, version};

const READ_ONLY: &str = "25006";
const TERMINATED: &str = "57P01";

#[tokio::test]
async fn a_replica_that_may_only_be_read_is_read_and_every_write_is_an_error() {
    let fixture = fixture().await;
    let version_before = create(&fixture.store, "key").await;
    let options = fixture.schema.options().options([("default_transaction_read_only", "on")]);
    let store = PostgresState::new(PgPool::connect_with(options).await.unwrap());
    no_write_works(&store, version_before, READ_ONLY).await;
    assert_eq!(version(&store, "key").await, Some(version_before));
}

/// Cuts the connection of the increment that waits for a lock on this fixture's counters, as soon as there
/// is one. A sweep may wait there too.
async fn cut_what_waits(fixture: &Fixture) {
    let cut = "SELECT count(pg_terminate_backend(pid))
               FROM pg_locks JOIN pg_stat_activity USING (pid)
               WHERE NOT granted AND relation = 'verify_mfa_counters'::regclass
                   AND query LIKE '%INSERT INTO%'";
    let cut = async {
        while sqlx::query_scalar::<_, i64>(cut).fetch_one(&fixture.pool).await.unwrap() == 0 {}
    };
    tokio::time::timeout(Duration::from_secs(30), cut).await.expect("nothing waits");
}

#[tokio::test]
async fn a_connection_that_is_cut_in_the_middle_is_an_error_and_counts_nothing() {
    let fixture = fixture().await;
    count(&fixture.store, "key").await;
    let mut lock = fixture.pool.begin().await.unwrap();
    let table = sqlx::raw_sql("LOCK TABLE verify_mfa_counters IN EXCLUSIVE MODE");
    table.execute(&mut *lock).await.unwrap();
    let (cut, ()) =
        tokio::join!(fixture.store.increment("key", 1, HOUR, 5), cut_what_waits(&fixture));
    fails(cut, TERMINATED);
    lock.rollback().await.unwrap();
    assert_eq!(count(&fixture.store, "key").await, 2);
}

#[tokio::test]
async fn connections_that_were_cut_in_between_are_replaced() {
    let fixture = fixture().await;
    let pool = fixture.schema.impatient().await;
    let store = PostgresState::new(pool.clone());
    count(&store, "key").await;
    let process = "SELECT pg_backend_pid()";
    let process: i32 = sqlx::query_scalar(process).fetch_one(&pool).await.unwrap();
    let cut = sqlx::query("SELECT pg_terminate_backend($1, 30000)").bind(process);
    cut.execute(&fixture.pool).await.unwrap();
    assert_eq!(count(&store, "key").await, 2);
}

/// The answer has its row when the commit fails.
#[tokio::test]
async fn a_commit_that_fails_is_an_error_and_counts_nothing() {
    let fixture = fixture().await;
    let fail_at_commit = "
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '53100'; END $$;
        CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT OR UPDATE ON verify_mfa_counters
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail();
        CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT OR UPDATE ON verify_mfa_records
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()";
    fixture.run(fail_at_commit).await;
    fails(fixture.store.increment("key", 1, HOUR, 5).await, "53100");
    fails(fixture.store.save("key", b"one", None, HOUR).await, "53100");
    fixture.run("DROP FUNCTION fail CASCADE").await;
    assert_eq!(count(&fixture.store, "key").await, 1);
    assert_eq!(version(&fixture.store, "key").await, None);
}

#[tokio::test]
async fn a_lock_that_does_not_end_is_an_error_when_the_server_has_a_timeout() {
    let fixture = fixture().await;
    let version_before = create(&fixture.store, "key").await;
    let mut writer = fixture.pool.begin().await.unwrap();
    let row = sqlx::raw_sql("SELECT * FROM verify_mfa_records FOR UPDATE");
    row.execute(&mut *writer).await.unwrap();
    let options = fixture.schema.options().options([("lock_timeout", "50ms")]);
    let store = PostgresState::new(PgPool::connect_with(options).await.unwrap());
    fails(store.save("key", b"two", Some(version_before), HOUR).await, "55P03");
    assert_eq!(version(&store, "key").await, Some(version_before));
}

#[tokio::test]
async fn an_exhausted_pool_is_an_error_after_its_timeout() {
    let fixture = fixture().await;
    let pool = fixture.schema.impatient().await;
    let store = PostgresState::new(pool.clone());
    let taken = pool.acquire().await.unwrap();
    nothing_works(&store, |error| matches!(error, Error::PoolTimedOut)).await;
    drop(taken);
    assert_eq!(count(&store, "key").await, 1);
}

#[tokio::test]
async fn a_closed_pool_is_an_error() {
    let fixture = fixture().await;
    fixture.pool.close().await;
    nothing_works(&fixture.store, |error| matches!(error, Error::PoolClosed)).await;
}

#[tokio::test]
async fn a_key_that_the_server_cannot_hold_is_an_error() {
    let fixture = fixture().await;
    let failure = error(fixture.store.load("a\0b").await);
    assert!(failure.as_database_error().is_some(), "{failure:?}");
}
