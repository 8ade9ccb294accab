//! What the sandbox knows, as JSON has it.

use std::time::SystemTime;

use jiff::Timestamp;
use serde::Serialize;

use crate::sandbox::{
    fault::FaultView,
    inbox::Message,
    request::ReceivedRequest,
    simulator::{Account, Simulator},
};

#[derive(Debug, Serialize)]
pub(super) struct MessageView {
    to: String,
    channel: String,
    code: String,
    body: String,
    service_sid: String,
    verification_sid: String,
    sent_at: String,
}

#[derive(Debug, Serialize)]
pub(super) struct RequestView {
    method: String,
    path: String,
    operation: Option<String>,
    status: Option<u16>,
    received_at: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ClockView {
    now: String,
    running: bool,
}

/// What the page shows before anything happens.
#[derive(Debug, Serialize)]
pub(super) struct Everything {
    base_url: String,
    account_sid: String,
    service_sid: String,
    clock: ClockView,
    messages: Vec<MessageView>,
    requests: Vec<RequestView>,
    faults: Vec<FaultView>,
}

impl MessageView {
    pub(super) fn new(message: &Message) -> Self {
        Self {
            to: message.to.clone(),
            channel: message.channel.as_str().to_owned(),
            code: message.code.expose_secret().to_owned(),
            body: message.body.clone(),
            service_sid: message.service_sid.as_str().to_owned(),
            verification_sid: message.verification_sid.as_str().to_owned(),
            sent_at: date(message.sent_at),
        }
    }
}

impl RequestView {
    pub(super) fn new(request: &ReceivedRequest) -> Self {
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            operation: request.operation.map(|operation| operation.as_str().replace(' ', "_")),
            status: request.status,
            received_at: date(request.received_at),
        }
    }
}

impl ClockView {
    pub(super) fn new(simulator: &Simulator) -> Self {
        Self { now: date(simulator.now()), running: simulator.clock.is_running() }
    }
}

impl Everything {
    pub(super) fn new(simulator: &Simulator, account: &Account) -> Self {
        Self {
            base_url: simulator.base_url.clone(),
            account_sid: simulator.account_sid.as_str().to_owned(),
            service_sid: simulator.beginning.service_sid.as_str().to_owned(),
            clock: ClockView::new(simulator),
            messages: account.inbox.newest_first().take(SHOWN).map(MessageView::new).collect(),
            requests: account.requests.iter().rev().take(SHOWN).map(RequestView::new).collect(),
            faults: account.faults.views(),
        }
    }
}

/// Without a fraction, as Twilio's are.
fn date(time: SystemTime) -> String {
    let time = Timestamp::try_from(time).unwrap_or(Timestamp::MAX);
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The page has no use for more.
const SHOWN: usize = 100;
