//! Limits.

use std::time::SystemTime;

use super::super::{
    StateFixture,
    support::{HOUR, MINUTE, create, delete, holds, is_close, load, worked},
};
use crate::store::{Increment, StateStore};

/// An increment that would pass the limit is refused and adds nothing, so that a smaller one still
/// fits.
pub async fn a_refused_increment_does_not_count(fixture: &impl StateFixture) {
    let store = fixture.store();
    counts(store, "key", 3, 3).await;
    for _ in 0..3 {
        refuses(store, "key", 3, 3).await;
    }
    counts(store, "key", 2, LIMIT).await;
    refuses(store, "key", 1, LIMIT).await;
}

/// More than the limit is refused on a new counter too, however much it is.
pub async fn more_than_the_limit_at_once_is_refused(fixture: &impl StateFixture) {
    let store = fixture.store();
    refuses(store, "key", LIMIT + 1, 0).await;
    refuses(store, "key", u32::MAX, 0).await;
    counts(store, "key", 1, 1).await;
    refuses(store, "key", u32::MAX, 1).await;
    counts(store, "key", LIMIT - 1, LIMIT).await;
}

/// The window is that of the first increment: later ones, allowed or refused, do not move its end.
pub async fn the_window_begins_with_the_first_increment(fixture: &impl StateFixture) {
    let store = fixture.store();
    let before = load(store, "key").await.now;
    let ends = counts(store, "key", 1, 1).await;
    let after = load(store, "key").await.now;
    let window = before + HOUR..=after + HOUR;
    let is_right = window.contains(&ends) || is_close(ends, before + HOUR);
    assert!(is_right, "a window of an hour ends at {ends:?}, which is not in {window:?}");
    fixture.advance(HOUR / 2).await;
    let second = counts(store, "key", LIMIT - 1, LIMIT).await;
    let third = refuses(store, "key", 1, LIMIT).await;
    for later in [second, third] {
        let is_kept = is_close(later, ends);
        assert!(is_kept, "an increment moved the end of the window to {later:?}");
    }
}

/// When the window is over the counter begins at 0, with a new window.
pub async fn a_counter_begins_again_when_its_window_is_over(fixture: &impl StateFixture) {
    let store = fixture.store();
    for _ in 0..3 {
        let ends = counts(store, "key", LIMIT, LIMIT).await;
        fixture.advance(HOUR - MINUTE).await;
        refuses(store, "key", 1, LIMIT).await;
        fixture.advance(MINUTE).await;
        let now = load(store, "key").await.now;
        assert!(ends <= now, "the counter should have begun again by {now:?}");
    }
    counts(store, "key", 1, 1).await;
}

/// A counter and a record under the same key are two things, and so are two counters.
pub async fn counters_and_records_do_not_touch_each_other(fixture: &impl StateFixture) {
    let store = fixture.store();
    counts(store, "key", 2, 2).await;
    let version = create(store, "key", b"one").await;
    counts(store, "key", 1, 3).await;
    counts(store, "other", 1, 1).await;
    holds(store, "key", b"one", version).await;
    delete(store, "key").await;
    counts(store, "key", 1, 4).await;
}

/// Adds `by`, which has to be allowed and to make `count`; gives the end of the window.
pub(super) async fn counts(store: &impl StateStore, key: &str, by: u32, count: u32) -> SystemTime {
    let answer = increment(store, key, by).await;
    assert!(answer.allowed, "{by} more were refused below the limit of {LIMIT}: {answer:?}");
    assert_eq!(answer.count, count, "the counter is wrong after {by} more");
    answer.resets_at
}

/// Adds `by`, which has to be refused and to leave `count`; gives the end of the window.
async fn refuses(store: &impl StateStore, key: &str, by: u32, count: u32) -> SystemTime {
    let answer = increment(store, key, by).await;
    assert!(!answer.allowed, "{by} more were allowed beyond the limit of {LIMIT}: {answer:?}");
    assert_eq!(answer.count, count, "a refused increment changed the counter");
    answer.resets_at
}

async fn increment(store: &impl StateStore, key: &str, by: u32) -> Increment {
    worked("increment", store.increment(key, by, HOUR, LIMIT).await)
}

const LIMIT: u32 = 5;
