//! What the verbs answer.

use std::time::SystemTime;

use crate::{Channel, PhoneNumber, store::SecurityStamp};

use super::{ChallengeId, LoginGrant, Refusal, StepUp};

/// A challenge that waits for its code: what a code page needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Challenge {
    /// What the code form gives back to [`MfaFlow::approve`](crate::MfaFlow::approve). Keep it in
    /// the session or a hidden field, never in a URL.
    pub id: ChallengeId,
    /// The phone with all but its last digits hidden.
    pub masked_phone: String,
    /// How the code was last sent.
    pub channel: Channel,
    /// When the code stops working. Sending again does not move it.
    pub expires_at: SystemTime,
    /// When the code may be asked for again.
    pub next_resend_at: SystemTime,
    /// How many codes can still be tried.
    pub checks_left: u32,
    /// When the code may be asked for by call; `None` when no call is placed for this any more.
    pub next_call_at: Option<SystemTime>,
}

/// What [`MfaFlow::enroll`](crate::MfaFlow::enroll) and [`MfaFlow::step_up`](crate::MfaFlow::step_up)
/// answer.
#[derive(Debug)]
#[must_use = "the code has still to be asked for"]
pub enum Started {
    /// A code was sent. Ask for it.
    Challenged(Challenge),
    /// No code was sent.
    Refused(Refusal),
}

/// What [`MfaFlow::challenge`](crate::MfaFlow::challenge) answers.
#[derive(Debug)]
#[must_use = "nobody is logged in before a grant is used"]
pub enum Decision {
    /// The user has no second factor. The grant completes the login.
    NotEnrolled(LoginGrant),
    /// A code was sent. Ask for it.
    Challenged(Challenge),
    /// Neither.
    Refused(Refusal),
}

/// What [`MfaFlow::approve`](crate::MfaFlow::approve) answers.
#[derive(Debug)]
#[must_use = "nobody is logged in before a grant is used"]
#[non_exhaustive]
pub enum Approval {
    /// The code was right. The grant completes the login.
    LoggedIn(LoginGrant),
    /// The code was right: two-factor login is now on.
    Enrolled {
        /// The user's security stamp from now on. A session that keeps the stamp and shall go on has to
        /// keep this one: the store's may be yet another one, with which somebody ended all sessions
        /// meanwhile.
        stamp: SecurityStamp,
    },
    /// The code was right: two-factor login is now off.
    Disabled {
        /// The stamp from now on, as for [`Enrolled`](Self::Enrolled).
        stamp: SecurityStamp,
        /// The phone that was the second factor: send it the [`Notice`](super::Notice), and do not log
        /// it.
        phone: PhoneNumber,
    },
    /// The code was right: the new phone is the second factor now.
    PhoneChanged {
        /// The stamp from now on, as for [`Enrolled`](Self::Enrolled).
        stamp: SecurityStamp,
        /// The phone that was the second factor before: send it the [`Notice`](super::Notice) too, and
        /// do not log it.
        from: PhoneNumber,
    },
    /// The code to the old phone was right, and one was sent to the new phone. Ask for it.
    Continue(Challenge),
    /// The code was right: it allows the action that it was asked for.
    SteppedUp(StepUp),
    /// The code was wrong.
    Incorrect {
        /// How many codes can still be tried.
        left: u32,
    },
    /// Nothing was checked, or it does not count.
    Refused(Refusal),
}

/// What [`MfaFlow::resend`](crate::MfaFlow::resend) answers.
#[derive(Debug)]
#[must_use = "nothing was sent when it was refused"]
pub enum Resent {
    /// The code was sent again.
    Sent(Challenge),
    /// Nothing was sent.
    Refused(Refusal),
}
