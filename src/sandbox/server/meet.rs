//! A request meets the faults that were injected.

use axum::{body::Body, response::Response};

use super::{call::Call, line::Cut, reply::Reply};
use crate::sandbox::{
    fault::{Effect, Seen, Triggered},
    simulator::Simulator,
};

/// The faults that a request ran into.
#[derive(Debug, Default)]
pub(super) struct Met(Vec<Triggered>);

/// What is done instead of simply replying.
#[derive(Debug)]
pub(super) enum Answer {
    Whole(Reply),
    Truncated(Reply),
    Endless(Reply),
    Dropped,
}

/// Nearly always there are none, and then nothing is looked up. What a carrier answers to a device
/// is a matter of the rules.
pub(super) fn faults(simulator: &Simulator, call: &Call<'_>) -> Met {
    if call.operation().is_none() || simulator.account().faults.is_empty() {
        return Met::default();
    }
    let destination = call.destination(simulator);
    let seen = Seen { operation: call.operation(), destination: destination.as_deref() };
    Met(simulator.account().faults.trigger(seen))
}

impl Met {
    pub(super) async fn wait_before(&mut self) {
        for fault in self.0.iter_mut().filter(|fault| !fault.after) {
            fault.wait().await;
        }
    }

    pub(super) async fn wait_after(&mut self) {
        for fault in self.0.iter_mut().filter(|fault| fault.after) {
            fault.wait().await;
        }
    }

    /// What becomes of the request, which `process` processes, if it is processed at all.
    pub(super) fn answer(&self, process: impl FnOnce() -> Reply) -> Answer {
        let Some(fault) = self.0.iter().find(|fault| !fault.is_delay()) else {
            return Answer::Whole(process());
        };
        let processed = fault.after.then(process);
        match (&fault.effect, processed) {
            (Effect::Drop, _) => Answer::Dropped,
            (Effect::Reply(canned), _) => Answer::Whole(Reply::canned(canned)),
            (Effect::Truncate, Some(reply)) => Answer::Truncated(reply),
            (Effect::Endless, Some(reply)) => Answer::Endless(reply),
            // Neither happens: these are always processed, and delays and conditions are no answers.
            (Effect::Truncate | Effect::Endless | Effect::Delay(_) | Effect::Condition(_), _) => {
                Answer::Dropped
            }
        }
    }
}

impl Answer {
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Whole(reply) | Self::Truncated(reply) | Self::Endless(reply) => {
                Some(reply.status())
            }
            Self::Dropped => None,
        }
    }

    pub(super) fn into_response(
        self,
        request_id: &str,
        simulator: &Simulator,
        line: &Cut,
    ) -> Response {
        match self {
            Self::Whole(reply) => reply.into_response(request_id),
            Self::Truncated(reply) => reply.into_truncated(request_id),
            Self::Endless(reply) => reply.into_endless(request_id, simulator.stopped.clone()),
            Self::Dropped => {
                line.cut();
                Response::new(Body::empty())
            }
        }
    }
}
