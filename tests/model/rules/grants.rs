//! Who is let in, and what is switched on or off.

use proptest::{prop_assert, prop_assert_eq};
use verify_mfa::UserId;

use crate::{
    chronicle::{Entry, Exchange},
    driver::Verdict,
    ledger::{ACTION, Act, Call, Grant, Known, Ledger, Outcome, Purpose},
    world::PHONES,
};

/// A phone that was saved.
struct Saved {
    place: usize,
    user: UserId,
    phone: Option<String>,
}

impl Ledger {
    /// A grant, or a phone that is saved, needs a right code, and so on.
    pub(super) fn check_effects(&self, call: usize) -> Verdict {
        let saved = self.saved_by(call);
        let outcome = self.calls[call].outcome.as_ref();
        let granted = matches!(outcome, Some(Outcome::Granted(_)));
        if !granted && saved.is_empty() {
            return Ok(());
        }
        let Act::Approve { challenge, session, code } = &self.calls[call].act else {
            prop_assert!(false, "an effect without an approval");
            return Ok(());
        };
        let known = &self.challenges[*challenge];
        prop_assert_eq!(*session, known.key.session, "another session than the one that began");
        let again = (0..self.calls.len()).filter(|other| self.used(*other, *challenge)).count();
        prop_assert_eq!(again, 1, "a challenge was used twice");
        let approved = self.approved(call, known, code);
        prop_assert!(approved.is_some(), "Twilio did not approve this code of this phone");
        let approved = approved.unwrap_or_default();
        prop_assert!(!self.is_outdated(known, approved), "the stamp changed meanwhile");
        self.check_grant(call, known, approved)?;
        self.check_saved(call, known, approved, &saved)
    }

    /// Whether a verb got something for a challenge.
    fn used(&self, call: usize, challenge: usize) -> bool {
        let Call { act, outcome, .. } = &self.calls[call];
        matches!(act, Act::Approve { challenge: own, .. } if *own == challenge)
            && (matches!(outcome, Some(Outcome::Granted(_))) || !self.saved_by(call).is_empty())
    }

    /// Where this verb heard from the sandbox that the code is right, which has to be one that went
    /// to the phone.
    fn approved(&self, call: usize, known: &Known, code: &str) -> Option<usize> {
        let messages = self.chronicle.messages();
        let is_right = |place: usize, exchange: &Exchange| {
            let phone = self.phone(known, place);
            exchange.is_approval()
                && exchange.form.get("Code").is_some_and(|given| given == code)
                && messages.iter().any(|message| {
                    Some(&message.to) == phone.as_ref()
                        && message.code.expose_secret() == code
                        && exchange.body["sid"] == message.verification_sid.as_str()
                        && exchange.body["to"] == message.to
                })
        };
        let asked = self.chronicle.asked_by(call);
        let (place, _) = asked.iter().find(|(place, exchange)| is_right(*place, exchange))?;
        self.chronicle.answered(call, *place)
    }

    /// The phone that a challenge is about.
    fn phone(&self, known: &Known, place: usize) -> Option<String> {
        match known.key.purpose {
            Purpose::Enroll(phone) | Purpose::NewPhone(phone) => Some(PHONES[phone].to_owned()),
            _ => self.chronicle.phone_at(&self.people[known.key.user], place),
        }
    }

    fn is_outdated(&self, known: &Known, place: usize) -> bool {
        self.chronicle.is_stamped_between(&self.people[known.key.user], known.learned, place)
    }

    /// A grant is for what was asked and for who asked.
    fn check_grant(&self, call: usize, known: &Known, approved: usize) -> Verdict {
        let Some(Outcome::Granted(grant)) = &self.calls[call].outcome else { return Ok(()) };
        let own = &self.people[known.key.user];
        let fits = match (grant, known.key.purpose) {
            (Grant::LoggedIn { user, stamp }, Purpose::Login) => {
                user == own && self.chronicle.stamp_at(own, approved).as_ref() == Some(stamp)
            }
            (Grant::SteppedUp { user, action }, Purpose::Other) => user == own && action == ACTION,
            (Grant::Continue(_), Purpose::ChangePhone(_)) => true,
            (Grant::Enrolled, Purpose::Enroll(_))
            | (Grant::Disabled, Purpose::Disable)
            | (Grant::PhoneChanged, Purpose::NewPhone(_)) => self.saved_by(call).len() == 1,
            _ => false,
        };
        prop_assert!(fits, "{:?} for {:?}", grant, known.key);
        Ok(())
    }

    /// A phone is saved as it was asked for, and who is told that this failed is not told a lie.
    fn check_saved(&self, call: usize, known: &Known, approved: usize, saved: &[Saved]) -> Verdict {
        let wanted = match known.key.purpose {
            Purpose::Enroll(phone) | Purpose::NewPhone(phone) => Some(Some(PHONES[phone])),
            Purpose::Disable => Some(None),
            _ => None,
        };
        for Saved { place, user, phone } in saved {
            prop_assert_eq!(user, &self.people[known.key.user], "the phone of another user");
            prop_assert_eq!(Some(phone.as_deref()), wanted, "another phone than was asked for");
            prop_assert!(approved < *place, "saved before it was approved");
            prop_assert!(!self.is_outdated(known, *place), "saved under another stamp");
            let honest = match self.calls[call].outcome {
                Some(Outcome::Granted(_) | Outcome::Crashed) => true,
                Some(Outcome::Failed(_)) => !self.was_told(call),
                _ => false,
            };
            prop_assert!(honest, "saved, but: {:?}", self.calls[call].outcome);
        }
        Ok(())
    }

    fn saved_by(&self, call: usize) -> Vec<Saved> {
        let saved = |(place, entry): (usize, &Entry)| match entry {
            Entry::Saved { call: own, user, phone } if *own == call => {
                Some(Saved { place, user: user.clone(), phone: phone.clone() })
            }
            _ => None,
        };
        self.chronicle.entries().iter().enumerate().filter_map(saved).collect()
    }

    fn was_told(&self, call: usize) -> bool {
        let told =
            |entry: &Entry| matches!(entry, Entry::Told { call: own, saved: true } if *own == call);
        self.chronicle.entries().iter().any(told)
    }
}
