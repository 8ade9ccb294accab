//! The one error type: what we were doing, and what to do about it.

use std::borrow::Cow;

mod attempts;
mod codes;
mod meaning;
mod operation;
mod twilio;

pub use attempts::Attempts;
pub use meaning::{FixedBy, Meaning, RetryAdvice};
pub use operation::Operation;
pub(crate) use twilio::ErrorBody;
pub use twilio::{RetryAfter, TwilioError};

/// Why something could not be found out or done.
///
/// An `Error` is never a "no" that a person can act on, and it never lets anyone in. `Display`
/// says what this layer was doing; [`source`](std::error::Error::source) is the next layer.
/// Neither holds a phone number, a code or a secret.
///
/// ```
/// use verify_mfa::{Credentials, Error, VerifyClient};
///
/// let account = "AC00000000000000000000000000000001".parse()?;
/// let error = VerifyClient::builder(Credentials::auth_token(account, "secret"))
///     .base_url("ftp://example.com")
///     .build()
///     .unwrap_err();
/// assert!(matches!(error, Error::Configuration { .. }));
/// assert!(!error.is_retryable());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The builder, the policy or the environment is incomplete or contradictory. Nothing was
    /// sent. Change the configuration.
    #[error("the configuration does not work: {problem}")]
    Configuration {
        /// What is missing or wrong, and what was expected.
        problem: Cow<'static, str>,
        /// The error underneath, if there is one.
        source: Option<BoxError>,
    },

    /// An argument that cannot be sent. Nothing was sent. Change the call.
    #[error("{operation}: {problem}")]
    InvalidArgument {
        /// What was to be done.
        operation: Operation,
        /// What is wrong, and what was expected.
        problem: Cow<'static, str>,
    },

    /// As many calls as [`max_in_flight`](crate::client::VerifyClientBuilder::max_in_flight) allows
    /// are being made. Nothing was sent. Say that it is busy, and make the call later.
    #[error("{operation}: {limit} calls are in flight, as many as this client may make at once")]
    TooManyInFlight {
        /// What was to be done.
        operation: Operation,
        /// How many calls there may be.
        limit: usize,
    },

    /// No connection was made, so Twilio never saw the request. Safe to repeat.
    #[error("{operation}: no connection to Twilio could be made{attempts}")]
    Unreachable {
        /// What was to be done.
        operation: Operation,
        /// How often, and how long that took.
        attempts: Attempts,
        /// The transport's error, without the URL.
        source: BoxError,
    },

    /// The request was written, but the whole reply did not come in time. Reading operations may be
    /// repeated; for writing operations this is the source of [`Ambiguous`](Self::Ambiguous).
    #[error("{operation}: the connection broke or timed out before the whole reply came{attempts}")]
    Interrupted {
        /// What was to be done.
        operation: Operation,
        /// How often, and how long that took.
        attempts: Attempts,
        /// The transport's error, without the URL.
        source: BoxError,
    },

    /// Twilio answered, and the answer is an error.
    #[error(transparent)]
    Twilio(Box<TwilioError>),

    /// Twilio answered with success, but the reply is not what its API promises.
    #[error(
        "{operation}: the reply is not what Twilio's API promises: {problem}{}",
        told(request_id.as_deref(), *attempts)
    )]
    UnexpectedReply {
        /// What was to be done.
        operation: Operation,
        /// What was wrong with the reply.
        problem: Cow<'static, str>,
        /// The HTTP status.
        status: u16,
        /// What to quote to Twilio's support.
        request_id: Option<Box<str>>,
        /// How often it was asked for, and how long that took; `None` when it is the flow that does
        /// not know what to make of the reply.
        attempts: Option<Attempts>,
        /// The decoder's error.
        source: Option<BoxError>,
    },

    /// A writing operation may or may not have happened: the reply was lost, unreadable, HTTP 5xx or 408.
    /// Do not repeat it blindly, as that can send or count twice. After a start, fetch the verification by
    /// its phone and see whether `send_code_attempts` has grown, or let the person ask for a new code, as
    /// after a check; after a change to a service, fetch it. The source tells what was seen.
    #[error("{}: it is unknown whether Twilio did it; do not simply repeat it", .0.operation_text())]
    Ambiguous(#[source] Box<Self>),

    /// The application's user store or the state store failed. Nobody was let in.
    #[error("the store could not {operation}")]
    Store {
        /// What the store was asked to do.
        operation: &'static str,
        /// The store's own error.
        source: BoxError,
    },

    /// Other requests of the same user kept changing the record. Nothing was decided; repeat the
    /// call.
    #[error("too many simultaneous requests for the same user")]
    Conflict,
}

