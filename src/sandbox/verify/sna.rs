//! Silent network authentication: no code, the device opens an address over mobile data.

use super::Attempt;
use crate::types::VerificationAttemptSid;

/// The last silent attempt of a verification, and what went wrong with those before.
#[derive(Debug, Clone)]
pub(crate) struct Sna {
    pub(crate) attempt: VerificationAttemptSid,
    /// What the device is told and the check must repeat, if that was asked for.
    pub(crate) client_token: Option<String>,
    progress: Progress,
    errors: Vec<SnaError>,
}

/// What the reply to a check lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SnaError {
    pub(crate) attempt: VerificationAttemptSid,
    pub(crate) code: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// The address was not opened yet.
    Waiting,
    Matched,
    Failed(u32),
}

impl Sna {
    /// Follows `before`, the verification's silent attempts until now.
    pub(crate) fn new(
        before: Option<&Self>,
        attempt: &Attempt,
        client_token: Option<String>,
    ) -> Self {
        let errors = before.map(|before| before.errors.clone()).unwrap_or_default();
        Self { attempt: attempt.sid.clone(), client_token, progress: Progress::Waiting, errors }
    }

    /// The device opened the address; an address works once. With `failure`, the carrier says no.
    pub(crate) fn open(&mut self, failure: Option<u32>) -> bool {
        let first = self.progress == Progress::Waiting;
        if first {
            self.progress = failure.map_or(Progress::Matched, Progress::Failed);
        }
        first
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.progress == Progress::Waiting
    }

    /// Whether the carrier's answer, asked for with `client_token`, approves. A no is noted.
    pub(crate) fn settle(&mut self, client_token: Option<&str>) -> bool {
        if let Progress::Failed(code) = self.progress {
            self.errors.push(SnaError { attempt: self.attempt.clone(), code });
        }
        let is_theirs = self.client_token.is_none() || self.client_token.as_deref() == client_token;
        self.progress == Progress::Matched && is_theirs
    }

    /// In their order; a check that came too early is told so.
    pub(crate) fn errors(&self) -> Vec<SnaError> {
        let waiting = SnaError { attempt: self.attempt.clone(), code: RESULT_PENDING };
        self.errors.iter().cloned().chain(self.is_waiting().then_some(waiting)).collect()
    }
}

const RESULT_PENDING: u32 = 60519;
