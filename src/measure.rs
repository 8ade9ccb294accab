//! What is measured, through the facade [`metrics`]: install any recorder for it, then call
//! [`describe`]. Without a recorder nothing is kept.
//!
//! | metric | kind | labels |
//! |---|---|---|
//! | [`verify.client.operation.duration`](CALL_DURATION) | histogram, seconds | `operation`, `outcome`, `status` |
//! | [`verify.client.retries`](RETRIES) | counter | `operation` |
//! | [`verify.flow.sends`](SENDS) | counter | `purpose`, `channel`, `country` |
//! | [`verify.flow.checks`](CHECKS) | counter | the same and `outcome` |
//! | [`verify.flow.approvals`](APPROVALS) | counter | the same as sends |
//! | [`verify.flow.failures`](FAILURES) | counter | the same and `reason` |
//! | [`verify.flow.rejections`](REJECTIONS) | counter | the same and `reason` |
//! | [`verify.flow.limits`](LIMITS) | counter | the same and `limit` |
//! | [`verify.flow.locks`](LOCKS) | counter | `lock` |
//!
//! `operation` is an [`Operation`] in words. `outcome` of a call is `success`, `refused` by Twilio,
//! `ambiguous` as nobody knows whether it happened, `failed`, or `canceled` when its future was dropped.
//! `status` is the class of HTTP's status such as `4xx`, or `none`. The rest is told by the
//! [`SecurityEvent`]s, with their names: what the flow does not tell, such as a message whose reply was
//! lost, is not in its metrics but is an `ambiguous` call. What is not known is `none`. No label has a
//! user, phone, caller, session or SID, and each has few values: the most are the countries.
//!
//! # Alarms
//!
//! Who pumps traffic makes us send messages that nobody answers, mostly to one country. How many of its
//! messages are answered has to be asked over all nodes, so it is no metric of one node but a ratio of
//! two counters; this is it for Prometheus, whose exporters write `_` for `.` and may append `_total`:
//!
//! ```text
//! (sum by (country) (increase(verify_flow_approvals[1h]))
//!   or 0 * sum by (country) (increase(verify_flow_sends[1h])))
//!   / sum by (country) (increase(verify_flow_sends[1h])) < 0.3
//!   and sum by (country) (increase(verify_flow_sends[1h])) > 50
//! ```
//!
//! The second line is for countries without a single approval. What share is usual, and how many messages
//! mean something, is different in each application.

use metrics::{Label, Unit, counter, describe_counter, describe_histogram, histogram};

use crate::{
    Attempts, Channel, Country, Operation,
    flow::{ChallengePurpose, EventKind, SecurityEvent},
};

/// How long a call of the client took, in seconds, with all its attempts and the waits between them.
pub const CALL_DURATION: &str = "verify.client.operation.duration";

/// The counters, each described once: to who reads this, and to the recorder.
macro_rules! counters {
    ($( $name:ident = $text:literal, $what:literal; )+) => {
        $( #[doc = $what] pub const $name: &str = $text; )+

        const COUNTERS: &[(&str, &str)] = &[$( ($name, $what), )+];
    };
}

counters! {
    RETRIES = "verify.client.retries", "Attempts of calls beyond the first.";
    SENDS = "verify.flow.sends", "Messages and calls that Twilio accepted, also repeated ones.";
    CHECKS = "verify.flow.checks", "Codes that were `approved`, `incorrect`, or that is `unknown`.";
    APPROVALS = "verify.flow.approvals", "Challenges that did what they were for.";
    FAILURES = "verify.flow.failures", "Challenges that ended without approval.";
    REJECTIONS = "verify.flow.rejections", "Sends that a limit, a lock or Twilio refused.";
    LIMITS = "verify.flow.limits", "Limits of the policy that refused a send.";
    LOCKS = "verify.flow.locks", "Users who were `locked` for a while, or `hard_locked`.";
}

/// Tells the recorder the unit of every metric, and what it is. Call it once, after the recorder was
/// installed; metrics are recorded without it as well.
pub fn describe() {
    describe_histogram!(CALL_DURATION, Unit::Seconds, "How long a call took, with all attempts.");
    for (name, what) in COUNTERS {
        describe_counter!(*name, Unit::Count, *what);
    }
}

/// Whether anything is measured.
pub(crate) const IS_ON: bool = true;

/// Measures a call that is over.
pub(crate) fn call(
    operation: Operation,
    outcome: &'static str,
    status: Option<u16>,
    Attempts { count, elapsed }: Attempts,
) {
    let operation = operation.as_str();
    let labels = [("operation", operation), ("outcome", outcome), ("status", class(status))];
    histogram!(CALL_DURATION, &labels).record(elapsed);
    if count > 1 {
        counter!(RETRIES, "operation" => operation).increment(u64::from(count - 1));
    }
}

/// Counts what happened in a flow.
pub(crate) fn event(event: &SecurityEvent) {
    let reason = event.reason.unwrap_or(NONE);
    match event.kind {
        EventKind::ChallengeSent | EventKind::ChallengeResent | EventKind::ChallengeCalled => {
            count(SENDS, event, None);
        }
        EventKind::CheckFailed => count(CHECKS, event, Some(("outcome", "incorrect"))),
        EventKind::Ambiguous => count(CHECKS, event, Some(("outcome", "unknown"))),
        kind if is_approval(kind) && event.purpose.is_some() => {
            count(CHECKS, event, Some(("outcome", "approved")));
            count(APPROVALS, event, None);
        }
        EventKind::OneFactorOnly | EventKind::EnrollFailed | EventKind::StepUpFailed => {
            count(FAILURES, event, Some(("reason", reason)));
        }
        EventKind::SendRefused => count(REJECTIONS, event, Some(("reason", reason))),
        EventKind::FraudBlock => {
            count(REJECTIONS, event, Some(("reason", "blocked_by_fraud_guard")));
        }
        EventKind::SendLimited => {
            count(LIMITS, event, Some(("limit", reason)));
            // The other limits are told as a refused send too.
            if reason == "user" {
                count(REJECTIONS, event, Some(("reason", "send_limit_reached")));
            }
        }
        EventKind::Locked | EventKind::HardLocked => {
            counter!(LOCKS, "lock" => event.kind.as_str()).increment(1);
        }
        _ => {}
    }
}

/// A login without a second factor is one of these too, but has no challenge and no purpose.
fn is_approval(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::LoginApproved
            | EventKind::StepUpApproved
            | EventKind::EnrollConfirmed
            | EventKind::PhoneChanged
            | EventKind::MfaDisabled
    )
}

fn count(name: &'static str, event: &SecurityEvent, more: Option<(&'static str, &'static str)>) {
    let mut labels = vec![
        Label::new("purpose", event.purpose.map_or(NONE, ChallengePurpose::as_str)),
        Label::new("channel", event.channel.as_ref().map_or(NONE, channel)),
        Label::new("country", event.country.map_or(NONE, Country::as_str)),
    ];
    labels.extend(more.map(|(key, value)| Label::new(key, value)));
    counter!(name, labels).increment(1);
}

/// The flow sends by no other.
fn channel(channel: &Channel) -> &'static str {
    match channel {
        Channel::Sms => "sms",
        Channel::Call => "call",
        _ => "other",
    }
}

fn class(status: Option<u16>) -> &'static str {
    match status.map(|status| status / 100) {
        None => NONE,
        Some(1) => "1xx",
        Some(2) => "2xx",
        Some(3) => "3xx",
        Some(4) => "4xx",
        Some(5) => "5xx",
        Some(_) => "other",
    }
}

const NONE: &str = "none";
