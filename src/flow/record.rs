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
    challenge::{Denied, Effect, Event, PendingChallenge, Phase, Purpose, decide},
    compact,
    limit::DAY,
    policy::LIFETIME,
};

mod failures;
mod happened;
mod newer;
mod sends;

pub(super) use happened::Happened;
pub(super) use sends::units;

use failures::Locked;
use newer::NewerRecord;
use sends::Claim;

/// What the flow remembers of a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct UserRecord {
    #[serde(rename = "u")]
    pub(super) user: UserId,
    #[serde(default, skip_serializing_if = "compact::is_default")]
    failures: u32,
    #[serde(default, skip_serializing_if = "compact::is_default")]
    locked: Option<Locked>,
    /// The lock is still to be told of: the code that led to it is being checked, or nobody was left to
    /// tell.
    #[serde(default, skip_serializing_if = "compact::is_default")]
    lock_untold: bool,
    /// The sends of the last day, a call twice, oldest first.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty", with = "compact::times")]
    sends: Vec<SystemTime>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    claims: Vec<Claim>,
    #[serde(rename = "c")]
    challenges: Vec<PendingChallenge>,
    /// What has happened to the record since it was loaded.
    #[serde(skip)]
    pub(super) happened: Vec<Happened>,
    /// Whether anybody wants to know.
    #[serde(skip)]
    pub(super) is_watched: bool,
}

/// How a challenge begins.
pub(super) enum Begun {
    /// The same session has one already: nothing is sent.
    Live(Box<PendingChallenge>),
    /// A new one: a code has to be sent, after the older ones are canceled at Twilio.
    New { superseded: Vec<PendingChallenge> },
}

impl UserRecord {
    pub(super) fn new(user: &UserId) -> Self {
        Self {
            user: user.clone(),
            failures: 0,
            locked: None,
            lock_untold: false,
            sends: Vec::new(),
            claims: Vec::new(),
            challenges: Vec::new(),
            happened: Vec::new(),
            is_watched: false,
        }
    }

    /// The record of a user whom only [`MfaFlow::unlock`](crate::MfaFlow::unlock) lets in again.
    pub(super) fn locked(user: &UserId) -> Self {
        Self { failures: 1, locked: Some(Locked::Hard), ..Self::new(user) }
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
        rmp_serde::from_slice(bytes)
            .or_else(|_| rmp_serde::from_slice::<NewerRecord>(bytes).map(Self::from))
            .map_err(|_| "it is no record of a user".into())
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
        self.forget(policy, now);
        if let Some(live) = self.challenges.iter_mut().find(|own| own.continues(&new, now)) {
            // Whoever gives the first factor again may want to be remembered, or not any more.
            live.purpose = new.purpose;
            return Ok(Begun::Live(Box::new(live.clone())));
        }
        if self.challenges.iter().any(|own| own.blocked && own.phone == new.phone) {
            return Err(Refusal::BlockedByFraudGuard);
        }
        self.check_wait(&new, policy, now)?;
        self.reserve_phone(&new, policy, now)?;
        self.reserve_send(&new.channel, policy, now)?;
        let superseded = self.supersede(&new, now);
        self.make_room(now);
        if let Purpose::Enroll { notice_acknowledged } = new.purpose {
            let reason = notice_acknowledged.then_some("notice_acknowledged");
            self.note(EventKind::EnrollStarted, Some(&new), reason);
        }
        // Room for four, which a vector makes at first, is seldom needed.
        self.challenges.reserve_exact(1);
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
    ) -> Result<(&PendingChallenge, Effect), Denied> {
        let index = self.challenges.iter().position(|own| own.is(id)).ok_or(Ended::Unknown)?;
        let own = self.challenges.get(index).ok_or(Ended::Unknown)?.clone();
        let was_over = matches!(own.phase, Phase::Ended(_));
        let (next, effect) = decide(own, event.clone(), policy, now)?;
        if effect == Effect::Send {
            self.reserve_send(&next.channel, policy, now)?;
        }
        if let Event::GivenBack(refusal) = &event {
            self.give_back(&next, refusal, policy);
        }
        self.note_change(was_over, &event, &next);
        let own = self.challenges.get_mut(index).ok_or(Ended::Unknown)?;
        *own = next;
        Ok((own, effect))
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

    /// What happened too long ago to matter. A login that was left alone is worth a word. A challenge that
    /// is over is kept for as long as its sends may make somebody wait.
    fn forget(&mut self, policy: &Policy, now: SystemTime) {
        let mut left = Vec::new();
        for own in self.challenges.iter_mut().filter(|own| own.expires_at <= now) {
            if !matches!(own.phase, Phase::Ended(_)) {
                left.push(own.clone());
                own.phase = Phase::Ended(Ended::Expired);
            }
        }
        left.iter().for_each(|own| self.note_end(own, Ended::Expired));
        let longest_wait = |own: &PendingChallenge| own.retry_at(&Channel::Call, u32::MAX, policy);
        self.challenges.retain(|own| now < own.expires_at.max(longest_wait(own)));
        let recent = |at: &SystemTime| at.checked_add(DAY).is_none_or(|end| now < end);
        self.sends.retain(recent);
        self.claims.retain(|claim| recent(&claim.at));
    }

    /// Ends what `new` takes the place of, and tells what to cancel at Twilio: it would repeat the old
    /// code, or refuse to send after five wrong ones.
    fn supersede(&mut self, new: &PendingChallenge, now: SystemTime) -> Vec<PendingChallenge> {
        let (mut superseded, mut ended) = (Vec::new(), Vec::new());
        for own in self.challenges.iter_mut().filter(|own| own.concerns(new)) {
            let live = own.clone().live(now).ok();
            // Of a start whose reply was lost, only the phone is known.
            let maybe_sent = live.is_some() || own.verification.is_some();
            if maybe_sent && own.may_be_canceled() {
                superseded.push(own.clone());
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

    /// Whether both send codes to one phone for one session, and neither the password nor the phone was
    /// changed between them.
    fn is_alike(&self, new: &Self) -> bool {
        bool::from(self.session.ct_eq(&new.session))
            && self.phone == new.phone
            && self.stamp == new.stamp
    }

    /// Whether it was given up, or left alone, after something was sent.
    fn makes_wait(&self, now: SystemTime) -> bool {
        match self.phase {
            Phase::Ended(Ended::Canceled) => self.sends > 0,
            // Before that, the code was used up at Twilio by others.
            Phase::Ended(Ended::Expired) => self.expires_at <= now,
            _ => false,
        }
    }

    /// Whether starting `new` is a repetition of this one.
    fn continues(&self, new: &Self, now: SystemTime) -> bool {
        let same = match &self.purpose {
            Purpose::Login { .. } | Purpose::Enroll { .. } => {
                discriminant(&self.purpose) == discriminant(&new.purpose)
            }
            purpose => *purpose == new.purpose,
        };
        same && self.is_alike(new) && self.clone().live(now).is_ok()
    }

    fn is(&self, id: &ChallengeId) -> bool {
        id.has_secret(self.secret)
    }
}

/// More than the record of a user with one challenge has.
const TYPICAL_LENGTH: usize = 512;
/// Ended challenges are kept for their ten minutes, to say how they ended, but not many of them.
const REMEMBERED: usize = 8;
/// Ten years: longer than any lock.
const FAILURES_KEPT: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
