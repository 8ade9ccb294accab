//! What Twilio says when it does not do what it was asked.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use super::{Attempts, Meaning, Operation, meaning};

/// Twilio's answer to a request that it refused: any reply whose status is not 2xx.
///
/// `Display` and `Debug` are safe to log: Twilio's own text, which may repeat the phone number, is
/// only in [`message`](Self::message) and [`details`](Self::details), and there without it.
#[derive(Clone, PartialEq, Eq)]
pub struct TwilioError {
    pub(crate) operation: Operation,
    pub(crate) status: u16,
    pub(crate) body: ErrorBody,
    pub(crate) request_id: Option<Box<str>>,
    pub(crate) retry_after: Option<RetryAfter>,
    pub(crate) attempts: Attempts,
}

/// The part of an error reply that is in its body, in whichever of Twilio's shapes it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ErrorBody {
    pub(crate) code: Option<u32>,
    pub(crate) message: Option<String>,
    pub(crate) more_info: Option<String>,
    pub(crate) details: Option<String>,
}

/// How long Twilio asks to wait, from the `Retry-After` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After this long.
    In(Duration),
    /// Not before this time.
    At(SystemTime),
}

impl RetryAfter {
    /// The wait that is left at this time.
    pub fn wait(self, now: SystemTime) -> Duration {
        match self {
            Self::In(wait) => wait,
            Self::At(time) => time.duration_since(now).unwrap_or_default(),
        }
    }
}

impl TwilioError {
    /// What was asked.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Twilio's error code, such as 60200. `None` when the reply did not come from Twilio's
    /// application, for instance from a gateway.
    pub fn code(&self) -> Option<u32> {
        self.body.code
    }

    /// What the code means: who can fix it, and whether to try again. `None` for codes that this
    /// version does not know.
    pub fn meaning(&self) -> Option<Meaning> {
        self.code().and_then(Meaning::of)
    }

    /// Twilio's text, for developers; its wording is not stable. Digits that could be a phone
    /// number or a code, e-mail addresses and what was sent are replaced. Not for end users.
    pub fn message(&self) -> Option<&str> {
        self.body.message.as_deref()
    }

    /// A page of Twilio's about the error.
    pub fn more_info(&self) -> Option<&str> {
        self.body.more_info.as_deref()
    }

    /// What else the body said, as JSON, with the same replacements as [`message`](Self::message).
    pub fn details(&self) -> Option<&str> {
        self.body.details.as_deref()
    }

    /// What to quote to Twilio's support: `RQ…`, from the header `Twilio-Request-Id`.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// How long Twilio asks to wait.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        self.retry_after
    }

    /// How often it was asked, and how long that took until this answer.
    pub fn attempts(&self) -> Attempts {
        self.attempts
    }

    /// 20404: there is no such resource, *or* the verification was approved, expired or used up;
    /// Twilio does not say which. A 404 without the code is not this: it comes from a gateway or a
    /// wrong base URL.
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(20404)
    }

    /// 60202: the five checks of the verification are used up.
    pub fn is_max_checks(&self) -> bool {
        self.code() == Some(60202)
    }

    /// 60203: the five sends of the verification are used up.
    pub fn is_max_sends(&self) -> bool {
        self.code() == Some(60203)
    }

    /// 60212: too many starts for one destination at the same time.
    pub fn is_too_many_concurrent(&self) -> bool {
        self.code() == Some(60212)
    }

    /// 20429: the request was not processed; it may be sent again after a wait. The other codes that
    /// come with HTTP 429 (60202, 60203, 60212) are not this, nor is a 429 without a code, as somebody
    /// between us and Twilio may have answered it.
    pub fn is_rate_limited(&self) -> bool {
        self.code() == Some(20429)
    }

    /// The credentials or the account are not accepted. Not every 401 is: 60603 and 60604 speak of
    /// an e-mail account.
    pub fn is_authentication(&self) -> bool {
        self.code().map_or(self.status == 401, meaning::is_authentication)
    }

    /// The application, the service or the account has to be changed before this can work. A start
    /// that is answered with 20404 is one of these: what was not found is the service.
    pub fn is_misconfigured(&self) -> bool {
        self.is_authentication()
            || self.code().is_some_and(meaning::is_misconfigured)
            || (self.is_not_found() && self.operation == Operation::CreateVerification)
    }

    /// Fraud Guard blocks the destination's prefix for now. Do not send by another channel.
    pub fn is_fraud_block(&self) -> bool {
        self.code().is_some_and(meaning::is_fraud_block)
    }

    /// The country is not allowed by the account's or the service's geographic permissions.
    pub fn is_geo_block(&self) -> bool {
        self.code().is_some_and(meaning::is_geo_block)
    }

    /// The destination cannot be reached by this channel; another may work.
    pub fn is_channel_unavailable(&self) -> bool {
        self.code().is_some_and(meaning::is_channel_unavailable)
    }

    /// 21610: the person opted out of messages.
    pub fn is_opted_out(&self) -> bool {
        self.code().is_some_and(meaning::is_opted_out)
    }

    /// The destination cannot exist.
    pub fn is_invalid_destination(&self) -> bool {
        self.code().is_some_and(meaning::is_invalid_destination)
            || self.invalid_parameter() == Some("To")
    }

    /// Which parameter Twilio does not accept (60200), such as `To` or `Channel`, if its text says
    /// so. A path with a SID of the wrong kind is answered with `(null)`, which names none.
    pub fn invalid_parameter(&self) -> Option<&str> {
        let message = self.message().filter(|_| self.code() == Some(60200))?;
        let rest = message.strip_prefix("Invalid parameter")?;
        let name = rest.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        let name = name.get(..end.unwrap_or(name.len()))?.trim_end_matches('.');
        Some(name).filter(|name| !name.is_empty() && *name != "null")
    }

    /// A failure on Twilio's side: HTTP 5xx.
    pub fn is_server(&self) -> bool {
        self.status >= 500
    }
}

impl std::error::Error for TwilioError {}

impl fmt::Display for TwilioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: Twilio answered HTTP {}", self.operation, self.status)?;
        if let Some(code) = self.code() {
            write!(f, " with code {code}")?;
        }
        if let Some(meaning) = self.meaning() {
            write!(f, " ({})", meaning.summary)?;
        }
        if let Some(request_id) = self.request_id() {
            write!(f, ", request {request_id}")?;
        }
        self.attempts.fmt(f)
    }
}

impl fmt::Debug for TwilioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioError")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("code", &self.body.code)
            .field("request_id", &self.request_id)
            .field("retry_after", &self.retry_after)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
