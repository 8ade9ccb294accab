//! A server that crashes and comes back.

use tokio::sync::mpsc;
use verify_mfa::{
    ManualClock,
    flow::Approval,
    store::{PostgresState, StateStore},
};

use super::server::Server;
use crate::{
    login::{World, is_store_error},
    sql::{HOUR, count, create, version},
};

async fn store(server: &Server) -> PostgresState {
    let store = PostgresState::new(server.pool().await);
    store.migrate().await.expect("tables");
    store
}

#[tokio::test]
async fn while_the_server_is_away_every_operation_is_an_error_and_nothing_is_forgotten() {
    let server = Server::start();
    let store = store(&server).await;
    let version_before = create(&store, "key").await;
    count(&store, "key").await;
    server.crash();
    assert!(store.load("key").await.is_err());
    assert!(store.save("other", b"one", None, HOUR).await.is_err());
    assert!(store.increment("key", 1, HOUR, 5).await.is_err());
    assert!(store.delete("key").await.is_err());
    server.start_again();
    assert_eq!(version(&store, "key").await, Some(version_before));
    assert_eq!(version(&store, "other").await, None);
    assert_eq!(count(&store, "key").await, 2);
}

/// Counts until nobody listens, and tells of each answer whether it was counted.
async fn count_on(store: PostgresState, told: mpsc::Sender<bool>) {
    loop {
        let counted = store.increment("key", 1, HOUR, u32::MAX).await;
        if told.send(counted.is_ok_and(|answer| answer.allowed)).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_counted_before_a_crash_in_the_middle_stays_counted() {
    let server = Server::start();
    let store = store(&server).await;
    let (tell, mut told) = mpsc::channel(1);
    let tasks = [(); 4].map(|()| tokio::spawn(count_on(store.clone(), tell.clone())));
    let mut counted = 0;
    while counted < 200 {
        counted += u32::from(told.recv().await.unwrap());
    }
    server.crash();
    let mut unknown = 0;
    while told.recv().await.unwrap() {
        counted += 1;
    }
    server.start_again();
    while counted < 400 {
        let is_counted = told.recv().await.unwrap();
        counted += u32::from(is_counted);
        unknown += u32::from(!is_counted);
    }
    drop(told);
    for task in tasks {
        task.await.unwrap();
    }
    let total = store.increment("key", 0, HOUR, u32::MAX).await.unwrap().count;
    // One error more ended the first loop, and each task had an answer that nobody heard.
    let at_most = counted + unknown + 1 + 2 * 4;
    assert!((counted..=at_most).contains(&total), "{counted} <= {total} <= {at_most}");
}

#[tokio::test]
async fn a_login_goes_on_after_a_restart_with_its_failures_counted() {
    let server = Server::start();
    let world = World::new(store(&server).await, ManualClock::running()).await;
    let challenge = world.login().await;
    let left = world.tries_left(&challenge).await;
    server.crash();
    is_store_error(world.approve(&challenge, &world.code()).await);
    is_store_error(world.try_login().await);
    server.start_again();
    assert_eq!(world.tries_left(&challenge).await, left - 1);
    world.logs_in_with(&challenge).await;
    let again = world.approve(&challenge, &world.code()).await;
    assert!(matches!(again, Ok(Approval::Refused(_))), "{again:?}");
}
