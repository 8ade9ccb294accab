//! What memory alone has to do: forget.

use std::time::Duration;

use verify_mfa::{
    ManualClock,
    store::{MemoryState, StateStore, Swap},
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn what_has_expired_is_evicted_as_the_store_is_used() {
    let clock = ManualClock::default();
    let store = MemoryState::with_clock(clock.clone());
    for key in 0..1_000 {
        let saved = store.save(&key.to_string(), b"one", None, MINUTE).await.unwrap();
        assert_ne!(saved, Swap::Stale);
        assert!(store.increment(&key.to_string(), 1, MINUTE, 5).await.unwrap().allowed);
    }
    assert!(format!("{store:?}").contains("records: 1000, counters: 1000"), "{store:?}");
    clock.advance(MINUTE);
    for key in 0..3_000 {
        assert!(store.load(&format!("other {key}")).await.unwrap().record.is_none());
    }
    assert!(format!("{store:?}").contains("records: 0, counters: 0"), "{store:?}");
}

#[tokio::test]
async fn a_time_to_live_beyond_the_range_of_time_is_an_error() {
    let store = MemoryState::new();
    assert!(store.save("key", b"one", None, Duration::MAX).await.is_err());
    assert!(store.increment("key", 1, Duration::MAX, 5).await.is_err());
    assert!(store.load("key").await.unwrap().record.is_none());
}
