//! Sentences for the person.

use std::{
    error::Error,
    iter::successors,
    time::{Duration, SystemTime},
};

use verify_mfa::{
    Channel, Clock, SystemClock,
    flow::{Challenge, Refusal},
};

/// That a code was sent, how, and for how long it works.
pub(crate) fn sent(challenge: &Challenge) -> String {
    let how = if challenge.channel == Channel::Call { "call" } else { "text message" };
    let (phone, time) = (&challenge.masked_phone, until(challenge.expires_at));
    format!("A code is on its way to {phone} by {how}. It works for {time}.")
}

pub(crate) fn incorrect(left: u32) -> String {
    let tries = if left == 1 { "try" } else { "tries" };
    format!("Wrong code. {left} {tries} left.")
}

/// What the flow refuses, and how long to wait if that helps.
pub(crate) fn refusal(refusal: &Refusal) -> String {
    let message = refusal.message();
    match refusal.retry_at() {
        Some(time) => format!("{} ({} left).", message.trim_end_matches('.'), until(time)),
        None => message.into_owned(),
    }
}

/// An error and its causes: each says only what its own layer was doing.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let layers = successors(Some(error), |&layer| layer.source());
    layers.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn until(time: SystemTime) -> String {
    let left = time.duration_since(SystemClock.now()).unwrap_or(Duration::ZERO);
    let (count, unit) = match left.as_millis().div_ceil(1000) {
        seconds @ ..=90 => (seconds, "second"),
        seconds => (seconds.div_ceil(60), "minute"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
