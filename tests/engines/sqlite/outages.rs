//! What can go wrong with a file.

use std::time::Duration;

use verify_mfa::store::{
    StateStore,
    sqlx::{
        self, Error,
        sqlite::{SqliteJournalMode, SqlitePool, SqlitePoolOptions},
    },
};

use super::fixture::{Fixture, fixture};
use crate::sql::{HOUR, count, create, fails, no_write_works, nothing_works, version};

const BUSY: &str = "5";
const READ_ONLY: &str = "8";
const FULL: &str = "13";

/// A pool of one connection that does not wait.
async fn impatient(fixture: &Fixture, mode: SqliteJournalMode) -> SqlitePool {
    let options = fixture.file.options().journal_mode(mode).busy_timeout(Duration::ZERO);
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool.acquire_timeout(Duration::from_millis(500));
    pool.connect_with(options).await.expect("a database")
}

#[tokio::test]
async fn a_file_that_may_only_be_read_is_read_and_every_write_is_an_error() {
    let fixture = fixture().await;
    let version_before = create(&fixture.store, "key").await;
    let options = fixture.file.options().read_only(true);
    let store = fixture.over(SqlitePool::connect_with(options).await.unwrap());
    no_write_works(&store, version_before, READ_ONLY).await;
    assert_eq!(version(&store, "key").await, Some(version_before));
}

#[tokio::test]
async fn a_full_disk_is_an_error_that_loses_nothing() {
    let fixture = fixture().await;
    let pool = impatient(&fixture, SqliteJournalMode::Wal).await;
    let store = fixture.over(pool.clone());
    let version_before = create(&store, "key").await;
    count(&store, "key").await;
    // No page more than there are.
    let limit = "PRAGMA max_page_count = 1";
    sqlx::raw_sql(limit).execute(&pool).await.unwrap();
    let big = vec![7; 65_536];
    fails(store.save("key", &big, Some(version_before), HOUR).await, FULL);
    fails(store.save("other", &big, None, HOUR).await, FULL);
    assert_eq!(version(&store, "key").await, Some(version_before));
    assert_eq!(version(&store, "other").await, None);
    sqlx::raw_sql("PRAGMA max_page_count = 100000").execute(&pool).await.unwrap();
    assert!(store.save("key", &big, Some(version_before), HOUR).await.is_ok());
    assert_eq!(count(&store, "key").await, 2);
}

#[tokio::test]
async fn a_writer_that_does_not_end_is_an_error_after_the_busy_timeout() {
    let fixture = fixture().await;
    let version_before = create(&fixture.store, "key").await;
    let writer = fixture.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let store = fixture.over(impatient(&fixture, SqliteJournalMode::Wal).await);
    no_write_works(&store, version_before, BUSY).await;
    assert_eq!(version(&store, "key").await, Some(version_before));
    writer.rollback().await.unwrap();
    assert_eq!(count(&store, "key").await, 1);
}

/// The statement has given its row when the commit fails.
#[tokio::test]
async fn a_commit_that_a_reader_holds_up_is_an_error_and_counts_nothing() {
    let fixture = fixture().await;
    fixture.pool.close().await;
    let mode = SqliteJournalMode::Delete;
    let [pool, readers] = [impatient(&fixture, mode).await, impatient(&fixture, mode).await];
    let store = fixture.over(pool);
    count(&store, "key").await;
    let mut reader = readers.begin().await.unwrap();
    let rows = "SELECT count(*) FROM verify_mfa_counters";
    sqlx::query_scalar::<_, i64>(rows).fetch_one(&mut *reader).await.unwrap();
    fails(store.increment("key", 1, HOUR, 5).await, BUSY);
    fails(store.save("key", b"one", None, HOUR).await, BUSY);
    reader.rollback().await.unwrap();
    assert_eq!(count(&store, "key").await, 2);
    assert_eq!(version(&store, "key").await, None);
}

#[tokio::test]
async fn an_exhausted_pool_is_an_error_after_its_timeout() {
    let fixture = fixture().await;
    let pool = impatient(&fixture, SqliteJournalMode::Wal).await;
    let store = fixture.over(pool.clone());
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
