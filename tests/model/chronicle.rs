//! Everything that was seen from outside of the flow, in order.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use serde_json::Value;
use verify_mfa::{UserId, sandbox::Message, store::SecurityStamp};

#[derive(Clone)]
pub(crate) enum Entry {
    /// A verb began.
    Began,
    /// A verb gave its answer, or its node crashed.
    Ended,
    /// The sandbox was asked something.
    Asked(Arc<Exchange>),
    /// The reply reached the verb that asked.
    Answered(usize),
    /// A user has another stamp.
    Stamped { user: UserId, stamp: SecurityStamp },
    /// A user has another phone, or none.
    Saved { call: usize, user: UserId, phone: Option<String> },
    /// A verb knows whether the phone was saved.
    Told { call: usize, saved: bool },
}

/// A request that reached the sandbox, and what came of it.
pub(crate) struct Exchange {
    /// The verb that asked.
    pub(crate) call: usize,
    pub(crate) asked: Asked,
    pub(crate) form: HashMap<String, String>,
    /// None when the connection was cut.
    pub(crate) status: Option<u16>,
    /// Null when it was not the whole body.
    pub(crate) body: Value,
    /// What was sent to a person.
    pub(crate) message: Option<Message>,
    pub(crate) at: SystemTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Start,
    Check,
    Other,
}

impl Exchange {
    /// Whether the reply says that the code was right.
    pub(crate) fn is_approval(&self) -> bool {
        self.asked == Asked::Check
            && matches!(self.status, Some(200..=299))
            && self.body["status"] == "approved"
            && self.body["valid"] == true
    }

    /// Whether Twilio may have done it: only 20429 says that it did not, and the same request may follow.
    pub(crate) fn may_be_done(&self) -> bool {
        self.body["code"] != 20429
    }

    /// Whether it uses up a check: not when Twilio says that it did not look at it.
    pub(crate) fn is_counted_check(&self) -> bool {
        let refused = matches!(self.status, Some(400..=499));
        let looked_at = matches!(self.body["code"].as_u64(), Some(20404 | 60202));
        self.asked == Asked::Check && (!refused || looked_at)
    }
}

/// Clones share what they know.
#[derive(Clone, Default)]
pub(crate) struct Chronicle(Arc<Mutex<Vec<Entry>>>);

impl Chronicle {
    /// Gives the place of the entry.
    pub(crate) fn note(&self, entry: Entry) -> usize {
        let mut entries = self.entries();
        entries.push(entry);
        entries.len() - 1
    }

    pub(crate) fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a verb asked the sandbox, with the places.
    pub(crate) fn asked_by(&self, call: usize) -> Vec<(usize, Arc<Exchange>)> {
        let asked = |(place, entry): (usize, &Entry)| match entry {
            Entry::Asked(exchange) if exchange.call == call => Some((place, Arc::clone(exchange))),
            _ => None,
        };
        self.entries().iter().enumerate().filter_map(asked).collect()
    }

    /// Where the reply to what was asked at a place reached the verb.
    pub(crate) fn answered(&self, call: usize, asked: usize) -> Option<usize> {
        let is_own = |entry: &Entry| matches!(entry, Entry::Answered(own) if *own == call);
        let entries = self.entries();
        entries.iter().skip(asked).position(is_own).map(|after| asked + after)
    }

    /// Whether the user got another stamp between two places.
    pub(crate) fn is_stamped_between(&self, user: &UserId, from: usize, to: usize) -> bool {
        let stamped =
            |entry: &Entry| matches!(entry, Entry::Stamped { user: other, .. } if other == user);
        self.entries().iter().take(to).skip(from).any(stamped)
    }

    pub(crate) fn stamp_at(&self, user: &UserId, place: usize) -> Option<SecurityStamp> {
        self.entries().iter().take(place).rev().find_map(|entry| match entry {
            Entry::Stamped { user: other, stamp } if other == user => Some(stamp.clone()),
            _ => None,
        })
    }

    pub(crate) fn phone_at(&self, user: &UserId, place: usize) -> Option<String> {
        let phone = self.entries().iter().take(place).rev().find_map(|entry| match entry {
            Entry::Saved { user: other, phone, .. } if other == user => Some(phone.clone()),
            _ => None,
        });
        phone.flatten()
    }

    /// All that was sent to people so far.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let sent = |entry: &Entry| match entry {
            Entry::Asked(exchange) => exchange.message.clone(),
            _ => None,
        };
        self.entries().iter().filter_map(sent).collect()
    }
}
