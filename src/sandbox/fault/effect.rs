//! What a fault does.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::sandbox::verify::Block;

#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// Without a duration: until it is released.
    Delay(Option<Duration>),
    Drop,
    Reply(Canned),
    Truncate,
    Endless,
    Condition(Condition),
}

/// Something about a number, which the rules take into account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    Block(Block),
    Landline,
    Sna(u32),
}

/// An answer that was thought of beforehand.
#[derive(Clone)]
pub(crate) struct Canned {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
    pub(crate) retry_after: Option<RetryAfter>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum RetryAfter {
    Seconds(u64),
    Date(SystemTime),
}

/// Twilio's error shape.
#[derive(Serialize)]
struct ErrorBody<'a> {
    code: u32,
    message: &'a str,
    more_info: String,
    status: u16,
}

impl Canned {
    pub(crate) fn new(status: u16, content_type: &'static str, body: Bytes) -> Self {
        Self { status, content_type, body, retry_after: None }
    }

    pub(crate) fn error(status: u16, code: u32, message: &str) -> Self {
        let more_info = format!("https://www.twilio.com/docs/errors/{code}");
        let body = serde_json::to_vec(&ErrorBody { code, message, more_info, status });
        // Text and numbers always have a JSON form.
        Self::new(status, "application/json", body.unwrap_or_default().into())
    }
}

/// The body is whatever a test wants, so it is left out.
impl fmt::Debug for Canned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} bytes of {}", self.status, self.body.len(), self.content_type)
    }
}

/// As the header has it.
impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(f, "{seconds}"),
            Self::Date(date) => {
                let date = Timestamp::try_from(*date).unwrap_or(Timestamp::MAX);
                let date = date.to_zoned(TimeZone::UTC);
                write!(f, "{}", date.strftime("%a, %d %b %Y %H:%M:%S GMT"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_an_http_date() {
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(RetryAfter::Date(date).to_string(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(RetryAfter::Seconds(30).to_string(), "30");
    }
}
