//! What fails, and what is given up.

use super::super::{
    Breakable, StateFixture,
    support::{HOUR, create, failed, holds, interrupted, is_absent, record, save, worked},
};
use crate::store::{StateStore, Swap};

/// When the engine cannot answer, every operation is an error, whether there is a record or not: an
/// absent record would let a user in who is locked.
pub async fn a_failure_is_an_error_and_never_an_absent_record(
    fixture: &(impl StateFixture + Breakable),
) {
    let store = fixture.store();
    let version = create(store, "key", b"one").await;
    fixture.break_it().await;
    for key in ["key", "absent"] {
        failed("load", store.load(key).await);
    }
    fixture.repair().await;
    holds(store, "key", b"one", version).await;
}

/// An operation that failed left everything as it was.
pub async fn a_failed_operation_changes_nothing(fixture: &(impl StateFixture + Breakable)) {
    let store = fixture.store();
    let version = create(store, "key", b"one").await;
    super::counters::counts(store, "key", 1, 1).await;
    fixture.break_it().await;
    failed("save", store.save("key", b"two", Some(version), HOUR).await);
    failed("create", store.save("absent", b"two", None, HOUR).await);
    failed("delete", store.delete("key").await);
    failed("increment", store.increment("key", 1, HOUR, 5).await);
    fixture.repair().await;
    holds(store, "key", b"one", version).await;
    is_absent(store, "absent", "its create failed").await;
    super::counters::counts(store, "key", 1, 2).await;
}

/// A request that is given up, at any point, takes nothing with it: no lock, no connection. What it
/// was about to do is done or not done.
pub async fn a_dropped_operation_leaves_the_store_usable(fixture: &impl StateFixture) {
    let store = fixture.store();
    for waits in 0..WAITS {
        let before = record(store, "key").await.map(|record| record.version);
        interrupted(waits, store.save("key", b"dropped", before, HOUR)).await;
        interrupted(waits, store.increment("key", 1, HOUR, 5)).await;
        interrupted(waits, store.load("key")).await;
        is_usable(store).await;
        interrupted(waits, store.delete("key")).await;
        is_usable(store).await;
    }
}

/// Whether a save gets through; what was given up may still come before it.
async fn is_usable(store: &impl StateStore) {
    for _ in 0..10 {
        let version = record(store, "key").await.map(|record| record.version);
        if let Swap::Stored(_) = save(store, "key", b"after", version, HOUR).await {
            let counted = worked("increment", store.increment("other", 1, HOUR, u32::MAX).await);
            assert!(counted.allowed, "after an operation was dropped, no increment is allowed");
            return;
        }
    }
    panic!("after an operation was dropped, no save gets through");
}

const WAITS: u32 = 24;
