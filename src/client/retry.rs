//! Whether a call is made once more. The decision reads no clock, sends nothing and leaves nothing
//! to chance: all of that is given to it.

use std::time::Duration;

use crate::{Attempts, Operation};

/// When a call is made once more by itself. Both limits hold.
///
/// What Twilio never processed is sent again: no connection could be made, or Twilio answered 429
/// with code 20429. After a timeout, a lost reply, HTTP 408 or 5xx nobody knows
/// what became of the request: only what reads is sent again then, and a write is
/// [`Error::Ambiguous`](crate::Error::Ambiguous). Every other refusal stands, also those that come
/// with 429 but need minutes or a new verification (60202, 60203, 60212).
///
/// A wait is random, from nothing to a limit that doubles, so that clients which failed together
/// do not come back together. What `Retry-After` asks for goes on top; if it does not fit, the call
/// is given up at once.
///
/// # Defaults
/// 3 attempts; the last begins within 10 s, as a person is waiting; waits of up to 100 ms, then
/// 200 ms, and never more than 3 s, as in Twilio's own libraries.
///
/// ```
/// use std::time::Duration;
/// use verify_mfa::{Credentials, VerifyClient, client::Retry};
///
/// let account = "AC00000000000000000000000000000001".parse()?;
/// let client = VerifyClient::builder(Credentials::auth_token(account, "secret"))
///     .retry(Retry::default().attempts(5).within(Duration::from_secs(20)))
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Sources: Twilio, error 20429 ("the request was not processed") and the retry of `twilio-node`;
/// Amazon's "Exponential Backoff And Jitter" for the full jitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    within: Duration,
    first_wait: Duration,
    longest_wait: Duration,
}

impl Retry {
    /// Every call is made once.
    pub fn none() -> Self {
        Self::default().attempts(1)
    }

    /// How often a call is made at most, the first time included. Default: 3.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// How long after its beginning a call may still be made once more. The client's
    /// [`timeout`](super::VerifyClientBuilder::timeout) holds all the same. Default: 10 s.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.within = time;
        self
    }

    /// The upper limit of the first wait, which doubles with each attempt, and of every wait.
    /// Default: 100 ms and 3 s.
    #[must_use]
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.first_wait = first;
        self.longest_wait = longest;
        self
    }

    /// A wait beyond the client's timeout would be for nothing.
    pub(super) fn at_most(self, timeout: Duration) -> Self {
        self.within(self.within.min(timeout))
    }

    /// What to do after an attempt. `jitter` is from 0 up to 1.
    pub(super) fn decide(
        &self,
        operation: Operation,
        so_far: Attempts,
        outcome: Outcome,
        jitter: f64,
    ) -> Decision {
        match outcome.fate() {
            Fate::Unknown | Fate::Done if operation.is_write() => Decision::Unknown,
            Fate::Refused | Fate::Done => Decision::GiveUp,
            Fate::Unknown | Fate::NotProcessed => self.again(so_far, outcome.asked_wait(), jitter),
        }
    }

    fn again(&self, so_far: Attempts, asked: Duration, jitter: f64) -> Decision {
        let doubled = 2_u32.saturating_pow(so_far.count.saturating_sub(1));
        let limit = self.first_wait.saturating_mul(doubled).min(self.longest_wait);
        let wait = jittered(limit, jitter).saturating_add(asked);
        let fits = so_far.elapsed.saturating_add(wait) < self.within;
        if so_far.count < self.attempts && fits {
            Decision::RetryAfter(wait)
        } else {
            Decision::GiveUp
        }
    }
}

/// `mul_f64` panics on what it rounds beyond the longest duration.
fn jittered(limit: Duration, jitter: f64) -> Duration {
    Duration::try_from_secs_f64(limit.as_secs_f64() * jitter).unwrap_or(limit)
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 3,
            within: Duration::from_secs(10),
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_secs(3),
        }
    }
}

/// What came of an attempt that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// No connection was made.
    NotSent,
    /// The request was written, at least in part, and no whole reply came.
    Interrupted,
    /// A success that cannot be read. It would be no better the next time.
    Unreadable,
    /// An answer that is not 2xx, and the wait that it asks for.
    Answered { status: u16, code: Option<u32>, wait: Duration },
}

/// What became of the request.
enum Fate {
    NotProcessed,
    Refused,
    Unknown,
    /// As far as the status says.
    Done,
}

impl Outcome {
    fn fate(self) -> Fate {
        match self {
            Self::NotSent => Fate::NotProcessed,
            Self::Interrupted => Fate::Unknown,
            Self::Unreadable => Fate::Done,
            // A gateway answers these too, without knowing what became of the request.
            Self::Answered { status: 408 | 500.., .. } => Fate::Unknown,
            Self::Answered { status: 429, code: Some(20429), .. } => Fate::NotProcessed,
            Self::Answered { .. } => Fate::Refused,
        }
    }

    fn asked_wait(self) -> Duration {
        match self {
            Self::Answered { wait, .. } => wait,
            Self::NotSent | Self::Interrupted | Self::Unreadable => Duration::ZERO,
        }
    }
}

