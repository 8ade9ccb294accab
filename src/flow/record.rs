//! One record per user: the failures, the lock, the sends of the last day, and at most one live
//! challenge for each purpose.

use std::{
    mem::discriminant,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{BoxError, Channel, UserId};

use super::{
    ChallengeId, Ended, EventKind, Policy, Refusal, Session,
    challenge::{Answer, Denied, Effect, Event, PendingChallenge, Phase, Purpose, decide, later},
    compact,
    limit::DAY,
    policy::{LIFETIME, Lock},
    sealed_phone::SealedPhone,
};

/// What the flow remembers of a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct UserRecord {
    pub(super) user: UserId,
    #[serde(default, skip_serializing_if = "compact::is_default")]
    failures: u32,
    #[serde(default, skip_serializing_if = "compact::is_default")]
    locked: Option<Locked>,
    /// The sends of the last day, a call twice, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "compact::times")]
    sends: Vec<SystemTime>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    claims: Vec<Claim>,
    challenges: Vec<PendingChallenge>,
    /// What has happened to the record since it was loaded.
    #[serde(skip)]
    pub(super) happened: Vec<Happened>,
}

/// A phone that the user began to enroll in the last day and has not confirmed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claim {
    phone: SealedPhone,
    #[serde(with = "compact::milliseconds")]
    at: SystemTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Locked {
    Until(#[serde(with = "compact::milliseconds")] SystemTime),
    Hard,
}

/// Something to tell of once the record is saved.
#[derive(Debug, Clone)]
pub(super) struct Happened {
    pub(super) kind: EventKind,
    pub(super) challenge: Option<Box<PendingChallenge>>,
    pub(super) reason: Option<&'static str>,
}

/// How a challenge begins.
pub(super) enum Begun {
    /// The same session has one already: nothing is sent.
    Live(Box<PendingChallenge>),
    /// A new one: a code has to be sent, after an older one is canceled at Twilio.
    New { superseded: Option<Box<PendingChallenge>> },
}

impl UserRecord {
    pub(super) fn new(user: &UserId) -> Self {
        Self {
            user: user.clone(),
            failures: 0,
            locked: None,
            sends: Vec::new(),
            claims: Vec::new(),
            challenges: Vec::new(),
            happened: Vec::new(),
        }
    }

    /// Fields go by name, so that nodes of the next release and of the last one understand each other
    /// while they run together.
    pub(super) fn write(&self) -> Result<Vec<u8>, BoxError> {
        let mut bytes = Vec::with_capacity(TYPICAL_LENGTH);
        rmp_serde::encode::write_named(&mut bytes, self)?;
        Ok(bytes)
    }

    /// The error tells nothing of what is in the record.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, BoxError> {
        rmp_serde::from_slice(bytes).map_err(|_| "it is no record of a user".into())
    }

    pub(super) fn check_lock(&self, now: SystemTime) -> Result<(), Refusal> {
        match self.locked {
            Some(Locked::Hard) => Err(Refusal::Locked { until: None }),
            Some(Locked::Until(until)) if now < until => {
                Err(Refusal::Locked { until: Some(until) })
            }
            _ => Ok(()),
        }
    }

    /// A day for the limits, and twice as long as a challenge lives to say that it has expired; wrong
    /// codes are not forgotten until a right one comes.
    pub(super) fn time_to_live(&self) -> Duration {
        match self {
            Self { failures: 1.., .. } => FAILURES_KEPT,
            Self { sends, claims, .. } if sends.is_empty() && claims.is_empty() => LIFETIME * 2,
            _ => DAY,
        }
    }

    pub(super) fn unlock(&mut self) {
        if self.locked.take().is_some() {
            self.note(EventKind::Unlocked, None, None);
        }
        self.failures = 0;
    }

    /// Begins `new`, unless the same session has such a challenge already. Others of the same purpose
    /// or the same phone are superseded, and stay to say so: Twilio sends one code to a phone, and a
    /// code that was sent for one purpose must not serve another.
    pub(super) fn begin(
        &mut self,
        new: PendingChallenge,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<Begun, Refusal> {
        self.check_lock(now)?;
        self.forget(now);
        if let Some(live) = self.challenges.iter().find(|own| own.continues(&new, now)) {
            return Ok(Begun::Live(Box::new(live.clone())));
        }
        if self.challenges.iter().any(|own| own.blocked && own.phone == new.phone) {
            return Err(Refusal::BlockedByFraudGuard);
        }
        self.reserve_phone(&new, policy, now)?;
        self.reserve_send(&new.channel, policy, now)?;
        let superseded = self.supersede(&new, now);
        self.make_room(now);
        if let Purpose::Enroll { notice_acknowledged } = new.purpose {
            let reason = notice_acknowledged.then_some("notice_acknowledged");
            self.note(EventKind::EnrollStarted, Some(&new), reason);
        }
        self.challenges.push(new);
        Ok(Begun::New { superseded })
    }

    /// Lets `event` happen to the challenge `id`, and gives the challenge as it is then.
    pub(super) fn apply(
        &mut self,
        id: &ChallengeId,
        event: Event,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<(PendingChallenge, Effect), Denied> {
        let index = self.challenges.iter().position(|own| own.is(id)).ok_or(Ended::Unknown)?;
        let own = self.challenges.get(index).cloned().ok_or(Ended::Unknown)?;
        let was_over = matches!(own.phase, Phase::Ended(_));
        let (next, effect) = decide(own, event.clone(), policy, now)?;
        if effect == Effect::Send {
            self.reserve_send(&next.channel, policy, now)?;
        }
        if let Event::GivenBack(refusal) = &event {
            self.give_back(&next, refusal, policy);
        }
        self.note_change(was_over, &event, &next);
        if let Some(own) = self.challenges.get_mut(index) {
            own.clone_from(&next);
        }
        Ok((next, effect))
    }

    /// Counts an attempt as failed before Twilio is asked, and locks the user when it is one too
    /// many.
    pub(super) fn reserve_failure(
        &mut self,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        self.check_lock(now)?;
        self.failures = self.failures.saturating_add(1);
        self.locked = policy.lock(self.failures).map(|lock| match lock {
            Lock::Hard => Locked::Hard,
            Lock::For(time) => now.checked_add(time).map_or(Locked::Hard, Locked::Until),
        });
        Ok(())
    }

    /// Settles the reserved failure: only a code that Twilio compared and found wrong stays counted.
    /// What is given back can never end in a grant.
    pub(super) fn settle_failure(&mut self, answer: Answer, granted: bool, policy: &Policy) {
        match (answer, self.locked) {
            (Answer::Incorrect, Some(Locked::Hard)) => self.note(EventKind::HardLocked, None, None),
            (Answer::Incorrect, Some(Locked::Until(_))) => {
                self.note(EventKind::Locked, None, None);
            }
            (Answer::Incorrect, None) => {}
            (Answer::Approved, _) if granted => {
                self.locked = None;
                self.failures = 0;
            }
            _ => {
                if policy.lock(self.failures).is_some() {
                    self.locked = None;
                }
                self.failures = self.failures.saturating_sub(1);
            }
        }
    }

    /// A phone that was confirmed is no longer one of the unconfirmed ones.
    pub(super) fn confirm(&mut self, phone: &SealedPhone) {
        self.claims.retain(|claim| claim.phone != *phone);
    }

    /// The challenge `id`, if it began in `session`.
    pub(super) fn find(
        &self,
        id: &ChallengeId,
        session: &Session,
    ) -> Result<&PendingChallenge, Ended> {
        let own = self.challenges.iter().find(|own| own.is(id));
        own.filter(|own| session.is(&own.session)).ok_or(Ended::Unknown)
    }

    /// What happened too long ago to matter. A login that was left alone is worth a word.
    fn forget(&mut self, now: SystemTime) {
        let left: Vec<_> = self.challenges.extract_if(.., |own| own.expires_at <= now).collect();
        for own in left.iter().filter(|own| !matches!(own.phase, Phase::Ended(_))) {
            self.note_end(own, Ended::Expired);
        }
        let recent = |at: &SystemTime| at.checked_add(DAY).is_none_or(|end| now < end);
        self.sends.retain(recent);
        self.claims.retain(|claim| recent(&claim.at));
    }

    fn reserve_phone(
        &mut self,
        new: &PendingChallenge,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let known = self.claims.iter().any(|claim| claim.phone == new.phone);
        if known || !new.purpose.is_claim() {
            return Ok(());
        }
        let times: Vec<_> = self.claims.iter().map(|claim| claim.at).collect();
        let waits = policy.new_phones.iter().filter_map(|limit| limit.wait(&times, 1, now));
        match waits.max() {
            Some(until) => Err(Refusal::SendLimitReached { until }),
            None => {
                self.claims.push(Claim { phone: new.phone.clone(), at: now });
                Ok(())
            }
        }
    }

    fn reserve_send(
        &mut self,
        channel: &Channel,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let units = units(channel);
        let waits =
            policy.per_user.iter().filter_map(|limit| limit.wait(&self.sends, units as usize, now));
        if let Some(until) = waits.max() {
            return Err(Refusal::SendLimitReached { until });
        }
        self.sends.extend((0..units).map(|_| now));
        self.sends.sort_unstable();
        Ok(())
    }

    /// Gives back what a send reserved that never could happen. The phone only when there is no such
    /// phone: otherwise a user could go on to ever new strangers.
    fn give_back(&mut self, refused: &PendingChallenge, refusal: &Refusal, policy: &Policy) {
        for _ in 0..units(&refused.channel) {
            if let Some(own) = self.sends.iter().position(|time| *time == refused.sent_at) {
                self.sends.remove(own);
            }
        }
        if *refusal == Refusal::InvalidPhone && refused.sends <= 1 {
            // An earlier challenge may have reserved the phone, and sent something to it.
            let began = |claim: &Claim| later(claim.at, policy.lifetime) == refused.expires_at;
            self.claims.retain(|claim| claim.phone != refused.phone || !began(claim));
        }
    }

    /// Ends what `new` takes the place of, and tells what to cancel at Twilio: it would repeat the old
    /// code, or refuse to send after five wrong ones.
    fn supersede(
        &mut self,
        new: &PendingChallenge,
        now: SystemTime,
    ) -> Option<Box<PendingChallenge>> {
        let (mut superseded, mut ended) = (None, Vec::new());
        for own in self.challenges.iter_mut().filter(|own| own.concerns(new)) {
            let live = own.clone().live(now).ok();
            // Of a start whose reply was lost, only the phone is known.
            let maybe_sent = live.is_some() || own.verification.is_some();
            if maybe_sent && own.may_be_canceled() {
                superseded = Some(Box::new(own.clone()));
            }
            if live.is_some() {
                own.phase = Phase::Ended(Ended::Superseded);
            }
            own.verification = None;
            ended.extend(live);
        }
        ended.iter().for_each(|own| self.note_end(own, Ended::Superseded));
        superseded
    }

    fn make_room(&mut self, now: SystemTime) {
        if self.challenges.len() >= REMEMBERED {
            let over = |own: &PendingChallenge| own.clone().live(now).is_err();
            let ended = self.challenges.iter().position(|own| over(own) && !own.blocked);
            self.challenges.remove(ended.unwrap_or(0));
        }
    }

    fn note(
        &mut self,
        kind: EventKind,
        challenge: Option<&PendingChallenge>,
        reason: Option<&'static str>,
    ) {
        let challenge = challenge.cloned().map(Box::new);
        self.happened.push(Happened { kind, challenge, reason });
    }

    fn note_end(&mut self, challenge: &PendingChallenge, ended: Ended) {
        let kind = match challenge.purpose {
            Purpose::Login { .. } => EventKind::OneFactorOnly,
            Purpose::Enroll { .. } => EventKind::EnrollFailed,
            _ => EventKind::StepUpFailed,
        };
        self.note(kind, Some(challenge), Some(Refusal::Ended(ended).code()));
    }

    fn note_change(&mut self, was_over: bool, event: &Event, next: &PendingChallenge) {
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
            Phase::Ended(ended) if !was_over => self.note_end(next, ended),
            _ => {}
        }
    }
}

impl PendingChallenge {
    /// Whether `new` takes the place of this one.
    fn concerns(&self, new: &Self) -> bool {
        discriminant(&self.purpose) == discriminant(&new.purpose) || self.phone == new.phone
    }

    /// A verification is shared by everybody who verifies the same phone with the same service, so
    /// only the phone's user may end it; whoever merely claims the phone may not.
    pub(super) fn may_be_canceled(&self) -> bool {
        !self.purpose.is_claim() && self.phase != Phase::Ended(Ended::AlreadyApproved)
    }

    /// Whether starting `new` is a repetition of this one.
    fn continues(&self, new: &Self, now: SystemTime) -> bool {
        let same = match &self.purpose {
            Purpose::Login { .. } | Purpose::Enroll { .. } => {
                discriminant(&self.purpose) == discriminant(&new.purpose)
            }
            purpose => *purpose == new.purpose,
        };
        same && bool::from(self.session.ct_eq(&new.session))
            && self.phone == new.phone
            && self.stamp == new.stamp
            && self.clone().live(now).is_ok()
    }

    fn is(&self, id: &ChallengeId) -> bool {
        self.secret.as_bytes().ct_eq(id.secret().as_bytes()).into()
    }
}

/// What a send counts for in the limits: a call costs more.
pub(super) fn units(channel: &Channel) -> u32 {
    if *channel == Channel::Call { 2 } else { 1 }
}

/// More than the record of a user with one challenge has.
const TYPICAL_LENGTH: usize = 512;
/// Ended challenges are kept for their ten minutes, to say how they ended, but not many of them.
const REMEMBERED: usize = 8;
/// Ten years: longer than any lock.
const FAILURES_KEPT: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
