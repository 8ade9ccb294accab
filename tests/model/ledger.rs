//! What the test did and what it was answered.

use std::time::SystemTime;

use verify_mfa::{
    Channel, Error, UserId,
    flow::{Approval, ChallengeId, Decision, Refusal, Resent, Started},
    store::SecurityStamp,
};

use crate::chronicle::{Chronicle, Entry};

pub(crate) struct Ledger {
    pub(crate) people: Vec<UserId>,
    pub(crate) chronicle: Chronicle,
    pub(crate) calls: Vec<Call>,
    pub(crate) challenges: Vec<Known>,
}

/// A verb that was called.
pub(crate) struct Call {
    pub(crate) act: Act,
    pub(crate) started_at: SystemTime,
    /// Its place in the chronicle.
    pub(crate) began: usize,
    pub(crate) ended: Option<usize>,
    pub(crate) outcome: Option<Outcome>,
    /// The challenge that it began, or found.
    pub(crate) challenge: Option<usize>,
}

/// A challenge whose id is known.
pub(crate) struct Known {
    pub(crate) id: ChallengeId,
    pub(crate) key: Key,
    /// When its id was given: it began under a stamp that was not older.
    pub(crate) learned: usize,
}

/// Who verifies in which session, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) user: usize,
    pub(crate) session: usize,
    pub(crate) purpose: Purpose,
}

/// Numbers of phones are places in the list of phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Login,
    Enroll(usize),
    Disable,
    /// The first half of a change: the code to the old phone.
    ChangePhone(usize),
    /// The second half.
    NewPhone(usize),
    Other,
}

#[derive(Debug, Clone)]
pub(crate) enum Act {
    Begin(Key, Channel),
    Approve { challenge: usize, session: usize, code: String },
    Resend { challenge: usize, session: usize, call: bool },
    Cancel { challenge: usize, session: usize },
    Unlock { user: usize },
}

#[derive(Debug)]
pub(crate) enum Outcome {
    Challenged(ChallengeId),
    NotEnrolled(UserId),
    Granted(Grant),
    Incorrect,
    Refused(Refusal),
    Sent,
    Done,
    Failed(Error),
    Crashed,
}

#[derive(Debug)]
pub(crate) enum Grant {
    LoggedIn { user: UserId, stamp: SecurityStamp },
    SteppedUp { user: UserId, action: String },
    Enrolled,
    Disabled,
    PhoneChanged,
    Continue(ChallengeId),
}

/// What step-ups of the application's own are for.
pub(crate) const ACTION: &str = "delete-account";

impl Ledger {
    pub(crate) fn new(people: Vec<UserId>, chronicle: Chronicle) -> Self {
        Self { people, chronicle, calls: Vec::new(), challenges: Vec::new() }
    }

    /// Calls are numbered as they begin.
    pub(crate) fn begin(&mut self, call: usize, act: Act, started_at: SystemTime) {
        assert_eq!(call, self.calls.len(), "nothing happens before a verb is called");
        let began = self.chronicle.note(Entry::Began);
        let (ended, outcome, challenge) = (None, None, None);
        self.calls.push(Call { act, started_at, began, ended, outcome, challenge });
    }

    /// The user whom a verb is about.
    pub(crate) fn user_of(&self, act: &Act) -> usize {
        match act {
            Act::Begin(key, _) => key.user,
            Act::Approve { challenge, .. }
            | Act::Resend { challenge, .. }
            | Act::Cancel { challenge, .. } => self.challenges[*challenge].key.user,
            Act::Unlock { user } => *user,
        }
    }
}

impl From<Decision> for Outcome {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::NotEnrolled(grant) => Self::NotEnrolled(grant.user().clone()),
            Decision::Challenged(challenge) => Self::Challenged(challenge.id),
            Decision::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

impl From<Started> for Outcome {
    fn from(started: Started) -> Self {
        match started {
            Started::Challenged(challenge) => Self::Challenged(challenge.id),
            Started::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

impl From<Resent> for Outcome {
    fn from(resent: Resent) -> Self {
        match resent {
            Resent::Sent(_) => Self::Sent,
            Resent::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::Done
    }
}

impl From<Approval> for Outcome {
    fn from(approval: Approval) -> Self {
        Self::Granted(match approval {
            Approval::LoggedIn(grant) => {
                Grant::LoggedIn { user: grant.user().clone(), stamp: grant.stamp().clone() }
            }
            Approval::SteppedUp(step_up) => Grant::SteppedUp {
                user: step_up.user().clone(),
                action: step_up.action().to_owned(),
            },
            Approval::Enrolled { .. } => Grant::Enrolled,
            Approval::Disabled { .. } => Grant::Disabled,
            Approval::PhoneChanged { .. } => Grant::PhoneChanged,
            Approval::Continue(challenge) => Grant::Continue(challenge.id),
            Approval::Incorrect { .. } => return Self::Incorrect,
            Approval::Refused(refusal) => return Self::Refused(refusal),
            other => panic!("an answer that the model does not know: {other:?}"),
        })
    }
}

impl<T: Into<Self>> From<Result<T, Error>> for Outcome {
    fn from(answer: Result<T, Error>) -> Self {
        answer.map_or_else(Self::Failed, Into::into)
    }
}
