//! The promises of the stores in memory.

use std::time::Duration;

use verify_mfa::{
    ManualClock, PhoneNumber, UserId,
    store::{
        Loaded, MemoryState, MemoryUsers, PhoneUpdate, SecurityStamp, StateStore, Swap, UserStore,
        Version,
    },
};

const MINUTE: Duration = Duration::from_secs(60);

fn store() -> (MemoryState, ManualClock) {
    let clock = ManualClock::default();
    (MemoryState::with_clock(clock.clone()), clock)
}

#[track_caller]
fn stored(swap: Swap) -> Version {
    match swap {
        Swap::Stored(version) => version,
        Swap::Stale => panic!("nothing was stored"),
    }
}

async fn contents(store: &MemoryState, key: &str) -> Option<Vec<u8>> {
    store.load(key).await.unwrap().record.map(|record| record.bytes)
}

#[tokio::test]
async fn what_was_saved_is_loaded_with_the_time() {
    let (store, clock) = store();
    let version = stored(store.save("key", b"one", None, MINUTE).await.unwrap());
    clock.advance(Duration::from_secs(1));
    let Loaded { record, now } = store.load("key").await.unwrap();
    let record = record.unwrap();
    assert_eq!((record.bytes.as_slice(), record.version), (b"one".as_slice(), version));
    assert_eq!(now, verify_mfa::Clock::now(&clock));
}

#[tokio::test]
async fn a_save_that_expects_another_version_changes_nothing() {
    let (store, _) = store();
    let first = stored(store.save("key", b"one", None, MINUTE).await.unwrap());
    let second = stored(store.save("key", b"two", Some(first), MINUTE).await.unwrap());
    for expected in [None, Some(first)] {
        assert_eq!(store.save("key", b"late", expected, MINUTE).await.unwrap(), Swap::Stale);
    }
    assert_ne!(first, second);
    assert_eq!(contents(&store, "key").await.unwrap(), b"two");
}

#[tokio::test]
async fn of_thirty_two_writers_one_wins() {
    let (store, _) = store();
    let writers = (0..32).map(|_| store.save("key", b"mine", None, MINUTE));
    let swaps = futures_util::future::join_all(writers).await;
    let won = swaps.into_iter().filter(|swap| matches!(swap, Ok(Swap::Stored(_))));
    assert_eq!(won.count(), 1);
}

#[tokio::test]
async fn an_expired_record_is_no_record() {
    let (store, clock) = store();
    let version = stored(store.save("key", b"one", None, MINUTE).await.unwrap());
    clock.advance(MINUTE);
    assert_eq!(contents(&store, "key").await, None);
    assert_eq!(store.save("key", b"two", Some(version), MINUTE).await.unwrap(), Swap::Stale);
    stored(store.save("key", b"two", None, MINUTE).await.unwrap());
}

#[tokio::test]
async fn a_version_never_comes_back() {
    let (store, clock) = store();
    let first = stored(store.save("key", b"one", None, MINUTE).await.unwrap());
    store.delete("key").await.unwrap();
    store.delete("key").await.unwrap();
    let second = stored(store.save("key", b"two", None, MINUTE).await.unwrap());
    clock.advance(MINUTE);
    let third = stored(store.save("key", b"three", None, MINUTE).await.unwrap());
    assert!(first != second && second != third && first != third);
}

#[tokio::test]
async fn a_record_that_was_saved_again_lives_as_long_as_the_last_save_says() {
    let (store, clock) = store();
    let version = stored(store.save("key", b"one", None, MINUTE).await.unwrap());
    stored(store.save("key", b"two", Some(version), MINUTE * 10).await.unwrap());
    clock.advance(MINUTE * 9);
    assert_eq!(contents(&store, "key").await.unwrap(), b"two");
}

#[tokio::test]
async fn two_hundred_increments_against_a_limit_of_five_are_five() {
    let (store, _) = store();
    let increments = (0..200).map(|_| store.increment("key", 1, MINUTE, 5));
    let answers = futures_util::future::join_all(increments).await;
    let allowed = answers.iter().filter(|answer| answer.as_ref().is_ok_and(|it| it.allowed));
    assert_eq!(allowed.count(), 5);
}

#[tokio::test]
async fn a_refused_increment_does_not_count() {
    let (store, _) = store();
    assert!(store.increment("key", 3, MINUTE, 5).await.unwrap().allowed);
    assert!(!store.increment("key", 3, MINUTE, 5).await.unwrap().allowed);
    let last = store.increment("key", 2, MINUTE, 5).await.unwrap();
    assert_eq!((last.allowed, last.count), (true, 5));
}

#[tokio::test]
async fn a_counter_begins_again_when_its_window_is_over() {
    let (store, clock) = store();
    let first = store.increment("key", 5, MINUTE, 5).await.unwrap();
    clock.advance(Duration::from_secs(59));
    let refused = store.increment("key", 1, MINUTE, 5).await.unwrap();
    assert_eq!((refused.allowed, refused.resets_at), (false, first.resets_at));
    clock.advance(Duration::from_secs(1));
    assert_eq!(store.increment("key", 1, MINUTE, 5).await.unwrap().count, 1);
}

#[tokio::test]
async fn clones_share_their_contents() {
    let (store, _) = store();
    stored(store.clone().save("key", b"one", None, MINUTE).await.unwrap());
    assert!(contents(&store, "key").await.is_some());
}

#[tokio::test]
async fn what_has_expired_is_evicted() {
    let (store, clock) = store();
    for key in 0..1000 {
        stored(store.save(&key.to_string(), b"one", None, MINUTE).await.unwrap());
    }
    clock.advance(MINUTE);
    assert!(store.load("other").await.unwrap().record.is_none());
    assert!(format!("{store:?}").contains("records: 0"), "{store:?}");
}

#[tokio::test]
async fn a_phone_is_saved_only_under_the_expected_stamp() {
    let users = MemoryUsers::default();
    let user = UserId::new("ada").unwrap();
    users.insert(&user);
    let phone = PhoneNumber::parse("+14155550100").unwrap();
    let [old, new] = ["", "new"].map(SecurityStamp::new);
    let save = async |expected| users.save_phone(&user, Some(&phone), expected, &new).await;
    assert_eq!(save(&new).await.unwrap(), PhoneUpdate::Stale);
    assert_eq!(save(&old).await.unwrap(), PhoneUpdate::Saved);
    assert_eq!(save(&old).await.unwrap(), PhoneUpdate::Stale);
    let factors = users.load(&user).await.unwrap().unwrap();
    assert_eq!((factors.phone, factors.stamp), (Some(phone), new));
}
