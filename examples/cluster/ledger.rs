//! What everybody saw, and whether it can be.

use std::collections::{HashMap, HashSet};

use crate::people;

/// What was seen from three sides: by those who typed, by the nodes, and by the sandbox.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) typed: Vec<Typed>,
    pub(crate) granted: Vec<Granted>,
    pub(crate) checks: Vec<Check>,
    /// Honest logins that came to nothing, and why.
    pub(crate) shut_out: Vec<String>,
}

/// A code that somebody typed.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    /// The challenge, by its name.
    pub(crate) challenge: String,
    pub(crate) user: u32,
    /// Whether it was the code that was sent, in the session in which the challenge began.
    pub(crate) rightful: bool,
    pub(crate) heard: Heard,
}

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    LetIn,
    Incorrect,
    /// A refusal, an error, or nothing.
    Other,
}

/// A grant, as the node that gave it tells.
#[derive(Debug, Clone)]
pub(crate) struct Granted {
    pub(crate) challenge: String,
    pub(crate) user: u32,
}

/// A check, as the sandbox saw it.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    pub(crate) verification: String,
    /// It is not said when the check is refused.
    pub(crate) phone: Option<String>,
    pub(crate) said: Said,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Approved,
    Wrong,
    Refused,
}

impl Ledger {
    /// A sentence for everything that must not have happened.
    pub(crate) fn violations(&self) -> Vec<String> {
        let mut found = self.approved_twice();
        found.extend(self.let_in_wrongly());
        found.extend(self.attempts_exceeded());
        found.extend(self.shut_out.iter().cloned());
        found
    }

    fn approved_twice(&self) -> Vec<String> {
        let grants = count(self.granted.iter().map(|grant| &grant.challenge));
        let doubles = grants.iter().filter(|(_, times)| **times > 1);
        let mut found: Vec<_> = doubles
            .map(|(challenge, times)| format!("challenge {challenge} was granted {times} times"))
            .collect();
        let approved = self.checks.iter().filter(|check| check.said == Said::Approved);
        let approvals = count(approved.map(|check| &check.verification));
        let doubles = approvals.iter().filter(|(_, times)| **times > 1);
        found.extend(doubles.map(|(sid, times)| format!("{sid} was approved {times} times")));
        found
    }

    /// A grant needs somebody who typed the right code in the right session, and an approval of the
    /// sandbox, one each; who is told of it is who typed that code.
    fn let_in_wrongly(&self) -> Vec<String> {
        let rightful: HashSet<_> =
            self.typed.iter().filter(|typed| typed.rightful).map(Typed::whose).collect();
        let granted: HashSet<_> = self.granted.iter().map(Granted::whose).collect();
        let unfounded = granted.difference(&rightful);
        let mut found: Vec<_> = unfounded
            .map(|(challenge, user)| {
                format!("user {user} was let in by challenge {challenge} without the right code")
            })
            .collect();
        for typed in self.typed.iter().filter(|typed| typed.heard == Heard::LetIn) {
            let Typed { challenge, user, .. } = typed;
            if !typed.rightful {
                found.push(format!("somebody else was let in as user {user} by {challenge}"));
            } else if !granted.contains(&typed.whose()) {
                found.push(format!("user {user} was let in by {challenge} without a grant"));
            }
        }
        found.extend(self.unapproved());
        found
    }

    fn unapproved(&self) -> Vec<String> {
        let grants = count(self.granted.iter().map(|grant| grant.user));
        let more = grants.into_iter().filter_map(|(user, grants)| {
            let approvals = self.said_to(user, Said::Approved);
            (grants > approvals).then(|| {
                format!("user {user} was let in {grants} times and approved {approvals} times")
            })
        });
        more.collect()
    }

    fn attempts_exceeded(&self) -> Vec<String> {
        let counted = self.typed.iter().filter(|typed| typed.heard != Heard::Other);
        let answered = self.checks.iter().filter(|check| check.said != Said::Refused);
        let challenges = count(counted.map(|typed| typed.challenge.clone()));
        let verifications = count(answered.map(|check| check.verification.clone()));
        let over = challenges.into_iter().chain(verifications).filter(|(_, times)| *times > CHECKS);
        let mut found: Vec<_> = over
            .map(|(name, times)| format!("{times} codes were compared for {name}, not {CHECKS}"))
            .collect();
        for user in people::HONEST..people::ALL {
            let wrong = self.said_to(user, Said::Wrong);
            if wrong > BEFORE_LOCK {
                found.push(format!("user {user} was not locked before {wrong} wrong codes"));
            }
        }
        found
    }

    fn said_to(&self, user: u32, said: Said) -> usize {
        let phone = people::phone(user);
        let own = |check: &&Check| check.phone.as_ref() == Some(&phone) && check.said == said;
        self.checks.iter().filter(own).count()
    }
}

impl Typed {
    fn whose(&self) -> (&str, u32) {
        (&self.challenge, self.user)
    }
}

impl Granted {
    fn whose(&self) -> (&str, u32) {
        (&self.challenge, self.user)
    }
}

fn count<T: Eq + std::hash::Hash>(all: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut counted = HashMap::new();
    for one in all {
        *counted.entry(one).or_default() += 1;
    }
    counted
}

/// What the policy allows for a challenge, and Twilio for a verification.
const CHECKS: usize = 5;
/// Of those who are attacked, who never log in: so many wrong codes lock a user for 15 minutes.
const BEFORE_LOCK: usize = 10;

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
