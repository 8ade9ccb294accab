//! What the tests of both SQL engines share.

use std::time::Duration;

use sqlx::error::DatabaseError;
use verify_mfa::{
    BoxError,
    store::{StateStore, Swap, Version, conformance::StateFixture, sqlx},
};

pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

/// The driver's error, which every failure of a store has underneath.
#[track_caller]
pub(crate) fn error<T>(answer: Result<T, BoxError>) -> sqlx::Error {
    match answer {
        Ok(_) => panic!("an answer instead of an error"),
        Err(error) => *error.downcast().expect("the driver's error"),
    }
}

/// That an operation failed with this code of the database.
#[track_caller]
pub(crate) fn fails<T>(answer: Result<T, BoxError>, code: &str) {
    let error = error(answer);
    let found = error.as_database_error().and_then(DatabaseError::code);
    assert_eq!(found.as_deref(), Some(code), "{error}");
}

pub(crate) async fn create(store: &impl StateStore, key: &str) -> Version {
    match store.save(key, b"one", None, HOUR).await.expect("an answer") {
        Swap::Stored(version) => version,
        Swap::Stale => panic!("{key} is there already"),
    }
}

pub(crate) async fn version(store: &impl StateStore, key: &str) -> Option<Version> {
    store.load(key).await.expect("an answer").record.map(|record| record.version)
}

/// Counts one more, up to 5, and gives the counter.
pub(crate) async fn count(store: &impl StateStore, key: &str) -> u32 {
    store.increment(key, 1, HOUR, 5).await.expect("an answer").count
}

/// A counter that has only refused has counted nothing, so its window has not begun.
pub(crate) async fn a_refused_increment_begins_no_window(fixture: &impl StateFixture) {
    let store = fixture.store();
    let refused = store.increment("key", 6, HOUR, 5).await.expect("an answer");
    fixture.advance(HOUR / 2).await;
    let counted = store.increment("key", 1, HOUR, 5).await.expect("an answer");
    assert!(counted.allowed);
    assert!(refused.resets_at + HOUR / 2 <= counted.resets_at, "{refused:?} {counted:?}");
}

/// That every operation that writes fails with this code.
pub(crate) async fn no_write_works(store: &impl StateStore, version: Version, code: &str) {
    fails(store.save("key", b"two", Some(version), HOUR).await, code);
    fails(store.save("other", b"two", None, HOUR).await, code);
    fails(store.increment("key", 1, HOUR, 5).await, code);
    fails(store.delete("key").await, code);
}

/// That every operation fails without an answer of the database.
pub(crate) async fn nothing_works(store: &impl StateStore, is_expected: fn(&sqlx::Error) -> bool) {
    for failure in [
        error(store.load("key").await),
        error(store.save("other", b"two", None, HOUR).await),
        error(store.increment("key", 1, HOUR, 5).await),
        error(store.delete("key").await),
    ] {
        assert!(is_expected(&failure), "{failure:?}");
    }
}
