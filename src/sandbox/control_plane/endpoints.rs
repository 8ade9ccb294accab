//! What the paths do.

use std::time::Duration;

use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::{
    fault,
    reply::{Problem, created, ok},
    view::{ClockView, MessageView, RequestView},
};
use crate::sandbox::{fault::FaultView, simulator::Simulator, verify::Destination};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

#[derive(Serialize)]
struct Messages {
    messages: Vec<MessageView>,
}

#[derive(Serialize)]
struct Requests {
    requests: Vec<RequestView>,
}

#[derive(Serialize)]
struct Faults {
    faults: Vec<FaultView>,
}

pub(super) fn messages(simulator: &Simulator, query: &str) -> Result<Response, Problem> {
    let to = destination(query)?;
    let account = simulator.account();
    let messages = account.inbox.newest_first();
    let wanted = messages.filter(|message| to.as_ref().is_none_or(|to| to.as_str() == message.to));
    Ok(ok(&Messages { messages: wanted.map(MessageView::new).collect() }))
}

pub(super) fn requests(simulator: &Simulator) -> Response {
    let account = simulator.account();
    ok(&Requests { requests: account.requests.iter().rev().map(RequestView::new).collect() })
}

pub(super) fn clock(simulator: &Simulator) -> Response {
    ok(&ClockView::new(simulator))
}

pub(super) fn advance(simulator: &Simulator, body: &[u8]) -> Result<Response, Problem> {
    let by: Advance = serde_json::from_slice(body).map_err(|error| {
        Problem::unprocessable(format!(
            "The body must be {{\"advance_seconds\": 600}}, with a whole number: {error}."
        ))
    })?;
    let by = Duration::from_secs(by.advance_seconds);
    let then = simulator.now().checked_add(by);
    then.and_then(|then| Timestamp::try_from(then).ok())
        .ok_or_else(|| Problem::unprocessable("The clock does not go beyond the year 9999."))?;
    simulator.clock.advance(by);
    simulator.announce();
    Ok(clock(simulator))
}

pub(super) fn faults(simulator: &Simulator) -> Response {
    ok(&Faults { faults: simulator.account().faults.views() })
}

pub(super) fn inject(simulator: &Simulator, body: &[u8]) -> Result<Response, Problem> {
    let fault = fault::read(body)?;
    let mut account = simulator.account();
    if account.faults.views().len() >= MOST_FAULTS {
        return Err(Problem::unprocessable(format!("There are {MOST_FAULTS} faults already.")));
    }
    let (id, _) = account.faults.inject(fault);
    let view = account.faults.views().into_iter().find(|view| view.id() == id);
    drop(account);
    simulator.announce();
    Ok(created(&view))
}

pub(super) fn remove_all(simulator: &Simulator) -> Response {
    simulator.account().faults.clear();
    simulator.announce();
    faults(simulator)
}

pub(super) fn remove(simulator: &Simulator, id: u64) -> Result<Response, Problem> {
    let mut account = simulator.account();
    if !account.faults.has(id) {
        return Err(Problem::new(StatusCode::NOT_FOUND, "There is no fault with this id."));
    }
    account.faults.remove(id);
    drop(account);
    simulator.announce();
    Ok(faults(simulator))
}

pub(super) fn reset(simulator: &Simulator) -> Response {
    simulator.reset();
    clock(simulator)
}

/// Whose messages are wanted, if not everybody's. A plus stays a plus, as in a path.
fn destination(query: &str) -> Result<Option<Destination>, Problem> {
    let query = query.replace('+', "%2B");
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    match (pairs.next(), pairs.next()) {
        (None, _) => Ok(None),
        (Some((name, to)), None) if name == "to" => {
            let to = Destination::parse(&to);
            to.map(Some).ok_or_else(|| {
                Problem::unprocessable(
                    "'to' must be a number such as +14155550100 or an e-mail address.",
                )
            })
        }
        _ => Err(Problem::unprocessable("The only parameter is 'to', once.")),
    }
}

const MOST_FAULTS: usize = 1_000;
