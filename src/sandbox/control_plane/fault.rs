//! Reads the JSON form of a fault.

use std::{num::NonZeroU64, time::Duration};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::reply::Problem;
use crate::{
    Operation,
    sandbox::{fault::Fault, verify::Destination},
};

/// What was given and not yet asked for.
#[derive(Debug)]
struct Parameters(Map<String, Value>);

pub(super) fn read(body: &[u8]) -> Result<Fault, Problem> {
    let parameters = serde_json::from_slice(body).map_err(|error| {
        Problem::unprocessable(format!(
            "The body must be a JSON object such as {{\"fault\": \"drop_after\"}}: {error}."
        ))
    })?;
    let mut parameters = Parameters(parameters);
    let fault = kind(&mut parameters)?;
    let fault = scope(fault, &mut parameters)?;
    parameters.finish()?;
    Ok(fault)
}

fn kind(parameters: &mut Parameters) -> Result<Fault, Problem> {
    let name: String = parameters.required("fault")?;
    Ok(match name.as_str() {
        "delay" => Fault::delay(parameters.seconds("seconds")?.ok_or_else(|| missing("seconds"))?),
        "hold" => Fault::hold(),
        "drop_before" => Fault::drop_before(),
        "drop_after" => Fault::drop_after(),
        "truncated_body" => Fault::truncated_body(),
        "endless_body" => Fault::endless_body(),
        "fraud_block" => Fault::fraud_block(),
        "geo_block" => Fault::geo_block(),
        "opted_out" => Fault::opted_out(),
        "landline" => Fault::landline(),
        "sna_failure" => Fault::sna_failure(parameters.required("code")?),
        other => reply(other, parameters)?,
    })
}

/// Those that can have a `Retry-After`.
fn reply(name: &str, parameters: &mut Parameters) -> Result<Fault, Problem> {
    let fault = match name {
        "reply" => {
            let body = parameters.optional::<Value>("body")?.unwrap_or_default();
            Fault::reply(parameters.status()?, text(body))
        }
        "error" => {
            let message: String = parameters.required("message")?;
            Fault::error(parameters.status()?, parameters.required("code")?, &message)
        }
        "html" => Fault::html(parameters.status()?),
        "too_many_requests" => Fault::too_many_requests(),
        _ => return Err(unknown(name)),
    };
    retry_after(fault, parameters)
}

fn retry_after(fault: Fault, parameters: &mut Parameters) -> Result<Fault, Problem> {
    let seconds: Option<u64> = parameters.optional("retry_after_seconds")?;
    let date: Option<String> = parameters.optional("retry_after_date")?;
    match (seconds, date) {
        (None, None) => Ok(fault),
        (Some(seconds), None) => Ok(fault.retry_after(Duration::from_secs(seconds))),
        (None, Some(date)) => {
            let date =
                date.parse::<Timestamp>().map_err(|error| wrong("retry_after_date", error))?;
            Ok(fault.retry_after_date(date.into()))
        }
        _ => Err(Problem::unprocessable(
            "There can be 'retry_after_seconds' or 'retry_after_date', not both.",
        )),
    }
}

/// With which requests, and how often.
fn scope(mut fault: Fault, parameters: &mut Parameters) -> Result<Fault, Problem> {
    if let Some(name) = parameters.optional::<String>("operation")? {
        fault = fault.for_operation(operation(&name)?);
    }
    if let Some(to) = parameters.optional::<String>("to")? {
        let to = Destination::parse(&to).ok_or_else(|| wrong("to", "it is as in +14155550100"))?;
        fault = fault.for_destination(to.as_str());
    }
    if let Some(times) = parameters.optional::<NonZeroU64>("times")? {
        fault = fault.times(times.get());
    }
    let after = parameters.optional("after_processing")?.unwrap_or_default();
    Ok(if after { fault.after_processing() } else { fault })
}

impl Parameters {
    /// JSON's `null` stands for nothing.
    fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        let value = self.0.remove(name).filter(|value| !value.is_null());
        value.map(serde_json::from_value).transpose().map_err(|error| wrong(name, error))
    }

    fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Problem> {
        self.optional(name)?.ok_or_else(|| missing(name))
    }

    fn status(&mut self) -> Result<u16, Problem> {
        let status = self.required("status")?;
        let is_final = (200..600).contains(&status);
        if is_final { Ok(status) } else { Err(wrong("status", "it must be 200 to 599")) }
    }

    fn seconds(&mut self, name: &str) -> Result<Option<Duration>, Problem> {
        let seconds = self.optional::<f64>(name)?;
        seconds.map(Duration::try_from_secs_f64).transpose().map_err(|error| wrong(name, error))
    }

    fn finish(self) -> Result<(), Problem> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => {
                let name: String = name.chars().take(LONGEST_NAME).collect();
                Err(Problem::unprocessable(format!("This fault has no parameter '{name}'.")))
            }
        }
    }
}

fn operation(name: &str) -> Result<Operation, Problem> {
    let names = OPERATIONS.map(|operation| operation.as_str().replace(' ', "_"));
    let found = OPERATIONS.into_iter().zip(&names).find(|(_, known)| *known == name);
    let found = found.map(|(operation, _)| operation);
    found.ok_or_else(|| wrong("operation", format!("it can be {}", names.join(", "))))
}

/// A text is the body itself; anything else is given as JSON.
fn text(body: Value) -> String {
    match body {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn missing(name: &str) -> Problem {
    Problem::unprocessable(format!("'{name}' is missing."))
}

fn wrong(name: &str, problem: impl std::fmt::Display) -> Problem {
    Problem::unprocessable(format!("'{name}' cannot be used: {problem}."))
}

fn unknown(name: &str) -> Problem {
    let name: String = name.chars().take(LONGEST_NAME).collect();
    Problem::unprocessable(format!("There is no fault '{name}'; there are {NAMES}."))
}

const OPERATIONS: [Operation; 9] = [
    Operation::CreateService,
    Operation::FetchService,
    Operation::UpdateService,
    Operation::DeleteService,
    Operation::ListServices,
    Operation::CreateVerification,
    Operation::FetchVerification,
    Operation::UpdateVerification,
    Operation::CreateVerificationCheck,
];

const NAMES: &str = "delay, hold, drop_before, drop_after, reply, error, html, too_many_requests, \
    truncated_body, endless_body, fraud_block, geo_block, opted_out, landline and sna_failure";

const LONGEST_NAME: usize = 64;
