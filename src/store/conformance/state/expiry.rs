//! The engine's own clock.

use super::super::{
    StateFixture,
    support::{HOUR, MINUTE, create, holds, is_absent, load, save, stale, stored},
};

/// When its time is over, a record is absent: for load, for a save under its last version, and for a
/// create.
pub async fn an_expired_record_is_absent(fixture: &impl StateFixture) {
    let store = fixture.store();
    let version = create(store, "key", b"one").await;
    fixture.advance(HOUR - MINUTE).await;
    holds(store, "key", b"one", version).await;
    fixture.advance(MINUTE).await;
    stale("a save over what has expired", save(store, "key", b"two", Some(version), HOUR).await);
    is_absent(store, "key", "its time is over").await;
    let version = create(store, "key", b"three").await;
    holds(store, "key", b"three", version).await;
}

/// Saving again counts from now.
pub async fn a_record_lives_longer_when_the_last_save_says_so(fixture: &impl StateFixture) {
    let store = fixture.store();
    let first = create(store, "key", b"one").await;
    fixture.advance(HOUR - MINUTE).await;
    let second = stored(save(store, "key", b"two", Some(first), HOUR * 24).await);
    fixture.advance(HOUR * 23).await;
    holds(store, "key", b"two", second).await;
    fixture.advance(HOUR).await;
    is_absent(store, "key", "its longer time is over").await;
}

/// Saving again can also take time away.
pub async fn a_record_lives_shorter_when_the_last_save_says_so(fixture: &impl StateFixture) {
    let store = fixture.store();
    let first = create(store, "key", b"one").await;
    stored(save(store, "key", b"two", Some(first), MINUTE).await);
    fixture.advance(MINUTE).await;
    is_absent(store, "key", "its shorter time is over").await;
}

/// A save that was stale gives a record no time, and takes none.
pub async fn a_stale_save_does_not_prolong_a_life(fixture: &impl StateFixture) {
    let store = fixture.store();
    let version = create(store, "key", b"one").await;
    stale("a second create", save(store, "key", b"two", None, MINUTE).await);
    fixture.advance(MINUTE * 2).await;
    holds(store, "key", b"one", version).await;
    stale("a second create", save(store, "key", b"two", None, HOUR * 24).await);
    fixture.advance(HOUR - MINUTE * 2).await;
    is_absent(store, "key", "its time is over").await;
}

/// The time that load gives never goes back, and moves by what the clock was advanced (give or take
/// the minute that a busy machine may need).
pub async fn the_time_moves_with_the_clock(fixture: &impl StateFixture) {
    let store = fixture.store();
    let mut last = load(store, "key").await.now;
    for step in [MINUTE, HOUR, HOUR * 24 * 30] {
        fixture.advance(step).await;
        let now = load(store, "key").await.now;
        let moved = now.duration_since(last).unwrap_or_default();
        let is_right = step <= moved && moved < step + MINUTE;
        assert!(is_right, "the clock was advanced by {step:?}, the time moved by {moved:?}");
        last = now;
    }
}
