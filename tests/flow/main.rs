//! The flow against the sandbox, on a clock that the tests move.

mod approve;
mod attacks;
mod enroll;
mod orders;
mod resend;
mod rollback;
mod rules;
mod step_up;
mod support;
