//! When people get messages.

use std::time::{Duration, SystemTime};

use proptest::prop_assert;
use verify_mfa::{Channel, flow::Refusal};

use crate::{
    chronicle::{Asked, Exchange},
    driver::Verdict,
    ledger::{Act, Call, Key, Ledger, Outcome, Purpose},
};

/// A message, and the time in which it was decided to send it.
struct Send {
    place: usize,
    earliest: SystemTime,
    latest: SystemTime,
    is_call: bool,
}

impl Ledger {
    pub(super) fn check_sends(&self, call: usize) -> Verdict {
        let starts = self.chronicle.asked_by(call).into_iter();
        let starts = starts.filter(|(_, own)| own.asked == Asked::Start && own.may_be_done());
        prop_assert!(starts.count() <= 1, "one verb sent twice");
        if self.send_of(call).is_none() {
            return Ok(());
        }
        self.check_waits(call)?;
        self.check_repeated_beginning(call)
    }

    /// Between the messages of one challenge there are the waits, and after five there are no more.
    fn check_waits(&self, call: usize) -> Verdict {
        let Some(challenge) = self.calls[call].sends_for() else { return Ok(()) };
        let of = |other: &usize| self.calls[*other].sends_for() == Some(challenge);
        let sends = (0..self.calls.len()).filter(of).filter_map(|other| self.send_of(other));
        let mut sends: Vec<_> = sends.collect();
        sends.sort_by_key(|send| send.place);
        prop_assert!(sends.len() <= 5, "{} messages of one challenge", sends.len());
        prop_assert!(sends.iter().filter(|send| send.is_call).count() <= 2, "three calls");
        for (pair, wait) in sends.windows(2).zip([30, 40, 60, 90]) {
            let wait = if pair[1].is_call { wait.max(60) } else { wait };
            let apart = pair[0].apart(&pair[1]);
            prop_assert!(Duration::from_secs(wait) <= apart, "sent again after {apart:?}");
        }
        Ok(())
    }

    /// Who begins again in the same session, while the first challenge is live, gets no message.
    fn check_repeated_beginning(&self, call: usize) -> Verdict {
        let Act::Begin(key, _) = &self.calls[call].act else { return Ok(()) };
        for other in (0..self.calls.len()).filter(|other| *other != call) {
            if !matches!(&self.calls[other].act, Act::Begin(own, _) if own == key) {
                continue;
            }
            let (first, second) = (other.min(call), other.max(call));
            prop_assert!(
                self.send_of(other).is_none() || !self.goes_on(first, second),
                "verbs {first} and {second} both sent a message"
            );
        }
        Ok(())
    }

    /// A challenge that a verb began without an answer goes on; the next one finds it.
    pub(super) fn adopt(&mut self, call: usize, key: &Key) {
        if self.send_of(call).is_some() {
            return;
        }
        let is_unknown = |first: &usize| {
            let Call { act, challenge, .. } = &self.calls[*first];
            challenge.is_none() && matches!(act, Act::Begin(own, _) if own == key)
        };
        let sent = |first: &usize| self.send_of(*first).is_some() && self.goes_on(*first, call);
        let lost = (0..call).rev().filter(is_unknown).find(sent);
        if let Some(lost) = lost {
            self.calls[lost].challenge = Some(self.challenges.len());
        }
    }

    /// Whether what the first verb began was surely live when the second one had its say.
    fn goes_on(&self, first: usize, second: usize) -> bool {
        let Act::Begin(key, _) = &self.calls[first].act else { return false };
        let (began, started_at) = (self.calls[first].began, self.calls[first].started_at);
        let asked = [first, second].into_iter().filter_map(|call| self.send_of(call));
        let (place, at) = asked
            .map(|send| (send.place, send.latest))
            .max_by_key(|(place, _)| *place)
            .unwrap_or((began, started_at));
        let place = place.max(self.calls[second].began);
        let at = at.max(self.calls[second].started_at);
        let overlaps =
            |call: &Call| call.began <= place && call.ended.is_none_or(|ended| began <= ended);
        let ended = self.calls.iter().any(|call| overlaps(call) && self.may_end(call, key));
        at < started_at + LIFETIME
            && !ended
            && !self.is_used_up(first)
            && !self.chronicle.is_stamped_between(&self.people[key.user], began, place)
    }

    /// Whether a verb learned that Twilio sent a worthless code, as other people used up the checks
    /// of the phone. A challenge does not begin with it.
    fn is_used_up(&self, call: usize) -> bool {
        let asked = self.chronicle.asked_by(call);
        asked.iter().any(|(place, exchange)| {
            exchange.asked == Asked::Start
                && exchange.body["status"] == "max_attempts_reached"
                && self.chronicle.answered(call, *place).is_some()
        })
    }

    /// Whether a verb may have ended a challenge for `key`.
    fn may_end(&self, call: &Call, key: &Key) -> bool {
        if self.user_of(&call.act) != key.user {
            return false;
        }
        match &call.act {
            Act::Begin(own, _) => own != key,
            Act::Cancel { challenge, session } => {
                *session == key.session && self.challenges[*challenge].key == *key
            }
            Act::Approve { challenge, .. } => {
                let own = &self.challenges[*challenge].key;
                (own == key || matches!(own.purpose, Purpose::ChangePhone(_)))
                    && !matches!(
                        call.outcome,
                        Some(Outcome::Incorrect | Outcome::Refused(Refusal::MalformedCode { .. }))
                    )
            }
            Act::Resend { .. } | Act::Unlock { .. } => false,
        }
    }

    fn send_of(&self, call: usize) -> Option<Send> {
        let asked = self.chronicle.asked_by(call);
        asked.iter().find_map(|(place, exchange)| {
            let Exchange { at, message, .. } = &**exchange;
            let is_call = message.as_ref()?.channel == Channel::Call;
            let (earliest, latest) = (self.calls[call].started_at, *at);
            Some(Send { place: *place, earliest, latest, is_call })
        })
    }
}

impl Call {
    /// The challenge that its message belongs to.
    fn sends_for(&self) -> Option<usize> {
        match self.act {
            Act::Resend { challenge, .. } => Some(challenge),
            _ => self.challenge,
        }
    }
}

impl Send {
    /// How long there may have been between the decisions.
    fn apart(&self, other: &Self) -> Duration {
        let between = |from: &Self, to: &Self| to.latest.duration_since(from.earliest);
        let (one, two) = (between(self, other), between(other, self));
        one.unwrap_or_default().max(two.unwrap_or_default())
    }
}

const LIFETIME: Duration = Duration::from_secs(600);
