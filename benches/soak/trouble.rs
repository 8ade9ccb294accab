//! What goes wrong with one call in twenty, and how such a call has to end.

use std::time::Duration;

use verify_mfa::{Operation, sandbox::Fault};

use crate::tally::End;

/// A kind of fault.
pub(crate) struct Trouble {
    pub(crate) name: &'static str,
    pub(crate) fault: fn() -> Fault,
    /// How a call that writes ends, and one that reads.
    pub(crate) write: End,
    pub(crate) read: End,
}

impl Trouble {
    /// One kind after the other.
    pub(crate) fn nth(number: u32) -> &'static Self {
        &TROUBLES[number as usize % TROUBLES.len()]
    }

    pub(crate) fn expected(&self, operation: Operation) -> End {
        if operation == Operation::FetchVerification { self.read } else { self.write }
    }
}

const fn trouble(name: &'static str, fault: fn() -> Fault, write: End, read: End) -> Trouble {
    Trouble { name, fault, write, read }
}

const TROUBLES: [Trouble; 19] = [
    trouble("closed before", || Fault::drop_before().once(), End::Ambiguous, End::Success),
    trouble("closed after", || Fault::drop_after().once(), End::Ambiguous, End::Success),
    trouble(
        "closed again and again",
        || Fault::drop_before().times(3),
        End::Ambiguous,
        End::Failure,
    ),
    trouble("slow", || Fault::delay(Duration::from_millis(20)).once(), End::Success, End::Success),
    trouble("never answered", || Fault::hold().once(), End::Ambiguous, End::Failure),
    trouble(
        "answered too late",
        || Fault::hold().after_processing().once(),
        End::Ambiguous,
        End::Failure,
    ),
    trouble("gateway", || Fault::html(502).once(), End::Ambiguous, End::Success),
    trouble(
        "gateway after",
        || Fault::html(504).after_processing().once(),
        End::Ambiguous,
        End::Success,
    ),
    trouble("unavailable", || Fault::error(503, 20503, "no").once(), End::Ambiguous, End::Success),
    trouble(
        "unavailable for long",
        || Fault::error(500, 20500, "no").times(3),
        End::Ambiguous,
        End::Refusal,
    ),
    trouble("too many requests", || Fault::too_many_requests().once(), End::Success, End::Success),
    trouble(
        "too many for long",
        || Fault::too_many_requests().times(3),
        End::Refusal,
        End::Refusal,
    ),
    trouble("concurrent", || Fault::error(429, 60212, "no").once(), End::Refusal, End::Refusal),
    trouble("fraud", || Fault::error(403, 60410, "no").once(), End::Refusal, End::Refusal),
    trouble("truncated", || Fault::truncated_body().once(), End::Ambiguous, End::Success),
    trouble("endless", || Fault::endless_body().once(), End::Ambiguous, End::Failure),
    trouble("not JSON", || Fault::reply(201, "<html>").once(), End::Ambiguous, End::Failure),
    trouble(
        "of another shape",
        || Fault::reply(200, "[null]").once(),
        End::Ambiguous,
        End::Failure,
    ),
    trouble("redirect", || Fault::html(302).once(), End::Refusal, End::Refusal),
];
