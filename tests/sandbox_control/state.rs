//! Messages, requests, the clock and the way back to the beginning.

use std::time::Duration;

use verify_mfa::{Clock, ManualClock, sandbox::Sandbox};

use crate::support::{Desk, PHONE, json, problem};

#[tokio::test]
async fn messages_come_newest_first_with_their_codes() {
    let desk = Desk::start().await;
    desk.send(PHONE).await.unwrap();
    desk.sandbox.advance(Duration::from_secs(30));
    desk.send("+14155550101").await.unwrap();
    let body = json(desk.get("/sandbox/messages").await, 200).await;
    let [newest, oldest] = body["messages"].as_array().unwrap().as_slice() else {
        panic!("{body}")
    };
    let message = &desk.sandbox.messages()[1];
    let expected = serde_json::json!({
        "to": "+14155550101",
        "channel": "sms",
        "code": message.code.expose_secret(),
        "body": message.body,
        "service_sid": desk.sandbox.service_sid().as_str(),
        "verification_sid": message.verification_sid.as_str(),
        "sent_at": "2026-01-01T00:00:30Z",
    });
    assert_eq!((newest, &oldest["to"]), (&expected, &PHONE.into()));
}

#[tokio::test]
async fn messages_can_be_asked_for_by_destination() {
    let desk = Desk::start().await;
    desk.send(PHONE).await.unwrap();
    desk.send("+14155550101").await.unwrap();
    for (query, count) in
        [("to=%2B14155550100", 1), ("to=+14155550100", 1), ("to=+14155550102", 0), ("", 2)]
    {
        let body = json(desk.get(&format!("/sandbox/messages?{query}")).await, 200).await;
        assert_eq!(body["messages"].as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn a_query_that_means_nothing_is_refused_rather_than_ignored() {
    let desk = Desk::start().await;
    for query in ["To=%2B14155550100", "to=nobody", "to=", "to=%2B14155550100&to=%2B14155550101"] {
        let sentence = problem(desk.get(&format!("/sandbox/messages?{query}")).await, 422).await;
        assert!(sentence.contains("'to'"), "{query}: {sentence}");
    }
}

#[tokio::test]
async fn requests_come_newest_first_without_those_to_the_control_plane() {
    let desk = Desk::start().await;
    desk.send(PHONE).await.unwrap();
    desk.get("/v2/Services").await;
    json(desk.get("/sandbox/messages").await, 200).await;
    let body = json(desk.get("/sandbox/requests").await, 200).await;
    let [refused, started] = body["requests"].as_array().unwrap().as_slice() else {
        panic!("{body}")
    };
    let path = format!("/v2/Services/{}/Verifications", desk.sandbox.service_sid());
    let expected = serde_json::json!({
        "method": "POST",
        "path": path,
        "operation": "create_verification",
        "status": 201,
        "received_at": "2026-01-01T00:00:00Z",
    });
    assert_eq!((started, &refused["status"]), (&expected, &401.into()));
    assert!(refused["operation"].is_null());
}

#[tokio::test]
async fn the_clock_moves_and_tells_the_time() {
    let desk = Desk::start().await;
    let before = json(desk.get("/sandbox/clock").await, 200).await;
    assert_eq!(before, serde_json::json!({ "now": "2026-01-01T00:00:00Z", "running": false }));
    let answer = desk.post("/sandbox/clock", r#"{"advance_seconds": 600}"#).await;
    assert_eq!(json(answer, 200).await["now"], "2026-01-01T00:10:00Z");
    assert_eq!(desk.sandbox.now(), ManualClock::default().now() + Duration::from_secs(600));
}

#[tokio::test]
async fn a_running_clock_says_so() {
    let desk = Desk::with(Sandbox::builder().control_plane().running_clock()).await;
    assert_eq!(json(desk.get("/sandbox/clock").await, 200).await["running"], true);
}

#[tokio::test]
async fn a_step_that_cannot_be_made_moves_nothing() {
    let desk = Desk::start().await;
    for body in [
        "",
        "{}",
        "600",
        r#"{"advance_seconds": -1}"#,
        r#"{"advance_seconds": 1.5}"#,
        r#"{"advance_seconds": "600"}"#,
        r#"{"advance_seconds": 600, "by": 1}"#,
        r#"{"advance_seconds": 18446744073709551615}"#,
        r#"{"advance_seconds": 300000000000}"#,
        "\u{0}",
    ] {
        problem(desk.post("/sandbox/clock", body).await, 422).await;
    }
    assert_eq!(desk.sandbox.now(), ManualClock::default().now());
}

#[tokio::test]
async fn a_reset_forgets_everything_but_the_time() {
    let desk = Desk::start().await;
    desk.send(PHONE).await.unwrap();
    desk.sandbox.advance(Duration::from_secs(60));
    let answer = desk.post("/sandbox/reset", "").await;
    assert_eq!(json(answer, 200).await["now"], "2026-01-01T00:01:00Z");
    assert!(desk.sandbox.messages().is_empty() && desk.sandbox.requests().is_empty());
}

#[tokio::test]
async fn other_paths_methods_and_large_bodies_are_refused() {
    let desk = Desk::start().await;
    for path in ["/sandbox", "/sandbox/", "/sandbox/message", "/sandbox/faults/x", "/sandbox/a/b"] {
        problem(desk.get(path).await, 404).await;
    }
    for (path, allowed) in [
        ("/", "GET"),
        ("/sandbox/messages", "GET"),
        ("/sandbox/events", "GET"),
        ("/sandbox/clock", "GET, POST"),
        ("/sandbox/faults", "GET, POST, DELETE"),
        ("/sandbox/faults/1", "DELETE"),
        ("/sandbox/reset", "POST"),
    ] {
        let answer = desk.request(reqwest::Method::PUT, path).send().await.unwrap();
        assert_eq!(answer.headers()["allow"], allowed, "{path}");
        problem(answer, 405).await;
    }
    problem(desk.post("/sandbox/faults", &"x".repeat(1_000_001)).await, 413).await;
}

#[tokio::test]
async fn without_being_asked_for_there_is_no_control_plane() {
    let desk = Desk::with(Sandbox::builder()).await;
    for path in ["/", "/sandbox/messages", "/sandbox/events"] {
        assert_eq!(desk.get(path).await.status(), 401, "{path}");
    }
}
