//! What must be true whenever a verb is over.

mod grants;
mod sends;

use proptest::{prop_assert, prop_assert_eq};
use verify_mfa::Error;

use crate::{
    chronicle::{Asked, Entry, Exchange},
    driver::Verdict,
    ledger::{Act, Call, Grant, Key, Known, Ledger, Outcome, Purpose},
};

impl Ledger {
    /// Writes down how a verb ended, and checks all the rules.
    pub(crate) fn finish(&mut self, call: usize, outcome: Outcome, disturbed: bool) -> Verdict {
        let ended = self.chronicle.note(Entry::Ended);
        self.calls[call].outcome = Some(outcome);
        self.calls[call].ended = Some(ended);
        self.learn(call)?;
        self.check_effects(call)?;
        self.check_not_enrolled(call)?;
        self.check_attempts(call)?;
        self.check_sends(call)?;
        self.check_error(call, disturbed)
    }

    /// Remembers the challenge that a verb began or found.
    fn learn(&mut self, call: usize) -> Verdict {
        let Call { act, outcome, ended, .. } = &self.calls[call];
        let learned = ended.unwrap_or_default();
        let (id, key) = match (act, outcome) {
            (Act::Begin(key, _), Some(Outcome::Challenged(id))) => (id.clone(), key.clone()),
            (Act::Approve { challenge, .. }, Some(Outcome::Granted(Grant::Continue(id)))) => {
                (id.clone(), second_half(&self.challenges[*challenge].key))
            }
            _ => return Ok(()),
        };
        let place = self.challenges.iter().position(|known| known.id == id);
        if let Some(place) = place {
            prop_assert_eq!(&self.challenges[place].key, &key, "one challenge for two things");
        } else {
            self.adopt(call, &key);
            self.challenges.push(Known { id, key, learned });
        }
        self.calls[call].challenge = Some(place.unwrap_or(self.challenges.len() - 1));
        Ok(())
    }

    /// No more than five checks of one challenge reach Twilio and are looked at there.
    fn check_attempts(&self, call: usize) -> Verdict {
        let asked = self.chronicle.asked_by(call);
        let checks = || asked.iter().filter(|(_, own)| own.asked == Asked::Check);
        let Act::Approve { challenge, .. } = self.calls[call].act else {
            prop_assert_eq!(checks().count(), 0, "a check without a code");
            return Ok(());
        };
        let done = checks().filter(|(_, own)| own.may_be_done());
        prop_assert!(done.count() <= 1, "one code was checked twice");
        let calls = self.calls.iter().enumerate();
        let same = calls.filter(|(_, other)| {
            matches!(other.act, Act::Approve { challenge: own, .. } if own == challenge)
        });
        let exchanges = same.flat_map(|(other, _)| self.chronicle.asked_by(other));
        let counted =
            exchanges.filter(|(_, exchange)| Exchange::is_counted_check(exchange)).count();
        prop_assert!(counted <= 5, "{} checks of one challenge", counted);
        Ok(())
    }

    /// Nobody is let in without a code who has a second factor.
    fn check_not_enrolled(&self, call: usize) -> Verdict {
        let Call { act: Act::Begin(key, _), outcome, began, ended, .. } = &self.calls[call] else {
            return Ok(());
        };
        let Some(Outcome::NotEnrolled(user)) = outcome else { return Ok(()) };
        prop_assert_eq!(user, &self.people[key.user], "a grant for another user");
        let mut places = *began..=ended.unwrap_or(*began);
        prop_assert!(
            places.any(|place| self.chronicle.phone_at(user, place).is_none()),
            "a login without the second factor"
        );
        Ok(())
    }

    /// When nothing goes wrong there is no error, but that another request is at it.
    fn check_error(&self, call: usize, disturbed: bool) -> Verdict {
        if let Some(Outcome::Failed(error)) = &self.calls[call].outcome {
            let expected = disturbed || matches!(error, Error::Conflict);
            prop_assert!(expected, "nothing went wrong, but: {error:?}");
        }
        Ok(())
    }
}

/// What follows after the code to the old phone.
fn second_half(key: &Key) -> Key {
    match key.purpose {
        Purpose::ChangePhone(phone) => Key { purpose: Purpose::NewPhone(phone), ..key.clone() },
        _ => key.clone(),
    }
}
