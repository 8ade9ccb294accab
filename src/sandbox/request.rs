//! What the sandbox was asked.

use std::{fmt, time::SystemTime};

use crate::Operation;

/// A request that the sandbox received, whether it was a good one or not.
///
/// `Debug` leaves the query out and everything behind `/Verifications/`, where a number may stand.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// `GET`, `POST` …
    pub method: String,
    /// The path and query as they came, percent-encoded; at most 1,000 characters are kept.
    pub path: String,
    /// What was asked, if it was something that the sandbox has.
    pub operation: Option<Operation>,
    /// The HTTP status of the reply. None if a fault closed the connection instead.
    pub status: Option<u16>,
    /// When, by the sandbox's clock.
    pub received_at: SystemTime,
}

impl fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.split('?').next().unwrap_or_default();
        let path = path.split_inclusive("/Verifications/").next().unwrap_or_default();
        match self.status {
            Some(status) => write!(f, "{} {path} {status}", self.method),
            None => write!(f, "{} {path} (dropped)", self.method),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ReceivedRequest, SystemTime};

    #[test]
    fn debug_shows_no_number() {
        let path = "/v2/Services/VA00/Verifications/%2B14155550100?x=1".to_owned();
        let request = ReceivedRequest {
            method: "GET".to_owned(),
            path,
            operation: None,
            status: Some(200),
            received_at: SystemTime::UNIX_EPOCH,
        };
        assert_eq!(format!("{request:?}"), "GET /v2/Services/VA00/Verifications/ 200");
        let dropped = ReceivedRequest { status: None, ..request };
        assert_eq!(format!("{dropped:?}"), "GET /v2/Services/VA00/Verifications/ (dropped)");
    }
}