/// What to do after an attempt that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Wait this long and send the same request again.
    RetryAfter(Duration),
    /// The last attempt's failure is the answer.
    GiveUp,
    /// It may have happened: the caller has to look before doing it again.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::{Decision::*, *};
    use crate::Meaning;

    const WRITE: Operation = Operation::CreateVerification;
    const READ: Operation = Operation::FetchVerification;

    fn answered(status: u16, code: impl Into<Option<u32>>, wait: u64) -> Outcome {
        Outcome::Answered { status, code: code.into(), wait: Duration::from_secs(wait) }
    }

    /// After 1 s and so many attempts, with the policy's defaults.
    fn after(count: u32, operation: Operation, outcome: Outcome) -> Decision {
        let so_far = Attempts { count, elapsed: Duration::from_secs(1) };
        Retry::default().decide(operation, so_far, outcome, 0.5)
    }

    fn again(milliseconds: u64) -> Decision {
        RetryAfter(Duration::from_millis(milliseconds))
    }

    /// Outcome; then, for a read and for a write, what follows the first, second and third attempt.
    #[test]
    fn the_whole_decision_table() {
        let (again_50, again_100) = (again(50), again(100));
        let repeated = [again_50, again_100, GiveUp];
        let (given_up, unknown) = ([GiveUp; 3], [Unknown; 3]);
        let table = [
            (Outcome::NotSent, repeated, repeated),
            (Outcome::Interrupted, repeated, unknown),
            (Outcome::Unreadable, given_up, unknown),
            (answered(408, None, 0), repeated, unknown),
            (answered(500, 20500, 0), repeated, unknown),
            (answered(502, None, 0), repeated, unknown),
            (answered(503, 20503, 0), repeated, unknown),
            (answered(503, 20429, 0), repeated, unknown),
            (answered(503, None, 2), [again(2050), again(2100), GiveUp], unknown),
            (answered(503, None, 9), given_up, unknown),
            (answered(504, None, 0), repeated, unknown),
            (answered(599, 60410, 0), repeated, unknown),
            (answered(429, 20429, 0), repeated, repeated),
            (answered(429, None, 0), given_up, given_up),
            (
                answered(429, 20429, 8),
                [again(8050), again(8100), GiveUp],
                [again(8050), again(8100), GiveUp],
            ),
            (answered(429, 20429, 9), given_up, given_up),
            (answered(429, 20429, u64::MAX), given_up, given_up),
            (answered(400, 20429, 0), given_up, given_up),
            (answered(429, 60202, 0), given_up, given_up),
            (answered(429, 60203, 1), given_up, given_up),
            (answered(429, 60212, 1), given_up, given_up),
            (answered(403, 60410, 0), given_up, given_up),
            (answered(403, 60605, 0), given_up, given_up),
            (answered(404, 20404, 0), given_up, given_up),
            (answered(401, 20003, 0), given_up, given_up),
            (answered(302, None, 0), given_up, given_up),
        ];
        for (outcome, read, write) in table {
            for (operation, expected) in [(READ, read), (WRITE, write)] {
                let decided = [1, 2, 3].map(|count| after(count, operation, outcome));
                assert_eq!(decided, expected, "{operation}: {outcome:?}");
            }
        }
        for code in Meaning::known_codes().filter(|code| *code != 20429) {
            assert_eq!(after(1, WRITE, answered(429, code, 0)), GiveUp, "{code}");
            assert_eq!(after(1, READ, answered(429, code, 0)), GiveUp, "{code}");
        }
        for status in (100..500).filter(|status| ![408, 429].contains(status)) {
            assert_eq!(after(1, WRITE, answered(status, None, 0)), GiveUp, "{status}");
            assert_eq!(after(1, READ, answered(status, None, 0)), GiveUp, "{status}");
        }
        for (policy, count, elapsed, jitter, expected) in [
            (Retry::none(), 1, 0, 0.0, GiveUp),
            (Retry::default().attempts(0), 1, 0, 0.0, GiveUp),
            (Retry::default(), 1, 0, 0.0, again(0)),
            (Retry::default(), 1, 9_900, 0.5, again(50)),
            (Retry::default(), 1, 9_950, 0.5, GiveUp),
            (Retry::default().at_most(Duration::from_secs(1)), 1, 950, 0.5, GiveUp),
            (Retry::default().attempts(u32::MAX), 6, 0, 0.5, again(1_500)),
            (Retry::default().attempts(u32::MAX), u32::MAX - 1, 0, 1.0, again(3_000)),
            (Retry::default().backoff(Duration::MAX, Duration::MAX), 1, 0, 1.0, GiveUp),
        ] {
            let so_far = Attempts { count, elapsed: Duration::from_millis(elapsed) };
            let decided = policy.decide(WRITE, so_far, Outcome::NotSent, jitter);
            assert_eq!(decided, expected, "{policy:?} {so_far:?}");
        }
    }
}
