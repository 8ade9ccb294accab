//! What the caller of a verb is told.

use verify_mfa::{
    Error,
    flow::{Approval, Challenge, Decision, Ended, Refusal, Resent},
};

use super::race::first_stamp;

/// An answer that no race can have is a panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// Under the stamp that the challenge began with.
    Granted,
    Incorrect {
        left: u32,
    },
    Challenged(Box<Challenge>),
    Ended(Ended),
    Conflict,
    Done,
}

impl From<Result<Approval, Error>> for Told {
    fn from(approval: Result<Approval, Error>) -> Self {
        match approval {
            Ok(Approval::LoggedIn(grant)) => {
                assert_eq!(*grant.stamp(), first_stamp());
                Self::Granted
            }
            Ok(Approval::Disabled { .. }) => Self::Done,
            Ok(Approval::Incorrect { left }) => Self::Incorrect { left },
            Ok(Approval::Refused(refusal)) => refusal.into(),
            Err(error) => error.into(),
            Ok(other) => panic!("{other:?}"),
        }
    }
}

impl From<Result<Decision, Error>> for Told {
    fn from(decision: Result<Decision, Error>) -> Self {
        match decision {
            Ok(Decision::Challenged(challenge)) => Self::Challenged(challenge.into()),
            Ok(Decision::Refused(refusal)) => refusal.into(),
            Ok(Decision::NotEnrolled(grant)) => panic!("{grant:?}"),
            Err(error) => error.into(),
        }
    }
}

impl From<Result<Resent, Error>> for Told {
    fn from(resent: Result<Resent, Error>) -> Self {
        match resent {
            Ok(Resent::Sent(_)) => Self::Done,
            Ok(Resent::Refused(refusal)) => refusal.into(),
            Err(error) => error.into(),
        }
    }
}

impl From<Result<(), Error>> for Told {
    fn from(canceled: Result<(), Error>) -> Self {
        canceled.map_or_else(Self::from, |()| Self::Done)
    }
}

impl From<Refusal> for Told {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Ended(ended) => Self::Ended(ended),
            other => panic!("refused: {other:?}"),
        }
    }
}

impl From<Error> for Told {
    fn from(error: Error) -> Self {
        match error {
            Error::Conflict => Self::Conflict,
            other => panic!("{other:?}"),
        }
    }
}
