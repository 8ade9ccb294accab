//! Tables and times.

use std::time::{Duration, SystemTime};

use verify_mfa::{
    Error, ManualClock,
    store::{SqliteState, StateStore, sqlx},
};

use super::fixture::{File, fixture};
use crate::sql::{self, count, create, version};

#[tokio::test]
async fn stores_with_different_prefixes_do_not_touch_each_other() {
    let fixture = fixture().await;
    let other = fixture.over(fixture.pool.clone()).table_prefix("shop_").unwrap();
    other.migrate().await.unwrap();
    create(&fixture.store, "key").await;
    count(&fixture.store, "key").await;
    assert_eq!(version(&other, "key").await, None);
    assert_eq!(count(&other, "key").await, 1);
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
async fn migrating_again_and_at_the_same_time_changes_nothing() {
    let fixture = fixture().await;
    let version_before = create(&fixture.store, "key").await;
    let again = [(); 8].map(|()| fixture.store.migrate());
    for migrated in futures_util::future::join_all(again).await {
        migrated.unwrap();
    }
    assert_eq!(version(&fixture.store, "key").await, Some(version_before));
}

#[tokio::test]
async fn before_migrate_every_operation_is_an_error() {
    let file = File::new();
    let store = SqliteState::new(file.pool().await);
    assert!(store.load("key").await.is_err());
    assert!(store.increment("key", 1, Duration::from_secs(60), 5).await.is_err());
}

#[tokio::test]
async fn a_database_that_cannot_be_written_cannot_be_migrated() {
    let file = File::new();
    drop(file.pool().await);
    let pool = sqlx::SqlitePool::connect_with(file.options().read_only(true)).await.unwrap();
    let migrated = SqliteState::new(pool).migrate().await;
    assert!(matches!(migrated, Err(Error::Store { .. })), "{migrated:?}");
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
async fn a_clock_before_1970_is_an_error() {
    let fixture = fixture().await;
    let early = ManualClock::new(SystemTime::UNIX_EPOCH - Duration::from_secs(1));
    assert!(fixture.store.clone().with_clock(early).load("key").await.is_err());
}
