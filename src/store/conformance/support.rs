//! What the promises share.

use std::{
    task::Poll,
    time::{Duration, SystemTime},
};

use futures_util::future::{join_all, poll_fn, select};

use super::{Spawn, Task};
use crate::{
    BoxError,
    store::{Loaded, Record, StateStore, Swap, Version},
};

/// The answer of an operation that had no reason to fail.
#[track_caller]
pub(super) fn worked<T>(operation: &str, answer: Result<T, BoxError>) -> T {
    match answer {
        Ok(answer) => answer,
        Err(error) => panic!("{operation} failed: {error}"),
    }
}

#[track_caller]
pub(super) fn failed<T>(operation: &str, answer: Result<T, BoxError>) {
    assert!(answer.is_err(), "{operation} of a broken store gave an answer instead of an error");
}

pub(super) async fn load(store: &impl StateStore, key: &str) -> Loaded {
    worked("load", store.load(key).await)
}

pub(super) async fn record(store: &impl StateStore, key: &str) -> Option<Record> {
    load(store, key).await.record
}

pub(super) async fn delete(store: &impl StateStore, key: &str) {
    worked("delete", store.delete(key).await);
}

pub(super) async fn save(
    store: &impl StateStore,
    key: &str,
    bytes: &[u8],
    expected: Option<Version>,
    time_to_live: Duration,
) -> Swap {
    worked("save", store.save(key, bytes, expected, time_to_live).await)
}

/// Creates the record under `key`, for an hour.
pub(super) async fn create(store: &impl StateStore, key: &str, bytes: &[u8]) -> Version {
    stored(save(store, key, bytes, None, HOUR).await)
}

#[track_caller]
pub(super) fn stored(swap: Swap) -> Version {
    match swap {
        Swap::Stored(version) => version,
        Swap::Stale => panic!("a save that expected the right version was Stale"),
    }
}

#[track_caller]
pub(super) fn stale(why: &str, swap: Swap) {
    assert!(swap == Swap::Stale, "{why} must be Stale, and was {swap:?}");
}

/// That the record under `key` is there, with these contents and this version.
pub(super) async fn holds(store: &impl StateStore, key: &str, bytes: &[u8], version: Version) {
    match record(store, key).await {
        Some(record) => {
            assert!(record.bytes == bytes, "the record {key:?} has other contents than were saved");
            assert_eq!(record.version, version, "the record {key:?} has another version");
        }
        None => panic!("the record {key:?} is absent"),
    }
}

pub(super) async fn is_absent(store: &impl StateStore, key: &str, why: &str) {
    assert!(record(store, key).await.is_none(), "{why}, and the record is still there");
}

/// How many of the tasks won, when all run side by side.
pub(super) async fn winners(spawn: Spawn, tasks: impl Iterator<Item = Task>) -> usize {
    let running: Vec<Task> = tasks.map(spawn).collect();
    join_all(running).await.into_iter().filter(|won| *won).count()
}

/// Runs `operation` until it has waited so many times, and drops it then.
pub(super) async fn interrupted<T>(waits: u32, operation: impl Future<Output = T> + Send) {
    let mut left = waits;
    let limit = poll_fn(move |context| {
        context.waker().wake_by_ref();
        left = left.saturating_sub(1);
        if left == 0 { Poll::Ready(()) } else { Poll::Pending }
    });
    select(Box::pin(operation), limit).await;
}

/// Whether two times are the same, as far as an engine has to remember them.
pub(super) fn is_close(one: SystemTime, other: SystemTime) -> bool {
    let apart = one.duration_since(other).or_else(|_| other.duration_since(one));
    apart.is_ok_and(|apart| apart < Duration::from_secs(1))
}

pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const MINUTE: Duration = Duration::from_secs(60);
