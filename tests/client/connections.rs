//! How many connections are opened, and what becomes of one when nobody waits any more.

use std::sync::Arc;

use tokio::sync::Barrier;
use verify_mfa::VerifyClient;

use crate::{
    golden,
    raw::{RawServer, Reply, reply},
    support::{service_sid, text_message},
};

const TASKS: usize = 8;

/// As many requests at once as there are tasks, a few times over.
async fn rounds(clients: Vec<VerifyClient>, rounds: usize) {
    let barrier = Arc::new(Barrier::new(clients.len()));
    let tasks = clients.into_iter().map(|client| {
        let (barrier, service) = (Arc::clone(&barrier), client.service(service_sid()));
        tokio::spawn(async move {
            for _ in 0..rounds {
                barrier.wait().await;
                service.verifications().create(&text_message()).await.unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

async fn server() -> RawServer {
    RawServer::start(Reply::Bytes(reply(201, "", golden::verification()))).await
}

#[tokio::test]
async fn building_a_client_opens_no_connection() {
    let server = server().await;
    let client = server.client();
    let _service = client.service(service_sid());
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn calls_one_after_the_other_share_one_connection() {
    let server = server().await;
    rounds(vec![server.client()], 20).await;
    assert_eq!((server.requests().len(), server.connections()), (20, 1));
}

#[tokio::test]
async fn clones_and_services_share_the_connections() {
    let server = server().await;
    let client = server.client();
    rounds(vec![client.clone()], 1).await;
    rounds(vec![client.service(service_sid()).client()], 1).await;
    rounds(vec![client], 1).await;
    assert_eq!((server.requests().len(), server.connections()), (3, 1));
}

#[tokio::test]
async fn as_many_connections_as_tasks_are_opened_and_none_later() {
    let server = server().await;
    let clients = vec![server.client(); TASKS];
    rounds(clients.clone(), 5).await;
    let warm = server.connections();
    assert!(warm <= TASKS, "{warm} connections for {TASKS} tasks");
    rounds(clients, 5).await;
    assert_eq!((server.requests().len(), server.connections()), (10 * TASKS, warm));
}

#[tokio::test]
async fn a_connection_is_kept_after_an_error_reply() {
    let server = server().await;
    let service = server.service();
    for status in [400, 404, 429, 500] {
        let body = golden::error(status, 20404, "no");
        server.reply_with(Reply::Bytes(reply(status, "", body)));
        service.verifications().create(&text_message()).await.unwrap_err();
    }
    assert_eq!((server.requests().len(), server.connections()), (4, 1));
}

#[tokio::test]
async fn dropping_a_call_hangs_up() {
    let server = RawServer::start(Reply::Silence).await;
    let service = server.service();
    let verification = text_message();
    tokio::select! {
        _ = async { service.verifications().create(&verification).await } => panic!("answered"),
        () = server.request_arrived() => {}
    }
    server.connection_closed().await;
}

#[tokio::test]
async fn a_client_works_on_after_a_call_was_dropped() {
    let server = RawServer::start(Reply::Silence).await;
    let service = server.service();
    let verification = text_message();
    tokio::select! {
        _ = async { service.verifications().create(&verification).await } => panic!("answered"),
        () = server.request_arrived() => {}
    }
    server.reply_with(Reply::Bytes(reply(201, "", golden::verification())));
    service.verifications().create(&verification).await.unwrap();
}
