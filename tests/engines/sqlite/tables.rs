//! Tables and times.

use std::time::{Duration, SystemTime};

use verify_mfa::{
    Error, ManualClock,
    store::{
        SqliteState, StateStore, Swap,
        sqlx::{self, AssertSqlSafe},
    },
};

use super::fixture::{File, Fixture, fixture};
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

/// Which happens to two of 2^32 keys, if ever.
#[tokio::test]
async fn two_keys_of_one_number_never_mix() {
    let fixture = fixture().await;
    let version_before = create(&fixture.store, "key").await;
    count(&fixture.store, "key").await;
    rename_keys(&fixture, "other").await;
    assert_eq!(version(&fixture.store, "key").await, None);
    for expected in [None, Some(version_before)] {
        let saved = fixture.store.save("key", b"two", expected, sql::HOUR).await.unwrap();
        assert_eq!(saved, Swap::Stale);
    }
    assert!(fixture.store.increment("key", 1, sql::HOUR, 5).await.is_err());
    fixture.store.delete("key").await.unwrap();
    rename_keys(&fixture, "key").await;
    assert_eq!(version(&fixture.store, "key").await, Some(version_before));
    assert_eq!(count(&fixture.store, "key").await, 2);
}

/// As if the one record and the one counter were another key's.
async fn rename_keys(fixture: &Fixture, key: &str) {
    for table in ["records", "counters"] {
        let rename = format!("UPDATE verify_mfa_{table} SET whole_key = '{key}'");
        sqlx::raw_sql(AssertSqlSafe(rename)).execute(&fixture.pool).await.unwrap();
    }
}

#[tokio::test]
async fn a_table_of_that_name_with_other_columns_cannot_be_migrated() {
    let file = File::new();
    let pool = file.pool().await;
    let table =
        "CREATE TABLE verify_mfa_records (key TEXT NOT NULL PRIMARY KEY, expires_at INTEGER)";
    sqlx::raw_sql(table).execute(&pool).await.unwrap();
    let migrated = SqliteState::new(pool).migrate().await;
    let Err(Error::Store { source, .. }) = migrated else { panic!("{migrated:?}") };
    assert!(source.to_string().contains("no such column: sweep_at"), "{source}");
}
