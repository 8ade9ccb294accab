//! What a person in front of a browser does next: a pure function of what was just seen.

use crate::protocol::Reply;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Log in with the password: a challenge begins, or goes on if it is still there.
    Ask,
    /// The same, after a pause.
    AskLater,
    /// Type a code for this challenge.
    Type(String),
    /// Ask for the code of this challenge again.
    SendAgain(String),
    /// Nothing: it is done.
    In,
    /// Nothing: it cannot be done, and why.
    GiveUp(String),
}

/// `reply` is what came back, if anything, and `id` the challenge that was meant.
///
/// After an error or a lost reply nobody knows whether the challenge still goes on. Asking for it
/// again tells: in the same session it goes on if it can, and otherwise a new one begins. So a code
/// that was accepted, with its reply lost, means to start again.
pub(crate) fn after(reply: Option<Reply>, id: &str) -> Step {
    match reply {
        None | Some(Reply::Failed { .. }) => Step::AskLater,
        Some(Reply::Challenged { id }) => Step::Type(id),
        Some(Reply::Resent | Reply::Incorrect) => Step::Type(id.to_owned()),
        Some(Reply::LoggedIn { .. }) => Step::In,
        Some(Reply::Refused { code }) => match code.as_str() {
            "already_approved" | "expired" | "exhausted" | "superseded" | "canceled"
            | "unknown" => Step::Ask,
            "resend_too_soon" => Step::AskLater,
            _ => Step::GiveUp(code),
        },
    }
}

/// Of several answers to the same code, the one that a person would go by.
pub(crate) fn best(replies: impl IntoIterator<Item = Option<Reply>>) -> Option<Reply> {
    let rank = |reply: &Option<Reply>| match reply {
        Some(Reply::LoggedIn { .. }) => 0,
        Some(Reply::Failed { .. }) => 2,
        Some(_) => 1,
        None => 3,
    };
    replies.into_iter().min_by_key(rank).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str) -> Option<Reply> {
        Some(Reply::Refused { code: code.to_owned() })
    }

    #[test]
    fn whoever_hears_nothing_asks_whether_the_challenge_goes_on() {
        assert_eq!(after(None, "id"), Step::AskLater);
        let failed = Reply::Failed { code: "conflict".to_owned() };
        assert_eq!(after(Some(failed), "id"), Step::AskLater);
    }

    #[test]
    fn a_challenge_that_is_over_is_begun_again() {
        for code in ["already_approved", "expired", "exhausted", "canceled", "unknown"] {
            assert_eq!(after(refused(code), "id"), Step::Ask);
        }
    }

    #[test]
    fn a_lock_is_the_end() {
        assert_eq!(after(refused("locked"), "id"), Step::GiveUp("locked".to_owned()));
    }

    #[test]
    fn a_wrong_code_is_typed_again() {
        assert_eq!(after(Some(Reply::Incorrect), "id"), Step::Type("id".to_owned()));
    }

    #[test]
    fn of_a_double_submit_the_answer_that_lets_in_counts() {
        let conflict = Some(Reply::Failed { code: "conflict".to_owned() });
        let replies = [None, conflict.clone(), Some(Reply::LoggedIn { user: 7 })];
        assert_eq!(best(replies), Some(Reply::LoggedIn { user: 7 }));
        assert_eq!(best([None, conflict.clone()]), conflict);
        assert_eq!(best([None, None]), None);
    }
}
