//! What has expired does not stay.

use std::time::Duration;

use verify_mfa::store::sqlx::{self, PgPool};

use super::fixture::fixture;
use crate::sql::{HOUR, count, create};

/// Until no row but `left` is there.
async fn are_left(pool: &PgPool, left: i64) {
    let rows = "SELECT (SELECT count(*) FROM verify_mfa_records) +
                       (SELECT count(*) FROM verify_mfa_counters)";
    let swept = async {
        while sqlx::query_scalar::<_, i64>(rows).fetch_one(pool).await.unwrap() != left {}
    };
    tokio::time::timeout(Duration::from_secs(30), swept).await.expect("rows are left");
}

const MANY: &str = "
    INSERT INTO verify_mfa_records SELECT 'key ' || n, '', n, 0 FROM generate_series(1, 1700) AS n;
    INSERT INTO verify_mfa_counters SELECT key, 1, true, 0 FROM verify_mfa_records";

#[tokio::test]
async fn what_has_expired_is_removed_as_the_store_is_used() {
    let fixture = fixture().await;
    create(&fixture.store, "record").await;
    count(&fixture.store, "counter").await;
    are_left(&fixture.pool, 2).await;
    fixture.store.advance(HOUR);
    count(&fixture.store, "another").await;
    are_left(&fixture.pool, 1).await;
}

#[tokio::test]
async fn a_sweep_goes_on_until_all_that_has_expired_is_removed() {
    let fixture = fixture().await;
    fixture.run(MANY).await;
    count(&fixture.store, "another").await;
    are_left(&fixture.pool, 1).await;
}

#[tokio::test]
async fn a_sweep_waits_for_no_locks() {
    let fixture = fixture().await;
    fixture.run(MANY).await;
    let mut writer = fixture.pool.begin().await.unwrap();
    let row = "SELECT * FROM verify_mfa_records WHERE key = 'key 1' FOR UPDATE";
    sqlx::raw_sql(row).execute(&mut *writer).await.unwrap();
    count(&fixture.store, "another").await;
    are_left(&fixture.pool, 2).await;
}
