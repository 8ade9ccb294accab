//! An operation while it runs.

use std::time::Duration;

use tokio::time::Instant;
use tracing::Span;

use super::{
    pace::Pace,
    reply::Reply,
    span::{End, Outcome, TARGET},
};
use crate::{Attempts, Error, Operation};

/// One operation from its beginning to its end, which is told even when the caller drops the future.
pub(super) struct Watch<'a> {
    span: Span,
    operation: Operation,
    pace: &'a dyn Pace,
    started: Instant,
    attempts: u32,
    ended: bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(span: Span, operation: Operation, pace: &'a dyn Pace) -> Self {
        Self { span, operation, pace, started: pace.instant(), attempts: 0, ended: false }
    }

    pub(super) fn operation(&self) -> Operation {
        self.operation
    }

    pub(super) fn started(&self) -> Instant {
        self.started
    }

    /// Counts an attempt and tells when it begins.
    pub(super) fn attempt(&mut self) -> Instant {
        self.attempts += 1;
        if self.attempts == 1 { self.started } else { self.pace.instant() }
    }

    pub(super) fn so_far(&self) -> Attempts {
        Attempts { count: self.attempts, elapsed: self.pace.instant() - self.started }
    }

    pub(super) fn again(&self, wait: Duration, error: &Error) {
        tracing::debug!(target: TARGET, %error, ?wait, attempt = self.attempts, "will try again");
    }

    pub(super) fn end(mut self, reply: Option<&Reply>, error: Option<&Error>) {
        self.ended = true;
        let outcome = error.map_or(Outcome::Success, Outcome::of);
        let attempts = reply.map(|reply| reply.attempts).or_else(|| error?.attempts());
        let attempts = attempts.unwrap_or_else(|| self.so_far());
        End { operation: self.operation, outcome, attempts, reply, error }.tell(&self.span);
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let (operation, attempts) = (self.operation, self.so_far());
            let outcome = Outcome::Canceled;
            End { operation, outcome, attempts, reply: None, error: None }.tell(&self.span);
        }
    }
}
