//! Compare-and-swap.

use std::collections::HashSet;

use super::super::{
    StateFixture,
    support::{HOUR, MINUTE, create, delete, holds, is_absent, save, stale, stored},
};
use crate::store::{StateStore, Version};

/// Creating expects no version, and is stale when there is a record already.
pub async fn a_record_is_created_once(fixture: &impl StateFixture) {
    let store = fixture.store();
    let version = create(store, "key", b"one").await;
    stale("a second create", save(store, "key", b"two", None, HOUR).await);
    holds(store, "key", b"one", version).await;
}

/// A save that expects a version never creates.
pub async fn a_version_needs_its_record(fixture: &impl StateFixture) {
    let store = fixture.store();
    let version = create(store, "other", b"one").await;
    for expected in [version, Version(0), Version(1)] {
        stale("a save over nothing", save(store, "key", b"two", Some(expected), HOUR).await);
        is_absent(store, "key", "its save was Stale").await;
    }
}

/// A save that expects an older version is stale and leaves contents and version as they are.
pub async fn a_stale_save_changes_nothing(fixture: &impl StateFixture) {
    let store = fixture.store();
    let first = create(store, "key", b"one").await;
    let second = stored(save(store, "key", b"two", Some(first), HOUR).await);
    assert_ne!(first, second, "a save left the version as it was");
    for _ in 0..2 {
        stale("a late save", save(store, "key", b"late", Some(first), HOUR).await);
        holds(store, "key", b"two", second).await;
    }
    stored(save(store, "key", b"three", Some(second), HOUR).await);
}

/// A version that a deleted record had is never that of a later record under the key, so that who
/// was late by a whole life is still stale.
pub async fn a_version_never_comes_back_after_a_delete(fixture: &impl StateFixture) {
    let store = fixture.store();
    let mut seen = Vec::new();
    for _ in 0..LIVES {
        seen.extend(one_life(store).await);
        delete(store, "key").await;
    }
    are_distinct(&seen);
    are_stale(store, &seen).await;
}

/// Nor that of one that expired.
pub async fn a_version_never_comes_back_after_expiry(fixture: &impl StateFixture) {
    let store = fixture.store();
    let mut seen = Vec::new();
    for _ in 0..LIVES {
        seen.extend(one_life(store).await);
        fixture.advance(HOUR + MINUTE).await;
    }
    are_distinct(&seen);
    are_stale(store, &seen).await;
}

/// The versions of a record that is created and replaced once.
async fn one_life(store: &impl StateStore) -> [Version; 2] {
    let first = create(store, "key", b"one").await;
    [first, stored(save(store, "key", b"two", Some(first), HOUR).await)]
}

#[track_caller]
fn are_distinct(versions: &[Version]) {
    let distinct: HashSet<_> = versions.iter().collect();
    assert_eq!(distinct.len(), versions.len(), "a version came back: {versions:?}");
}

async fn are_stale(store: &impl StateStore, versions: &[Version]) {
    create(store, "key", b"new").await;
    for version in versions {
        stale("a save of an earlier life", save(store, "key", b"late", Some(*version), HOUR).await);
    }
}

const LIVES: usize = 20;
