//! What can happen to the flow, as plain data: a history can be printed, shrunk and played again.

use verify_mfa::sandbox::AfterMaxChecks;

use crate::trouble::Trouble;

/// How many people there are; each has two sessions.
pub(crate) const USERS: usize = 3;

#[derive(Debug, Clone)]
pub(crate) struct History {
    pub(crate) setup: Setup,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// Whether the first two users share a phone.
    pub(crate) shared_phone: bool,
    /// Whether enrollments have a Verify service of their own.
    pub(crate) enroll_service: bool,
    /// Who has a second factor from the beginning.
    pub(crate) enrolled: [bool; USERS],
    pub(crate) after_max_checks: AfterMaxChecks,
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Alone(Run),
    /// All at once.
    Together(Vec<Run>),
    /// Wrong codes, one after the other.
    Guesses {
        which: usize,
        times: u8,
    },
    /// The next fitting request fares like this.
    Twilio(Trouble),
    Happens(Event),
}

/// A verb on a node of its own, and what befalls that node.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) verb: Verb,
    /// At which gates it lets others go first, as bits.
    pub(crate) pace: u8,
    pub(crate) mishap: Option<Mishap>,
}

/// Everything that a verb asks of a store or of Twilio passes a gate on its way and one on its way
/// back. At one of them, this happens.
#[derive(Debug, Clone)]
pub(crate) struct Mishap {
    pub(crate) gate: u32,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// The question or the answer is lost.
    Fails,
    /// The node is gone.
    Crashes,
    /// The node is slow.
    Waits(Vec<Event>),
}

/// `which`, here and below, counts back from the challenge that was learned of last.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Verb(Verb),
    Seconds(u64),
    /// Of the user of a challenge.
    PasswordChange {
        which: usize,
    },
}

#[derive(Debug, Clone)]
pub(crate) enum Verb {
    Enroll { user: usize, session: usize, phone: usize, call: bool },
    Challenge { user: usize, session: usize, call: bool },
    StepUp { user: usize, session: usize, wanted: Wanted, call: bool },
    Approve { which: usize, from: Whose, code: Typed },
    Resend { which: usize, from: Whose, call: bool },
    Cancel { which: usize, from: Whose },
    Unlock { user: usize },
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    Disable,
    ChangePhone(usize),
    Other,
}

/// The session that a request comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose {
    /// The one in which the challenge began.
    Own,
    /// Another one of the same user.
    Sibling,
    /// One of another user.
    Stranger,
}

/// What somebody types.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Typed {
    Right,
    /// A code that the same phone got before.
    Old,
    /// A code that another phone got.
    Another,
    Wrong,
    Malformed,
}
