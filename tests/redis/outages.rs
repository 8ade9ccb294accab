//! Redis away, full, read-only or slow: an error, and nothing that was counted is lost.

use verify_mfa::store::{
    RedisState, StateStore, Swap,
    redis_driver::{ErrorKind, ServerErrorKind},
};

use crate::{
    proxy::Way,
    server::Server,
    support::{
        HOUR, ThroughProxy, answers, contents, count, counts, create, driver_error, manager, save,
        until,
    },
};

#[tokio::test]
async fn a_killed_server_that_comes_back_has_lost_nothing() {
    let mut server = Server::start(&["--appendonly", "yes", "--appendfsync", "always"]).await;
    // As an application has it, with the driver's defaults.
    let connection = server.client().get_connection_manager().await.unwrap();
    let store = RedisState::new(connection);
    let version = create(&store, b"one").await;
    for number in 1..=5 {
        counts(&store, number).await;
    }
    server.kill();
    assert_eq!(driver_error(store.load("key").await).kind(), ErrorKind::Io);
    server.restart().await;
    answers(&store).await;
    assert_eq!(contents(&store).await.unwrap(), b"one");
    counts(&store, 6).await;
    assert_ne!(save(&store, b"two", Some(version)).await.unwrap(), Swap::Stale);
}

#[tokio::test]
async fn every_operation_fails_while_the_server_is_away() {
    let mut server = Server::start(&[]).await;
    let store = RedisState::new(manager(server.client()).await);
    server.kill();
    driver_error(store.load("key").await);
    driver_error(save(&store, b"one", None).await);
    driver_error(count(&store).await);
    driver_error(store.delete("key").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn increments_that_were_answered_survive_kills_in_their_middle() {
    let mut server = Server::start(&["--appendonly", "yes", "--appendfsync", "always"]).await;
    let store = RedisState::new(manager(server.client()).await);
    let mut answered = 0;
    for _ in 0..3 {
        let counting: Vec<_> =
            (0..4).map(|_| tokio::spawn(count_until_it_fails(store.clone()))).collect();
        until("some are counted", || async {
            store.increment("key", 0, HOUR, u32::MAX).await.is_ok_and(|it| it.count > answered)
        })
        .await;
        server.kill();
        for task in counting {
            answered += task.await.unwrap();
        }
        server.restart().await;
        answers(&store).await;
    }
    let kept = count(&store).await.unwrap().count;
    // Each of the four can have lost the reply to what was done, once a round.
    assert!((answered + 1..=answered + 13).contains(&kept), "{answered} answered, {kept} kept");
}

async fn count_until_it_fails(store: RedisState) -> u32 {
    let mut answered = 0;
    while count(&store).await.is_ok() {
        answered += 1;
    }
    answered
}

#[tokio::test]
async fn a_lost_reply_is_an_error_though_the_operation_may_be_done() {
    let fixture = ThroughProxy::new().await;
    let store = &fixture.store;
    let version = create(store, b"one").await;
    fixture.proxy.set(Way::NoReplies).await;
    assert!(driver_error(count(store).await).is_timeout());
    assert!(driver_error(save(store, b"two", Some(version)).await).is_timeout());
    assert!(driver_error(store.load("key").await).is_timeout());
    fixture.proxy.set(Way::Cut).await;
    fixture.proxy.set(Way::Open).await;
    answers(store).await;
    assert_eq!(contents(store).await.unwrap(), b"two");
    assert_eq!(save(store, b"three", Some(version)).await.unwrap(), Swap::Stale);
    counts(store, 2).await;
}

#[tokio::test]
async fn a_read_only_replica_is_an_error() {
    let primary = Server::start(&[]).await;
    let port = primary.port.to_string();
    let replica = Server::start(&["--replicaof", "127.0.0.1", &port]).await;
    let version = create(&RedisState::new(primary.connection().await), b"one").await;
    let store = RedisState::new(replica.connection().await);
    until("the replica has the record", || async {
        store.load("key").await.is_ok_and(|loaded| loaded.record.is_some())
    })
    .await;
    let read_only = ErrorKind::Server(ServerErrorKind::ReadOnly);
    assert_eq!(driver_error(save(&store, b"two", Some(version)).await).kind(), read_only);
    assert_eq!(driver_error(count(&store).await).kind(), read_only);
    assert_eq!(driver_error(store.delete("key").await).kind(), read_only);
}

#[tokio::test]
async fn a_full_memory_is_an_error_and_forgets_nothing() {
    let server = Server::start(&["--maxmemory-policy", "noeviction"]).await;
    let store = RedisState::new(server.connection().await);
    let version = create(&store, b"one").await;
    counts(&store, 1).await;
    let () = server.ask("CONFIG SET maxmemory 1").await;
    assert_eq!(driver_error(save(&store, b"two", Some(version)).await).code(), Some("OOM"));
    assert_eq!(driver_error(count(&store).await).code(), Some("OOM"));
    assert_eq!(contents(&store).await.unwrap(), b"one");
    let () = server.ask("CONFIG SET maxmemory 0").await;
    counts(&store, 2).await;
    assert_ne!(save(&store, b"two", Some(version)).await.unwrap(), Swap::Stale);
}
