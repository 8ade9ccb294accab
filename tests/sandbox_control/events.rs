//! Everything as it happens.

use std::time::Duration;

use reqwest::Response;
use serde_json::Value;
use verify_mfa::sandbox::Fault;

use crate::support::{Desk, PHONE};

/// Reads events one by one.
struct Events {
    response: Response,
    text: String,
}

impl Events {
    /// After what comes first.
    async fn open(desk: &Desk) -> Self {
        let mut events = Self::connect(desk).await;
        assert_eq!(events.next().await.0, "begin");
        events
    }

    async fn connect(desk: &Desk) -> Self {
        let response = desk.get("/sandbox/events").await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The name and the data of the next one.
    async fn next(&mut self) -> (String, Value) {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = parse(event);
                self.text = rest.to_owned();
                return event;
            }
            let chunk = self.response.chunk().await.unwrap().expect("the end");
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }
}

fn parse(event: &str) -> (String, Value) {
    let (name, data) = event.split_once('\n').unwrap_or((event, "data: null"));
    let data = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
    (name.trim_start_matches("event: ").to_owned(), data)
}

#[tokio::test]
async fn a_message_arrives_after_its_request() {
    let desk = Desk::start().await;
    let mut events = Events::open(&desk).await;
    desk.send(PHONE).await.unwrap();
    let (name, request) = events.next().await;
    assert_eq!((name.as_str(), &request["status"]), ("request", &201.into()));
    let (name, message) = events.next().await;
    let code = desk.sandbox.code_for(PHONE).unwrap();
    assert_eq!((name.as_str(), &message["to"]), ("message", &PHONE.into()));
    assert_eq!(message["code"], code);
}

#[tokio::test]
async fn what_was_there_before_comes_first() {
    let desk = Desk::start().await;
    desk.send(PHONE).await.unwrap();
    desk.send("+14155550101").await.unwrap();
    desk.sandbox.inject(Fault::landline());
    let (name, everything) = Events::connect(&desk).await.next().await;
    assert_eq!(name, "begin");
    assert_eq!(everything["messages"][0]["to"], "+14155550101");
    assert_eq!(everything["requests"].as_array().unwrap().len(), 2);
    assert_eq!(everything["faults"][0]["fault"], "landline");
    assert_eq!(everything["clock"]["now"], "2026-01-01T00:00:00Z");
    assert_eq!(everything["service_sid"], desk.sandbox.service_sid().as_str());
    assert!(!everything.to_string().contains(desk.sandbox.auth_token()));
}

#[tokio::test]
async fn every_one_of_many_messages_arrives_once_and_in_order() {
    let desk = Desk::start().await;
    let mut events = Events::open(&desk).await;
    let numbers: Vec<_> = (100..160).map(|last| format!("+1415555{last:04}")).collect();
    for number in &numbers {
        desk.send(number).await.unwrap();
    }
    let mut seen = Vec::new();
    while seen.len() < numbers.len() {
        let (name, data) = events.next().await;
        if name == "message" {
            seen.push(data["to"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(seen, numbers);
}

#[tokio::test]
async fn the_clock_faults_and_resets_are_told_whoever_made_them() {
    let desk = Desk::start().await;
    let mut events = Events::open(&desk).await;
    desk.sandbox.advance(Duration::from_secs(30));
    let (name, clock) = events.next().await;
    assert_eq!((name.as_str(), &clock["now"]), ("clock", &"2026-01-01T00:00:30Z".into()));
    let fault = desk.sandbox.inject(Fault::hold());
    let (name, faults) = events.next().await;
    assert_eq!((name.as_str(), &faults["faults"][0]["fault"]), ("faults", &"hold".into()));
    fault.remove();
    assert_eq!(events.next().await.1, serde_json::json!({ "faults": [] }));
    desk.sandbox.reset();
    let (name, everything) = events.next().await;
    assert_eq!((name.as_str(), &everything["messages"]), ("reset", &serde_json::json!([])));
}

#[tokio::test]
async fn after_a_reset_messages_arrive_as_before() {
    let desk = Desk::start().await;
    desk.send(PHONE).await.unwrap();
    let mut events = Events::open(&desk).await;
    desk.sandbox.reset();
    assert_eq!(events.next().await.0, "reset");
    desk.send(PHONE).await.unwrap();
    assert_eq!([events.next().await.0, events.next().await.0], ["request", "message"]);
}

#[tokio::test]
async fn the_stream_ends_with_the_sandbox() {
    let desk = Desk::start().await;
    let mut events = Events::open(&desk).await;
    drop(desk);
    assert!(events.response.chunk().await.unwrap().is_none());
}
