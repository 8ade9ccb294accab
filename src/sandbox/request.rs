//! What the sandbox was asked.

use std::fmt;

/// A request that the sandbox answered, whether it was a good one or not.
///
/// `Debug` leaves the query out and everything behind `/Verifications/`, where a number may stand.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// `GET`, `POST` …
    pub method: String,
    /// The path and query as they came, percent-encoded.
    pub path: String,
    /// The HTTP status of the reply.
    pub status: u16,
}

impl fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.split('?').next().unwrap_or_default();
        let path = path.split_inclusive("/Verifications/").next().unwrap_or_default();
        write!(f, "{} {path} {}", self.method, self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::ReceivedRequest;

    #[test]
    fn debug_shows_no_number() {
        let path = "/v2/Services/VA00/Verifications/%2B14155550100?x=1".to_owned();
        let request = ReceivedRequest { method: "GET".to_owned(), path, status: 200 };
        assert_eq!(format!("{request:?}"), "GET /v2/Services/VA00/Verifications/ 200");
    }
}
