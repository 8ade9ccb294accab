//! Everything as it happens, as server-sent events.
//!
//! `begin` comes first, with what the page shows; then `message`, `request`, `clock`, `faults`, and
//! `reset` with everything anew. A comment comes when nothing happens for a while.

use std::{convert::Infallible, sync::Arc, time::Duration, time::SystemTime};

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response, Sse, sse::Event},
};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde_json::json;
use tokio::{sync::watch, time::timeout};

use super::view::{ClockView, Everything, MessageView, RequestView};
use crate::sandbox::{
    fault::FaultView,
    simulator::{Account, Simulator},
};

pub(super) fn stream(simulator: &Arc<Simulator>) -> Response {
    let mut stopped = simulator.stopped.clone();
    let events = stream::unfold(Watcher::new(Arc::clone(simulator)), |mut watcher| async {
        let events = watcher.wait().await;
        Some((stream::iter(events), watcher))
    });
    let events = events.flatten().map(Ok::<_, Infallible>);
    let events = events.take_until(async move { stopped.changed().await.is_err() });
    let mut response = Sse::new(events).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Somebody who looks, and what they have seen.
struct Watcher {
    simulator: Arc<Simulator>,
    changes: watch::Receiver<()>,
    seen: Option<Seen>,
}

#[derive(Clone, PartialEq)]
struct Seen {
    resets: u64,
    delivered: u64,
    received: u64,
    clock: SystemTime,
    faults: Vec<FaultView>,
}

impl Watcher {
    fn new(simulator: Arc<Simulator>) -> Self {
        let changes = simulator.changes.subscribe();
        Self { simulator, changes, seen: None }
    }

    /// At once what is there already; later, what is new.
    async fn wait(&mut self) -> Vec<Event> {
        if self.seen.is_some() {
            // Whether something changed or the time is over: it is time to look.
            let _ = timeout(HEARTBEAT, self.changes.changed()).await;
        }
        let events = self.look();
        if events.is_empty() { vec![Event::default().comment("nothing new")] } else { events }
    }

    fn look(&mut self) -> Vec<Event> {
        let account = self.simulator.account();
        let now = Seen::new(&self.simulator, &account);
        let events = match &self.seen {
            None => vec![event("begin", &Everything::new(&self.simulator, &account))],
            Some(seen) if seen.resets != now.resets => {
                vec![event("reset", &Everything::new(&self.simulator, &account))]
            }
            Some(seen) => news(seen, &now, &account, &self.simulator),
        };
        drop(account);
        self.seen = Some(now);
        events
    }
}

impl Seen {
    fn new(simulator: &Simulator, account: &Account) -> Self {
        Self {
            resets: account.resets,
            delivered: account.inbox.delivered(),
            received: account.received,
            clock: simulator.clock.setting(),
            faults: account.faults.views(),
        }
    }
}

/// What happened in between, oldest first.
fn news(seen: &Seen, now: &Seen, account: &Account, simulator: &Simulator) -> Vec<Event> {
    let mut events = Vec::new();
    let requests = account.requests.iter().rev().take(between(seen.received, now.received));
    events.extend(requests.map(|request| event("request", &RequestView::new(request))));
    events.reverse();
    let mut arrived: Vec<_> = account
        .inbox
        .newest_first()
        .take(between(seen.delivered, now.delivered))
        .map(|message| event("message", &MessageView::new(message)))
        .collect();
    arrived.reverse();
    events.append(&mut arrived);
    if seen.faults != now.faults {
        events.push(event("faults", &json!({ "faults": now.faults })));
    }
    if seen.clock != now.clock {
        events.push(event("clock", &ClockView::new(simulator)));
    }
    events
}

fn between(before: u64, after: u64) -> usize {
    usize::try_from(after.saturating_sub(before)).unwrap_or(usize::MAX)
}

fn event(name: &str, data: &impl Serialize) -> Event {
    // Text, numbers and lists always have a JSON form, which has no line breaks.
    Event::default().event(name).data(serde_json::to_string(data).unwrap_or_default())
}

const HEARTBEAT: Duration = Duration::from_secs(15);
