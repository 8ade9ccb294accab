//! Many at once. Each race is run several times, because a store may win by luck.

use super::super::{
    Spawn, StateFixture, Task,
    support::{HOUR, create, record, winners},
};
use crate::store::{StateStore, Swap, Version};

/// Of 32 that create the same record at once, one is stored, and its contents are what is loaded.
pub async fn of_thirty_two_writers_one_creates(fixture: &impl StateFixture, spawn: Spawn) {
    for round in 0..ROUNDS {
        one_writes(fixture.store(), &format!("key {round}"), None, spawn).await;
    }
}

/// Of 32 that replace the same version at once, one is stored.
pub async fn of_thirty_two_writers_one_replaces(fixture: &impl StateFixture, spawn: Spawn) {
    let mut version = create(fixture.store(), "key", b"first").await;
    for _ in 0..ROUNDS {
        version = one_writes(fixture.store(), "key", Some(version), spawn).await;
    }
}

/// Of 200 increments by 1 at once, against a limit of 5, five are allowed.
pub async fn two_hundred_increments_against_a_limit_of_five_are_five(
    fixture: &impl StateFixture,
    spawn: Spawn,
) {
    for round in 0..ROUNDS {
        let key = format!("key {round}");
        let tasks = (0..200).map(|_| increment(fixture.store().clone(), key.clone()));
        let allowed = winners(spawn, tasks).await;
        assert_eq!(allowed, 5, "of 200 increments, {allowed} were allowed against a limit of 5");
    }
}

async fn one_writes<S: StateStore + Clone>(
    store: &S,
    key: &str,
    expected: Option<Version>,
    spawn: Spawn,
) -> Version {
    let tasks = (0..WRITERS).map(|writer| write(store.clone(), key.to_owned(), expected, writer));
    let stored = winners(spawn, tasks).await;
    assert_eq!(stored, 1, "of {WRITERS} writers that expected {expected:?}, {stored} were stored");
    match record(store, key).await {
        Some(record) if Some(record.version) != expected => record.version,
        _ => panic!("what the one writer stored is not there"),
    }
}

fn write(store: impl StateStore, key: String, expected: Option<Version>, writer: u8) -> Task {
    Box::pin(async move {
        let swap = store.save(&key, &[writer], expected, HOUR).await;
        matches!(swap, Ok(Swap::Stored(_)))
    })
}

fn increment(store: impl StateStore, key: String) -> Task {
    Box::pin(async move { store.increment(&key, 1, HOUR, 5).await.is_ok_and(|it| it.allowed) })
}

const WRITERS: u8 = 32;
const ROUNDS: u32 = 20;
