//! What is told of an operation, with OpenTelemetry's names. Nobody's number, code or secret is.
//!
//! Sources: OpenTelemetry, "Semantic conventions for HTTP spans" and "for RPC spans"; the names that
//! begin with `twilio.` and `verify.` are ours.

use reqwest::Method;
use tracing::{Span, field::Empty};
use url::Url;

use super::reply::Reply;
use crate::{Attempts, Error, Operation, measure};

/// The span of one operation, with all its attempts.
pub(super) fn of(operation: Operation, method: &Method, services: &Url) -> Span {
    tracing::info_span!(
        target: TARGET,
        "verify",
        otel.kind = "client",
        otel.name = operation.as_str(),
        otel.status_code = Empty,
        rpc.system.name = "twilio",
        rpc.method = ?operation,
        http.request.method = method.as_str(),
        url.template = operation.path(),
        server.address = services.host_str(),
        server.port = services.port_or_known_default(),
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        "error.type" = Empty,
        twilio.code = Empty,
        twilio.request_id = Empty,
        verify.outcome = Empty,
        verify.attempts = Empty,
        verify.duration_ms = Empty,
    )
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Success,
    /// Twilio said no.
    Refused,
    /// Nobody knows whether it happened.
    Ambiguous,
    /// It did not happen, or what it was to read could not be read.
    Failed,
    /// The caller dropped the future.
    Canceled,
}

impl Outcome {
    pub(super) fn of(error: &Error) -> Self {
        match error {
            Error::Ambiguous(_) => Self::Ambiguous,
            Error::Twilio(error) if !error.is_server() => Self::Refused,
            _ => Self::Failed,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Refused => "refused",
            Self::Ambiguous => "ambiguous",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }
}

/// Everything that is known of an operation when it is over.
pub(super) struct End<'a> {
    pub(super) operation: Operation,
    pub(super) outcome: Outcome,
    pub(super) attempts: Attempts,
    /// The last one, if its status was success.
    pub(super) reply: Option<&'a Reply>,
    pub(super) error: Option<&'a Error>,
}

impl End<'_> {
    /// The one place that hears of every operation when it is over.
    pub(super) fn tell(&self, span: &Span) {
        if !span.is_disabled() {
            self.record(span);
        }
        tracing::debug!(
            target: TARGET,
            parent: span,
            operation = self.operation.as_str(),
            outcome = self.outcome.as_str(),
            status = self.status(),
            attempts = self.attempts.count,
            "the call is over",
        );
        measure::call(self.operation, self.outcome.as_str(), self.status(), self.attempts);
    }

    fn status(&self) -> Option<u16> {
        self.reply.map(|reply| reply.status).or_else(|| self.error?.status())
    }

    fn request_id(&self) -> Option<Box<str>> {
        let of_reply = self.reply.and_then(Reply::request_id);
        of_reply.or_else(|| self.error?.request_id().map(Into::into))
    }

    /// The status, or why there is none.
    fn error_type(&self) -> Option<String> {
        match (self.outcome, self.status()) {
            (Outcome::Success, _) => None,
            (_, Some(status)) => Some(status.to_string()),
            (outcome, None) => Some(self.error.map_or(outcome.as_str(), kind).to_owned()),
        }
    }

    fn record(&self, span: &Span) {
        let Attempts { count, elapsed } = self.attempts;
        span.record("verify.outcome", self.outcome.as_str());
        span.record("verify.attempts", count);
        span.record("verify.duration_ms", elapsed.as_secs_f64() * 1000.0);
        span.record("http.request.resend_count", count.checked_sub(2).map(|_| count - 1));
        span.record("http.response.status_code", self.status());
        span.record("twilio.code", self.error.and_then(Error::code));
        span.record("twilio.request_id", self.request_id().as_deref());
        span.record("error.type", self.error_type());
        span.record("otel.status_code", self.error.map(|_| "ERROR"));
    }
}

/// What kind of failure it was when there is no status.
fn kind(error: &Error) -> &'static str {
    match error {
        Error::TooManyInFlight { .. } => "too_many_in_flight",
        Error::Unreachable { .. } => "unreachable",
        Error::Ambiguous(_) | Error::Interrupted { .. } => "interrupted",
        _ => "other",
    }
}

pub(super) const TARGET: &str = "verify_mfa::client";
