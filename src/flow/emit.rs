//! Telling what happened, once it is saved.

use std::time::SystemTime;

use tracing::Level;

use crate::{Error, PhoneNumber, UserId, measure};

use super::{
    ChallengeId, ChallengePurpose, EventKind, EventSink, MfaFlow, Notice, Refusal, SecurityEvent,
    challenge::{PendingChallenge, Purpose},
    record::{Happened, UserRecord},
    state::Stop,
};

/// A challenge, its user and its phone: what a send or a check is about.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) id: ChallengeId,
    pub(super) user: UserId,
    /// In a box, as it is passed on often.
    pub(super) challenge: Box<PendingChallenge>,
    pub(super) phone: PhoneNumber,
}

impl MfaFlow {
    /// The same flow with somebody who takes note of what happens.
    #[must_use]
    pub fn with_events(self, events: impl EventSink) -> Self {
        self.with(|parts| parts.events = Some(std::sync::Arc::new(events)))
    }

    /// Tells what happened to a record that is saved now.
    pub(super) fn tell_all(&self, record: &mut UserRecord, key: &str, at: SystemTime) {
        let UserRecord { happened, user, .. } = record;
        for Happened { kind, challenge, reason } in happened.drain(..) {
            let challenge = challenge.as_deref().filter(|_| self.is_heard(kind));
            let about = challenge.map(|own| (ChallengeId::new(key, own.secret), own));
            let event =
                |kind| self.event(kind, at, user, about.as_ref().map(|(id, own)| (id, *own)));
            self.tell(event(kind), |event| event.reason = reason);
            if matches!(kind, EventKind::Locked | EventKind::HardLocked) {
                self.tell(event(EventKind::Notice(Notice::Locked)), |_| {});
            }
        }
    }

    /// Tells what happened in a challenge.
    pub(super) fn tell_of(
        &self,
        kind: EventKind,
        subject: &Subject,
        at: SystemTime,
        reason: Option<&'static str>,
    ) {
        self.tell(self.event_of(kind, subject, at), |event| event.reason = reason);
    }

    /// Tells that Twilio could not be asked.
    pub(super) fn tell_error(&self, subject: &Subject, at: SystemTime, error: &Error) {
        if error.operation().is_none() {
            return;
        }
        let reason = match error {
            Error::Ambiguous(_) => "ambiguous",
            error if error.is_misconfigured() => "misconfigured",
            error if error.is_retryable() => "retryable",
            _ => "other",
        };
        self.tell(self.event_of(EventKind::ProviderError, subject, at), |event| {
            event.reason = Some(reason);
            event.twilio_code = error.code();
        });
    }

    /// Tells that a lock or a limit of the user's own refused to begin a challenge, or to send the
    /// code of one again.
    pub(super) fn tell_user_refused(
        &self,
        stop: &Stop,
        user: &UserId,
        at: SystemTime,
        about: Option<(&ChallengeId, &PendingChallenge)>,
    ) {
        let Stop::Refused(refusal) = stop else { return };
        let used_up = about.is_some_and(|(_, own)| own.sends >= self.0.policy.sends);
        let (kind, reason) = match refusal {
            Refusal::Locked { .. } => (EventKind::SendRefused, refusal.code()),
            // The challenge's own sends are no limit of the user's.
            Refusal::SendLimitReached { .. } if !used_up => (EventKind::SendLimited, "user"),
            _ => return,
        };
        self.tell(self.event(kind, at, user, about), |event| event.reason = Some(reason));
    }

    /// Tells that somebody logs in without a second factor, as there is none.
    pub(super) fn tell_first_factor(&self, user: &UserId, at: SystemTime) {
        let event = self.event(EventKind::LoginApproved, at, user, None);
        self.tell(event, |event| event.reason = Some("first_factor"));
    }

    fn event_of(
        &self,
        kind: EventKind,
        subject: &Subject,
        at: SystemTime,
    ) -> Option<SecurityEvent> {
        self.event(kind, at, &subject.user, Some((&subject.id, &subject.challenge)))
    }

    /// What to tell, if anybody listens.
    fn event(
        &self,
        kind: EventKind,
        at: SystemTime,
        user: &UserId,
        about: Option<(&ChallengeId, &PendingChallenge)>,
    ) -> Option<SecurityEvent> {
        let key = self.0.key.as_ref().filter(|_| self.is_heard(kind))?;
        let (id, challenge) = about.unzip();
        let phone = challenge.and_then(|own| key.open(&own.phone).ok());
        Some(SecurityEvent {
            kind,
            at,
            user: user.clone(),
            purpose: challenge.map(|own| own.purpose.kind()),
            challenge: id.map(ChallengeId::hash),
            channel: challenge.map(|own| own.channel.clone()),
            phone: challenge.map(|own| own.phone.hash().to_string()),
            country: phone.as_ref().and_then(PhoneNumber::country),
            line_type: phone.as_ref().map(PhoneNumber::line_type),
            reason: None,
            twilio_code: None,
        })
    }

    fn is_heard(&self, kind: EventKind) -> bool {
        self.is_listened_to() || is_logged(kind.is_alarming())
    }

    /// Whether anything is heard.
    pub(super) fn is_watched(&self) -> bool {
        self.is_listened_to() || is_logged(true) || is_logged(false)
    }

    fn is_listened_to(&self) -> bool {
        measure::IS_ON || self.0.events.is_some()
    }

    fn tell(&self, event: Option<SecurityEvent>, complete: impl FnOnce(&mut SecurityEvent)) {
        let Some(mut event) = event else { return };
        complete(&mut event);
        if let Some(events) = &self.0.events {
            events.record(&event);
        }
        measure::event(&event);
        log(&event);
    }
}

fn is_logged(is_alarming: bool) -> bool {
    match is_alarming {
        true => tracing::enabled!(target: TARGET, Level::WARN),
        false => tracing::enabled!(target: TARGET, Level::INFO),
    }
}

/// Logs an event at the level that it deserves.
fn log(event: &SecurityEvent) {
    macro_rules! log {
        ($level:expr) => {
            tracing::event!(
                target: TARGET,
                $level,
                event = event.kind.as_str(),
                owasp = event.owasp_name(),
                user = event.user.as_str(),
                purpose = event.purpose.map(ChallengePurpose::as_str),
                challenge = event.challenge.as_deref(),
                channel = event.channel.as_ref().map(|channel| channel.as_str()),
                phone = event.phone.as_deref(),
                country = event.country.map(|country| country.as_str()),
                reason = event.reason,
                twilio_code = event.twilio_code,
            )
        };
    }
    if event.kind.is_alarming() { log!(Level::WARN) } else { log!(Level::INFO) }
}

impl Purpose {
    fn kind(&self) -> ChallengePurpose {
        match self {
            Self::Login { .. } => ChallengePurpose::Login,
            Self::Enroll { .. } => ChallengePurpose::Enroll,
            Self::Disable => ChallengePurpose::Disable,
            Self::ChangePhone { .. } => ChallengePurpose::ChangePhone,
            Self::NewPhone { .. } => ChallengePurpose::NewPhone,
            Self::StepUp(_) => ChallengePurpose::StepUp,
        }
    }
}

const TARGET: &str = "verify_mfa::event";
