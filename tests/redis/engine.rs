//! What Redis is asked, and what is kept there.

use std::time::{Duration, SystemTime};

use verify_mfa::store::{RedisState, StateStore, Swap, Version, redis_driver::cmd};

use crate::{
    server::Server,
    support::{Direct, HOUR, contents, count, counts, create, driver_error, save, until},
    unreliable::Twice,
};

#[tokio::test]
async fn all_that_is_kept_has_a_time_to_live_on_the_server() {
    let Direct { store, keys } = Direct::new().await;
    create(&store, b"one").await;
    counts(&store, 1).await;
    let all = keys.all();
    assert_eq!(all.len(), 2, "{all:?}");
    for key in all {
        let left: i64 = keys.ask(cmd("PTTL").arg(&key));
        assert!((3_590_000..=3_600_001).contains(&left), "{key} lives for {left} ms");
    }
}

#[tokio::test]
async fn a_save_gives_its_own_time_to_live_and_an_increment_leaves_the_first_one() {
    let Direct { store, keys } = Direct::new().await;
    let version = create(&store, b"one").await;
    assert_ne!(store.save("key", b"two", Some(version), HOUR * 5).await.unwrap(), Swap::Stale);
    counts(&store, 1).await;
    assert!(store.increment("key", 1, HOUR * 5, 9).await.unwrap().allowed);
    for (kind, hours) in [("r", 5), ("c", 1)] {
        let left: i64 = keys.ask(cmd("PTTL").arg(format!("{}{kind}:key", keys.prefix)));
        assert_eq!((left + 60_000) / 3_600_000, hours, "{kind} lives for {left} ms");
    }
}

#[tokio::test]
async fn what_has_expired_is_gone_from_the_server() {
    let Direct { store, keys } = Direct::new().await;
    for number in 0..10 {
        let key = number.to_string();
        let short = Duration::from_millis(number);
        assert_ne!(store.save(&key, b"one", None, short).await.unwrap(), Swap::Stale);
        assert!(store.increment(&key, 1, short, 5).await.unwrap().allowed);
    }
    until("all is gone", || async { keys.all().is_empty() }).await;
}

#[tokio::test]
async fn a_time_to_live_beyond_the_range_of_time_is_an_error_and_a_long_one_is_not() {
    let Direct { store, keys } = Direct::new().await;
    let century = HOUR * 24 * 36_525;
    assert!(store.save("key", b"one", None, Duration::MAX).await.is_err());
    assert!(store.increment("key", 1, Duration::MAX, 5).await.is_err());
    assert!(store.increment("key", 1, century * 2, 5).await.is_err());
    assert!(keys.all().is_empty());
    assert_ne!(store.save("key", b"one", None, century).await.unwrap(), Swap::Stale);
    let now = store.load("key").await.unwrap().now;
    let ends = store.increment("key", 1, century, 5).await.unwrap().resets_at;
    let window = ends.duration_since(now).unwrap();
    assert!((century..century + HOUR).contains(&window), "{window:?}");
    assert_eq!(contents(&store).await.unwrap(), b"one");
}

#[tokio::test]
async fn the_time_is_the_servers_to_the_microsecond() {
    let Direct { store, keys } = Direct::new().await;
    let time = || -> SystemTime {
        let (seconds, micros): (u64, u64) = keys.ask(&mut cmd("TIME"));
        SystemTime::UNIX_EPOCH + Duration::from_micros(seconds * 1_000_000 + micros)
    };
    let before = time();
    let now = store.load("key").await.unwrap().now;
    let window = count(&store).await.unwrap().resets_at - HOUR;
    let after = time();
    assert!(before < now && now < window && window < after, "{before:?} {now:?} {after:?}");
}

#[tokio::test]
async fn counts_are_exact_up_to_the_largest() {
    let Direct { store, keys: _keys } = Direct::new().await;
    let by = u32::MAX - 1;
    assert_eq!(store.increment("key", by, HOUR, u32::MAX).await.unwrap().count, by);
    assert!(!store.increment("key", 2, HOUR, u32::MAX).await.unwrap().allowed);
    assert!(!store.increment("key", u32::MAX, HOUR, u32::MAX).await.unwrap().allowed);
    let last = count(&store).await.unwrap();
    assert_eq!((last.allowed, last.count), (true, u32::MAX));
}

#[tokio::test]
async fn each_operation_is_one_command_of_one_script() {
    let server = Server::start(&[]).await;
    let store = RedisState::new(server.connection().await);
    let version = create(&store, b"one").await;
    store.load("key").await.unwrap();
    counts(&store, 1).await;
    let () = server.ask("CONFIG RESETSTAT").await;
    assert_ne!(save(&store, b"two", Some(version)).await.unwrap(), Swap::Stale);
    store.load("key").await.unwrap();
    counts(&store, 2).await;
    store.delete("key").await.unwrap();
    let statistics: String = server.ask("INFO commandstats").await;
    let asked = |command: &str| {
        let line = statistics.lines().find(|line| line.starts_with(command))?;
        line.split_once("calls=")?.1.split_once(',')?.0.parse().ok()
    };
    assert_eq!((asked("cmdstat_evalsha:"), asked("cmdstat_del:")), (Some(3), Some(1)));
    assert_eq!((asked("cmdstat_eval:"), asked("cmdstat_script")), (None::<u32>, None));
}

