//! From a verb of a history to one with ids and codes, as things stand when it is called.

use verify_mfa::{Channel, sandbox::Message};

use crate::{
    history::{Typed, USERS, Verb, Wanted, Whose},
    ledger::{Act, Key, Purpose},
    world::{PHONES, World},
};

impl World {
    /// None if there is no such challenge.
    pub(crate) fn resolve(&self, verb: &Verb) -> Option<Act> {
        Some(match *verb {
            Verb::Enroll { user, session, phone, call } => {
                begin(user, session, Purpose::Enroll(phone), call)
            }
            Verb::Challenge { user, session, call } => begin(user, session, Purpose::Login, call),
            Verb::StepUp { user, session, wanted, call } => {
                begin(user, session, purpose(wanted), call)
            }
            Verb::Approve { which, from, code } => {
                let (challenge, session) = self.pick(which, from)?;
                Act::Approve { challenge, session, code: self.code(challenge, code) }
            }
            Verb::Resend { which, from, call } => {
                let (challenge, session) = self.pick(which, from)?;
                Act::Resend { challenge, session, call }
            }
            Verb::Cancel { which, from } => {
                let (challenge, session) = self.pick(which, from)?;
                Act::Cancel { challenge, session }
            }
            Verb::Unlock { user } => Act::Unlock { user },
        })
    }

    /// A challenge and a session.
    pub(crate) fn pick(&self, which: usize, from: Whose) -> Option<(usize, usize)> {
        let ledger = self.ledger();
        let challenge = ledger.challenges.len().checked_sub(which + 1)?;
        let Key { user, session, .. } = ledger.challenges[challenge].key;
        let session = match from {
            Whose::Own => session,
            Whose::Sibling => session ^ 1,
            Whose::Stranger => (user + 1) % USERS * 2,
        };
        Some((challenge, session))
    }

    fn code(&self, challenge: usize, typed: Typed) -> String {
        let messages = self.chronicle.messages();
        let right = self.right_code(challenge, &messages);
        let phone = self.phone_of(challenge);
        let mut newest_first = messages.iter().rev();
        let found = match typed {
            Typed::Right => right,
            Typed::Old => newest_first
                .find(|message| Some(&message.to) == phone.as_ref() && Some(code(message)) != right)
                .map(code),
            Typed::Another => {
                newest_first.find(|other| Some(&other.to) != phone.as_ref()).map(code)
            }
            Typed::Wrong => None,
            Typed::Malformed => return "12 345".to_owned(),
        };
        found.unwrap_or_else(|| wrong_code(&messages))
    }

    /// What the phone of the challenge got last, from the service that the challenge is with.
    fn right_code(&self, challenge: usize, messages: &[Message]) -> Option<String> {
        let is_claim = matches!(
            self.ledger().challenges[challenge].key.purpose,
            Purpose::Enroll(_) | Purpose::NewPhone(_)
        );
        let service = self.enroll_service.as_ref().filter(|_| is_claim);
        let service = service.unwrap_or(self.sandbox.service_sid());
        let phone = self.phone_of(challenge)?;
        let ours = |message: &&Message| message.to == phone && message.service_sid == *service;
        messages.iter().rev().find(ours).map(code)
    }

    /// The phone to which the codes of a challenge go.
    fn phone_of(&self, challenge: usize) -> Option<String> {
        let ledger = self.ledger();
        let Key { user, purpose, .. } = ledger.challenges[challenge].key;
        match purpose {
            Purpose::Enroll(phone) | Purpose::NewPhone(phone) => Some(PHONES[phone].to_owned()),
            _ => self.chronicle.phone_at(&self.people[user], usize::MAX),
        }
    }
}

fn begin(user: usize, session: usize, purpose: Purpose, call: bool) -> Act {
    let channel = if call { Channel::Call } else { Channel::Sms };
    Act::Begin(Key { user, session: 2 * user + session, purpose }, channel)
}

fn purpose(wanted: Wanted) -> Purpose {
    match wanted {
        Wanted::Disable => Purpose::Disable,
        Wanted::ChangePhone(phone) => Purpose::ChangePhone(phone),
        Wanted::Other => Purpose::Other,
    }
}

fn code(message: &Message) -> String {
    message.code.expose_secret().to_owned()
}

/// A code that nobody got.
fn wrong_code(messages: &[Message]) -> String {
    let mut codes = (0..).map(|number| format!("{number:06}"));
    let is_free = |text: &String| messages.iter().all(|message| code(message) != *text);
    codes.find(is_free).expect("fewer messages than codes")
}
