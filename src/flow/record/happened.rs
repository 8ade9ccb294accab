//! What to tell of once the record is saved.

use super::{
    super::{
        Ended, EventKind, Refusal,
        challenge::{Answer, Event, PendingChallenge, Phase, Purpose},
    },
    UserRecord,
};
use crate::Channel;

/// Something to tell of once the record is saved.
#[derive(Debug, Clone)]
pub(in super::super) struct Happened {
    pub(in super::super) kind: EventKind,
    pub(in super::super) challenge: Option<Box<PendingChallenge>>,
    pub(in super::super) reason: Option<&'static str>,
}

impl UserRecord {
    pub(super) fn note(
        &mut self,
        kind: EventKind,
        challenge: Option<&PendingChallenge>,
        reason: Option<&'static str>,
    ) {
        if self.is_watched {
            let challenge = challenge.cloned().map(Box::new);
            self.happened.push(Happened { kind, challenge, reason });
        }
    }

    pub(super) fn note_end(&mut self, challenge: &PendingChallenge, ended: Ended) {
        let kind = match challenge.purpose {
            Purpose::Login { .. } => EventKind::OneFactorOnly,
            Purpose::Enroll { .. } => EventKind::EnrollFailed,
            _ => EventKind::StepUpFailed,
        };
        self.note(kind, Some(challenge), Some(Refusal::Ended(ended).code()));
    }

    pub(super) fn note_change(&mut self, was_over: bool, event: &Event, next: &PendingChallenge) {
        match event {
            Event::Sent(_) if next.channel == Channel::Call => {
                self.note(EventKind::ChallengeCalled, Some(next), None);
            }
            Event::Sent(_) if next.sends > 1 => {
                self.note(EventKind::ChallengeResent, Some(next), None);
            }
            Event::Sent(_) => self.note(EventKind::ChallengeSent, Some(next), None),
            Event::NotSent(Refusal::BlockedByFraudGuard) => {
                self.note(EventKind::FraudBlock, Some(next), None);
            }
            Event::NotSent(refusal) | Event::GivenBack(refusal) => {
                self.note(EventKind::SendRefused, Some(next), Some(refusal.code()));
            }
            Event::Checked { answer: Answer::Incorrect, .. } => {
                self.note(EventKind::CheckFailed, Some(next), None);
            }
            Event::Checked { answer: Answer::Unknown, .. } => {
                self.note(EventKind::Ambiguous, Some(next), None);
            }
            _ => {}
        }
        match next.phase {
            Phase::Ended(Ended::AlreadyApproved) => {}
            Phase::Ended(_)
                if event.is_outage() && matches!(next.purpose, Purpose::Login { .. }) => {}
            Phase::Ended(ended) if !was_over => self.note_end(next, ended),
            _ => {}
        }
    }
}

impl Event {
    /// Whether nobody could do anything about it: a login that ends so was not left alone.
    fn is_outage(&self) -> bool {
        matches!(self, Self::Failed | Self::Checked { answer: Answer::Unknown, .. })
    }
}