#[tokio::test]
async fn a_flushed_script_cache_is_filled_again_by_the_operation_itself() {
    let server = Server::start(&[]).await;
    let store = RedisState::new(server.connection().await);
    let mut version = create(&store, b"first").await;
    for round in 1..=3 {
        let () = server.ask("SCRIPT FLUSH").await;
        let Swap::Stored(next) = save(&store, &[round], Some(version)).await.unwrap() else {
            panic!("a save was stale after the flush");
        };
        version = next;
        let () = server.ask("SCRIPT FLUSH").await;
        assert_eq!(contents(&store).await.unwrap(), [round]);
        let () = server.ask("SCRIPT FLUSH").await;
        counts(&store, u32::from(round)).await;
    }
}

#[tokio::test]
async fn a_save_that_the_driver_sends_again_is_done_once() {
    let Direct { store, keys } = Direct::new().await;
    let connection = keys.client.get_multiplexed_async_connection().await.unwrap();
    let twice = RedisState::new(Twice(connection)).prefix(&keys.prefix);
    let version = create(&twice, b"one").await;
    assert_ne!(save(&twice, b"two", Some(version)).await.unwrap(), Swap::Stale);
    assert_eq!(save(&twice, b"three", Some(version)).await.unwrap(), Swap::Stale);
    assert_eq!(contents(&store).await.unwrap(), b"two");
}

#[tokio::test]
async fn a_version_that_differs_in_its_last_bit_is_another_one() {
    let Direct { store, keys: _keys } = Direct::new().await;
    let version = create(&store, b"one").await;
    assert_eq!(save(&store, b"two", Some(Version(version.0 ^ 1))).await.unwrap(), Swap::Stale);
    assert_ne!(save(&store, b"two", Some(version)).await.unwrap(), Swap::Stale);
}

#[tokio::test]
async fn each_operation_touches_its_key_only() {
    let server = Server::start(&[]).await;
    let () = server.ask("ACL SETUSER records on nopass +@all ~verify-mfa:r:key").await;
    let () = server.ask("ACL SETUSER counters on nopass +@all ~verify-mfa:c:key").await;
    let records = RedisState::new(server.connection_of("records").await);
    let version = create(&records, b"one").await;
    assert_ne!(save(&records, b"two", Some(version)).await.unwrap(), Swap::Stale);
    assert_eq!(contents(&records).await.unwrap(), b"two");
    records.delete("key").await.unwrap();
    let counters = RedisState::new(server.connection_of("counters").await);
    counts(&counters, 1).await;
    counts(&counters, 2).await;
    assert_eq!(driver_error(counters.load("key").await).code(), Some("NOPERM"));
}

#[tokio::test]
async fn another_prefix_is_another_store() {
    let Direct { store, keys } = Direct::new().await;
    let other = store.clone().prefix(format!("{}other:", keys.prefix));
    create(&store, b"one").await;
    counts(&store, 1).await;
    assert_eq!(contents(&other).await, None);
    assert_eq!(count(&other).await.unwrap().count, 1);
    create(&other, b"two").await;
    other.delete("key").await.unwrap();
    assert_eq!(contents(&store).await.unwrap(), b"one");
}

#[tokio::test]
async fn a_key_of_another_type_is_an_error_and_not_absent() {
    let Direct { store, keys } = Direct::new().await;
    for kind in ["r", "c"] {
        let () = keys.ask(cmd("SET").arg(format!("{}{kind}:key", keys.prefix)).arg("text"));
    }
    assert_eq!(driver_error(store.load("key").await).code(), Some("WRONGTYPE"));
    assert_eq!(driver_error(save(&store, b"one", None).await).code(), Some("WRONGTYPE"));
    assert_eq!(driver_error(count(&store).await).code(), Some("WRONGTYPE"));
}

#[tokio::test]
async fn a_record_that_was_tampered_with_is_an_error_that_does_not_tell_it() {
    let Direct { store, keys } = Direct::new().await;
    create(&store, b"secret").await;
    let key = format!("{}r:key", keys.prefix);
    let () = keys.ask(cmd("HSET").arg(&key).arg("v").arg("secret number"));
    let error = store.load("key").await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    let () = keys.ask(cmd("HDEL").arg(&key).arg("e"));
    assert!(store.load("key").await.is_err());
    assert!(save(&store, b"one", None).await.is_err());
}

#[tokio::test]
async fn debug_tells_the_prefix_and_no_address() {
    let Direct { store, keys } = Direct::new().await;
    assert_eq!(format!("{store:?}"), format!("RedisState {{ prefix: {:?}, .. }}", keys.prefix));
}
