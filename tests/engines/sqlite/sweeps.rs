//! What has expired does not stay.

use std::time::Duration;

use verify_mfa::store::{
    StateStore, Swap,
    sqlx::{self, SqlitePool},
};

use super::fixture::fixture;
use crate::sql::{HOUR, count, create, version};

/// Until no row but `left` is there.
async fn are_left(pool: &SqlitePool, left: i64) {
    let rows = "SELECT (SELECT count(*) FROM verify_mfa_records) +
                       (SELECT count(*) FROM verify_mfa_counters)";
    let swept = async {
        while sqlx::query_scalar::<_, i64>(rows).fetch_one(pool).await.unwrap() != left {}
    };
    tokio::time::timeout(Duration::from_secs(30), swept).await.expect("rows are left");
}

#[tokio::test]
async fn what_has_expired_is_removed_as_the_store_is_used() {
    let fixture = fixture().await;
    create(&fixture.store, "record").await;
    count(&fixture.store, "counter").await;
    are_left(&fixture.pool, 2).await;
    fixture.clock.advance(HOUR);
    count(&fixture.store, "another").await;
    are_left(&fixture.pool, 1).await;
}

#[tokio::test]
async fn what_lives_longer_than_at_first_is_removed_when_it_has_expired() {
    let fixture = fixture().await;
    let first = create(&fixture.store, "renewed").await;
    create(&fixture.store, "expired").await;
    fixture.clock.advance(HOUR / 2);
    let saved = fixture.store.save("renewed", b"two", Some(first), HOUR).await.unwrap();
    assert!(matches!(saved, Swap::Stored(_)));
    fixture.clock.advance(HOUR / 2);
    count(&fixture.store, "counter").await;
    are_left(&fixture.pool, 2).await;
    assert!(version(&fixture.store, "renewed").await.is_some());
    fixture.clock.advance(HOUR / 2);
    count(&fixture.store, "counter").await;
    are_left(&fixture.pool, 1).await;
}

#[tokio::test]
async fn a_sweep_goes_on_until_all_that_has_expired_is_removed() {
    let fixture = fixture().await;
    let many =
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1700)
                INSERT INTO verify_mfa_records SELECT n, 'key', n, 0, 0, x'00' FROM number;
                INSERT INTO verify_mfa_counters SELECT key, 'key', 1, 1, 0, 0 FROM verify_mfa_records";
    sqlx::raw_sql(many).execute(&fixture.pool).await.unwrap();
    count(&fixture.store, "another").await;
    are_left(&fixture.pool, 1).await;
}
