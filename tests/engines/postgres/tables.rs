//! Tables and times.

use std::time::Duration;

use verify_mfa::{
    Error,
    store::{PostgresState, StateStore, sqlx},
};

use super::fixture::{Schema, fixture};
use crate::sql::{self, count, create, version};

#[tokio::test]
async fn stores_with_different_prefixes_do_not_touch_each_other() {
    let fixture = fixture().await;
    let other = PostgresState::new(fixture.pool.clone()).table_prefix("shop_").unwrap();
    other.migrate().await.unwrap();
    create(&fixture.store, "key").await;
    count(&fixture.store, "key").await;
    assert_eq!(version(&other, "key").await, None);
    assert_eq!(count(&other, "key").await, 1);
}

#[tokio::test]
async fn the_longest_prefix_makes_tables_of_its_own() {
    let fixture = fixture().await;
    for end in ["a", "b"] {
        let prefix = format!("{}{end}", "long_".repeat(7) + "long");
        let store = PostgresState::new(fixture.pool.clone()).table_prefix(&prefix).unwrap();
        store.migrate().await.unwrap();
        assert_eq!(count(&store, "key").await, 1);
    }
}

#[tokio::test]
async fn a_prefix_that_is_no_name_is_refused() {
    let fixture = fixture().await;
    for prefix in ["", "shop.", "x; DROP TABLE verify_mfa_records; --", "Shop_"] {
        let refused = fixture.store.clone().table_prefix(prefix);
        assert!(matches!(refused, Err(Error::Configuration { .. })), "{prefix}");
    }
}

#[tokio::test]
async fn many_nodes_migrate_at_the_same_time() {
    let schema = Schema::new().await;
    let store = PostgresState::new(schema.pool().await);
    let at_once = [(); 8].map(|()| store.migrate());
    for migrated in futures_util::future::join_all(at_once).await {
        migrated.unwrap();
    }
    assert_eq!(count(&store, "key").await, 1);
}

#[tokio::test]
async fn before_migrate_every_operation_is_an_error() {
    let schema = Schema::new().await;
    let store = PostgresState::new(schema.pool().await);
    assert!(store.load("key").await.is_err());
    assert!(store.increment("key", 1, Duration::from_secs(60), 5).await.is_err());
}

#[tokio::test]
async fn a_refused_increment_begins_no_window() {
    sql::a_refused_increment_begins_no_window(&fixture().await).await;
}

#[tokio::test]
async fn a_time_to_live_beyond_the_range_of_time_is_an_error() {
    let fixture = fixture().await;
    for time in [Duration::MAX, Duration::from_millis(i64::MAX.unsigned_abs())] {
        assert!(fixture.store.save("key", b"one", None, time).await.is_err());
        assert!(fixture.store.increment("key", 1, time, 5).await.is_err());
    }
    assert_eq!(version(&fixture.store, "key").await, None);
    assert_eq!(count(&fixture.store, "key").await, 1);
}

#[tokio::test]
async fn the_time_is_that_of_the_server() {
    let fixture = fixture().await;
    let milliseconds = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let before: i64 = sqlx::query_scalar(milliseconds).fetch_one(&fixture.pool).await.unwrap();
    let now = fixture.store.load("key").await.unwrap().now;
    let after: i64 = sqlx::query_scalar(milliseconds).fetch_one(&fixture.pool).await.unwrap();
    let now = now.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap().as_millis();
    assert!((before as u128..=after as u128).contains(&now), "{before} {now} {after}");
}
