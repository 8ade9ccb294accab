//! Contents and keys.

use super::super::{
    StateFixture,
    support::{HOUR, create, delete, holds, is_absent, load, save, stored},
};

/// What was saved is loaded again, with the version that [`Swap::Stored`](crate::store::Swap) gave;
/// the time of the store comes with it, whether there is a record or not.
pub async fn what_was_saved_is_loaded_with_its_version_and_the_time(fixture: &impl StateFixture) {
    let store = fixture.store();
    let before = load(store, "key").await;
    assert!(before.record.is_none(), "an empty store has a record");
    let version = create(store, "key", b"one").await;
    holds(store, "key", b"one", version).await;
    let after = load(store, "key").await.now;
    assert!(before.now <= after, "the store's time went back from {:?} to {after:?}", before.now);
}

/// The contents are opaque: none, or 64 KiB of any bytes, come back as they were.
pub async fn any_bytes_survive(fixture: &impl StateFixture) {
    let store = fixture.store();
    // Every pair of neighbours, zeros and bytes that are no UTF-8 among them.
    let many: Vec<u8> = (0..65_536_u32).map(|at| (at * at / 7 + at / 256) as u8).collect();
    for (key, bytes) in [("none", [].as_slice()), ("zero", &[0]), ("many", &many)] {
        let first = create(store, key, bytes).await;
        holds(store, key, bytes, first).await;
        let second = stored(save(store, key, bytes, Some(first), HOUR).await);
        holds(store, key, bytes, second).await;
    }
}

/// Keys are exact: no two of them mean the same record, however alike they are.
pub async fn keys_do_not_touch_each_other(fixture: &impl StateFixture) {
    let store = fixture.store();
    let keys =
        ["key", "KEY", "key ", " key", "keys", "ke", "key%", "k_y", "key*", "key:", "k\u{e9}y"];
    let mut versions = Vec::new();
    for key in keys {
        versions.push(create(store, key, key.as_bytes()).await);
    }
    delete(store, "key").await;
    is_absent(store, "key", "it was deleted").await;
    for (key, version) in keys.into_iter().zip(versions).skip(1) {
        holds(store, key, key.as_bytes(), version).await;
    }
}

/// Keys are ASCII of at most 128 bytes: hexadecimal digits for users, and names with a colon and
/// digits for what spans them. Records and counters take them all.
pub async fn keys_have_the_forms_that_the_flow_uses(fixture: &impl StateFixture) {
    let store = fixture.store();
    let keys = [
        "0123456789abcdef0123456789abcdef".to_owned(),
        "0".repeat(31),
        "0".repeat(32),
        "sends:phone:0123456789abcdef0123456789abcdef:86400".to_owned(),
        "sends:country:US:3600".to_owned(),
        "sends:application:all:86400".to_owned(),
        "a".repeat(128),
    ];
    for key in &keys {
        let version = create(store, key, key.as_bytes()).await;
        holds(store, key, key.as_bytes(), version).await;
        super::counters::counts(store, key, 1, 1).await;
    }
}

/// Deleting removes the record. Deleting it again, or what never was, changes nothing and is no
/// error, and it can be created again.
pub async fn deleting_what_is_absent_is_no_error(fixture: &impl StateFixture) {
    let store = fixture.store();
    delete(store, "key").await;
    create(store, "key", b"one").await;
    for _ in 0..2 {
        delete(store, "key").await;
        is_absent(store, "key", "it was deleted").await;
    }
    let version = create(store, "key", b"two").await;
    holds(store, "key", b"two", version).await;
}

/// A clone is another handle to the same records and counters, and outlives the one it was made of.
pub async fn clones_share_their_contents(fixture: &impl StateFixture) {
    let store = fixture.store();
    let clone = store.clone();
    let version = create(&clone, "key", b"one").await;
    holds(store, "key", b"one", version).await;
    super::counters::counts(&clone, "counter", 1, 1).await;
    drop(clone);
    holds(store, "key", b"one", version).await;
    super::counters::counts(store, "counter", 1, 2).await;
}
