//! What has expired does not stay.

use std::time::Duration;

use verify_mfa::store::sqlx::{self, SqlitePool};

use super::fixture::fixture;
use crate::sql::{HOUR, count, create};

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
async fn a_sweep_goes_on_until_all_that_has_expired_is_removed() {
    let fixture = fixture().await;
    let many =
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1700)
                INSERT INTO verify_mfa_records SELECT 'key ' || n, x'00', n, 0 FROM number;
                INSERT INTO verify_mfa_counters SELECT key, 1, 1, 0 FROM verify_mfa_records";
    sqlx::raw_sql(many).execute(&fixture.pool).await.unwrap();
    count(&fixture.store, "another").await;
    are_left(&fixture.pool, 1).await;
}