/// An error from underneath, such as a driver's or the transport's.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Error {
    pub(crate) fn configuration(problem: impl Into<Cow<'static, str>>) -> Self {
        Self::Configuration { problem: problem.into(), source: None }
    }

    /// Marks an error whose request may have had its effect.
    pub(crate) fn after_sending(self, operation: Operation) -> Self {
        if operation.is_write() { Self::Ambiguous(Box::new(self)) } else { self }
    }

    /// What the client was doing, if this comes from the client.
    pub fn operation(&self) -> Option<Operation> {
        match self {
            Self::InvalidArgument { operation, .. }
            | Self::TooManyInFlight { operation, .. }
            | Self::Unreachable { operation, .. }
            | Self::Interrupted { operation, .. }
            | Self::UnexpectedReply { operation, .. } => Some(*operation),
            Self::Twilio(error) => Some(error.operation()),
            Self::Ambiguous(inner) => inner.operation(),
            Self::Configuration { .. } | Self::Store { .. } | Self::Conflict => None,
        }
    }

    /// What Twilio answered, if it answered with an error.
    pub fn twilio(&self) -> Option<&TwilioError> {
        match self {
            Self::Twilio(error) => Some(error),
            Self::Ambiguous(inner) => inner.twilio(),
            _ => None,
        }
    }

    /// Twilio's error code, such as 60200.
    pub fn code(&self) -> Option<u32> {
        self.twilio().and_then(TwilioError::code)
    }

    /// The HTTP status of Twilio's reply, if one came.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::UnexpectedReply { status, .. } => Some(*status),
            Self::Ambiguous(inner) => inner.status(),
            other => other.twilio().map(TwilioError::status),
        }
    }

    /// What to quote to Twilio's support.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::UnexpectedReply { request_id, .. } => request_id.as_deref(),
            Self::Ambiguous(inner) => inner.request_id(),
            other => other.twilio().and_then(TwilioError::request_id),
        }
    }

    /// How often the request was tried by itself and how long that took in all, if it was sent or was
    /// to be sent.
    pub fn attempts(&self) -> Option<Attempts> {
        match self {
            Self::Unreachable { attempts, .. } | Self::Interrupted { attempts, .. } => {
                Some(*attempts)
            }
            Self::UnexpectedReply { attempts, .. } => *attempts,
            Self::Ambiguous(inner) => inner.attempts(),
            other => other.twilio().map(TwilioError::attempts),
        }
    }

    /// How long Twilio asks to wait.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        self.twilio().and_then(TwilioError::retry_after)
    }

    /// Whether the same call may simply be made again: Twilio never processed it, or it only reads.
    /// Never true for a write whose fate is unknown. The client has repeated it already, as far as its
    /// [`Retry`](crate::client::Retry) says.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::TooManyInFlight { .. }
            | Self::Unreachable { .. }
            | Self::Interrupted { .. }
            | Self::Conflict => true,
            Self::Twilio(error) => {
                error.is_rate_limited() || error.is_server() || error.status() == 408
            }
            _ => false,
        }
    }

    /// Whether the request may have had its effect although no usable reply came.
    pub fn is_ambiguous(&self) -> bool {
        matches!(self, Self::Ambiguous(_))
    }

    /// Whether the developer or the operator has to change something before this can work: such as the
    /// credentials (20003), the features or templates of the service (60204, 60206, 60207, 60224,
    /// 60228), or its SID (20404 for a start).
    pub fn is_misconfigured(&self) -> bool {
        matches!(self, Self::Configuration { .. } | Self::InvalidArgument { .. })
            || self.twilio().is_some_and(TwilioError::is_misconfigured)
    }

    fn operation_text(&self) -> &'static str {
        self.operation().map_or("the request", Operation::as_str)
    }
}

/// The end of a sentence about a reply.
fn told(request_id: Option<&str>, attempts: Option<Attempts>) -> String {
    let request = request_id.map(|id| format!(", request {id}")).unwrap_or_default();
    request + &attempts.map(|attempts| attempts.to_string()).unwrap_or_default()
}

/// `serde_json` quotes what it could not read; where it stopped is enough.
pub(crate) fn without_values(error: &serde_json::Error) -> BoxError {
    let kind = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Data => "a field is missing or has another type",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is not JSON",
    };
    format!("{kind} (line {}, column {})", error.line(), error.column()).into()
}
