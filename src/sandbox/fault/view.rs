//! A fault as it is told over HTTP.

use serde::Serialize;

use super::{Condition, Effect, Fault};
use crate::sandbox::verify::Block;

/// The parameters of its JSON form, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct FaultView {
    id: u64,
    fault: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
    after_processing: bool,
    operation: Option<String>,
    to: Option<String>,
    times: Option<u64>,
    hits: u64,
}

impl FaultView {
    pub(crate) fn new(id: u64, fault: &Fault, hits: u64) -> Self {
        let mut view = Self {
            id,
            fault: name(&fault.effect, fault.after),
            seconds: None,
            status: None,
            code: None,
            after_processing: fault.after,
            operation: fault.operation.map(|operation| operation.as_str().replace(' ', "_")),
            to: fault.destination.as_deref().map(str::to_owned),
            times: fault.times,
            hits,
        };
        match &fault.effect {
            Effect::Delay(by) => view.seconds = by.map(|by| by.as_secs_f64()),
            Effect::Reply(canned) => view.status = Some(canned.status),
            Effect::Condition(Condition::Sna(code)) => view.code = Some(*code),
            Effect::Drop | Effect::Truncate | Effect::Endless | Effect::Condition(_) => {}
        }
        view
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }
}

/// The constructor that made it, or one that makes the same.
fn name(effect: &Effect, after: bool) -> &'static str {
    match effect {
        Effect::Delay(Some(_)) => "delay",
        Effect::Delay(None) => "hold",
        Effect::Drop if after => "drop_after",
        Effect::Drop => "drop_before",
        Effect::Reply(_) => "reply",
        Effect::Truncate => "truncated_body",
        Effect::Endless => "endless_body",
        Effect::Condition(Condition::Landline) => "landline",
        Effect::Condition(Condition::Sna(_)) => "sna_failure",
        Effect::Condition(Condition::Block(Block::Fraud)) => "fraud_block",
        Effect::Condition(Condition::Block(Block::Geography)) => "geo_block",
        Effect::Condition(Condition::Block(Block::OptedOut)) => "opted_out",
    }
}
