//! Beginning a challenge, sending its code, sending it again, and giving it up.

use std::time::SystemTime;

use crate::{Channel, Error, PhoneNumber, UserId, VerificationSid, random, store::SecurityStamp};

use super::{
    Challenge, ChallengeId, ChannelUnavailable, Ended, MfaFlow, Policy, Refusal, Resend, Resent,
    Session,
    challenge::{Event, PendingChallenge, Phase, Purpose, later},
    emit::Subject,
    limits::Origin,
    provider::refusal,
    record::{Begun, UserRecord},
    state::{Saved, Stop},
};

/// Why a send that was reserved was not made.
pub(super) struct Unsent {
    stop: Stop,
    /// Whether the user gets it back. A send for which Twilio was not asked stays spent, like the
    /// counters that span users: nobody shall use them up for everybody. So does a code that was sent
    /// and is worth nothing.
    is_given_back: bool,
}

impl Unsent {
    fn refusal(&self) -> Option<&Refusal> {
        match &self.stop {
            Stop::Refused(refusal) => Some(refusal),
            Stop::Failed(_) => None,
        }
    }
}

impl<T: Into<Stop>> From<T> for Unsent {
    fn from(stop: T) -> Self {
        Self { stop: stop.into(), is_given_back: false }
    }
}

/// A challenge that shall begin.
pub(super) struct Wanted {
    pub(super) purpose: Purpose,
    pub(super) phone: PhoneNumber,
    pub(super) stamp: SecurityStamp,
    pub(super) channel: Channel,
}

impl MfaFlow {
    /// Sends the code of a challenge again, **which costs money**. It is the same code as before, and
    /// it expires when the first one did.
    ///
    /// # Errors
    /// As for [`enroll`](Self::enroll). After [`Error::Ambiguous`] the challenge goes on: the code
    /// may be on its way.
    pub async fn resend(
        &self,
        id: &ChallengeId,
        session: &Session,
        resend: Resend,
    ) -> Result<Resent, Error> {
        let sent = self.send_again(id, session, resend).await;
        Stop::answer(sent.map(Resent::Sent), Resent::Refused)
    }

    /// Gives a challenge up. At Twilio its verification is canceled too, unless it is for an
    /// enrollment: the phone may be somebody else's. A challenge that is over already, or is not this
    /// session's, stays as it is. Starting again in this session waits as sending again would: see
    /// [`Policy::resend_waits`](super::Policy::resend_waits).
    ///
    /// # Errors
    /// [`Error::Store`] when the challenge could not be ended.
    pub async fn cancel(&self, id: &ChallengeId, session: &Session) -> Result<(), Error> {
        let mut saved = None;
        let canceled = self.change_challenge(id, &mut saved, |record, now| {
            record.find(id, session)?;
            Ok(record.apply(id, Event::Cancel, &self.0.policy, now)?.0.clone())
        });
        match canceled.await {
            Ok(challenge) if challenge.may_be_canceled() => {
                self.cancel_at_twilio(&challenge).await;
            }
            Err(Stop::Failed(error)) => return Err(error),
            Ok(_) | Err(Stop::Refused(_)) => {}
        }
        Ok(())
    }

    /// Begins a challenge. The send is reserved before it is made.
    pub(super) async fn begin(
        &self,
        user: &UserId,
        session: &Session,
        wanted: Wanted,
    ) -> Result<Challenge, Stop> {
        let policy = &self.0.policy;
        let country = wanted.phone.country();
        match wanted.purpose.is_claim() {
            true => policy.check_phone(&wanted.phone)?,
            false => policy.check_country(country)?,
        }
        policy.check_channel(&wanted.channel, &wanted.purpose)?;
        let key = self.record_key(user)?;
        let (mut saved, mut challenge) =
            (None, Box::new(self.pending_challenge(session, &wanted)?));
        let begun = self.change_user(&key, user, &mut saved, |record, now| {
            (challenge.sent_at, challenge.expires_at) = (now, later(now, policy.lifetime));
            session.check_age(&challenge.purpose, policy, now)?;
            Ok(record.begin((*challenge).clone(), policy, now)?)
        });
        let (begun, now) = (begun.await, challenge.sent_at);
        let begun = begun.inspect_err(|stop| self.tell_user_refused(stop, user, now, None));
        let superseded = match begun? {
            Begun::New { superseded } => superseded,
            Begun::Live(live) => {
                let id = ChallengeId::new(&key, live.secret);
                return Ok(self.view(id, &live, &wanted.phone));
            }
        };
        for superseded in &superseded {
            self.cancel_at_twilio(superseded).await;
        }
        let id = ChallengeId::new(&key, challenge.secret);
        let subject = Subject { id, user: user.clone(), challenge, phone: wanted.phone };
        self.send(subject, Origin { caller: session.caller, country, now }, saved).await
    }

    /// A challenge that begins, but for its times.
    fn pending_challenge(
        &self,
        session: &Session,
        wanted: &Wanted,
    ) -> Result<PendingChallenge, Error> {
        Ok(PendingChallenge {
            secret: random::bytes()?,
            session: session.hash(),
            purpose: wanted.purpose.clone(),
            phone: self.key()?.seal(&wanted.phone),
            stamp: wanted.stamp.clone(),
            service: self.service(&wanted.purpose).sid().clone(),
            verification: None,
            channel: wanted.channel.clone(),
            phase: Phase::Starting,
            sends: 1,
            calls: u32::from(wanted.channel == Channel::Call),
            checks: 0,
            blocked: false,
            sent_at: SystemTime::UNIX_EPOCH,
            expires_at: SystemTime::UNIX_EPOCH,
        })
    }

    async fn send_again(
        &self,
        id: &ChallengeId,
        session: &Session,
        resend: Resend,
    ) -> Result<Challenge, Stop> {
        let (mut saved, mut asked) = (None, None);
        let reserved = self.change_challenge(id, &mut saved, |record, now| {
            let own = record.find(id, session)?;
            asked = Some((record.user.clone(), own.clone(), now));
            let channel = match resend {
                Resend::Same => own.channel.clone(),
                Resend::Call => Channel::Call,
            };
            record.check_lock(now)?;
            let (challenge, _) = record.apply(id, Event::Resend(channel), &self.0.policy, now)?;
            Ok((Box::new(challenge.clone()), record.user.clone(), now))
        });
        let reserved = reserved.await;
        if let (Err(stop), Some((user, own, at))) = (&reserved, &asked) {
            self.tell_user_refused(stop, user, *at, Some((id, own)));
        }
        let (challenge, user, now) = reserved?;
        let phone = self.phone_of(&challenge)?;
        let country = phone.country();
        if let Err(refusal) = self.0.policy.check_country(country) {
            self.settle_send(id, &mut saved, Event::NotSent(refusal.clone())).await?;
            return Err(refusal.into());
        }
        let subject = Subject { id: id.clone(), user, challenge, phone };
        // A challenge that began before the password or the phone changed must not cost another
        // message. It ends, so that it does not use up the user's sends either.
        if !self.is_current(&subject).await? {
            self.settle_send(id, &mut saved, Event::Cancel).await?;
            return Err(Ended::Canceled.into());
        }
        self.send(subject, Origin { caller: session.caller, country, now }, saved).await
    }

    /// Makes the send that was reserved, and saves what came of it.
    async fn send(
        &self,
        mut subject: Subject,
        origin: Origin,
        mut saved: Saved,
    ) -> Result<Challenge, Stop> {
        let mut sent = self.try_send(&subject, origin).await;
        if let Some(challenge) = self.call_instead(&subject, &sent).await {
            *subject.challenge = challenge;
            sent = self.try_send(&subject, origin).await;
        }
        let event = match &sent {
            Ok(sid) => Event::Sent(sid.clone()),
            Err(Unsent { stop: Stop::Refused(refusal), is_given_back: true }) => {
                Event::GivenBack(refusal.clone())
            }
            Err(Unsent { stop: Stop::Refused(refusal), .. }) => Event::NotSent(refusal.clone()),
            Err(Unsent { stop: Stop::Failed(error), .. }) => {
                self.tell_error(&subject, origin.now, error);
                self.give_back(&subject, error).await?;
                return sent
                    .map(|_| self.view(subject.id, &subject.challenge, &subject.phone))
                    .map_err(|unsent| unsent.stop);
            }
        };
        let Subject { id, mut challenge, phone, .. } = subject;
        let settle = |record: &mut UserRecord, now| {
            (*challenge).clone_from(record.apply(&id, event.clone(), &self.0.policy, now)?.0);
            Ok(())
        };
        self.change_saved(&id, &mut saved, origin.now, settle).await?;
        sent.map(|_| self.view(id, &challenge, &phone)).map_err(|own| own.stop)
    }

    /// What spans users is reserved, and then the code is sent.
    async fn try_send(&self, subject: &Subject, origin: Origin) -> Result<VerificationSid, Unsent> {
        self.reserve_send(subject, origin).await?;
        self.assess_risk(subject).await?;
        let error = match self.send_code(&subject.challenge, &subject.phone).await {
            Ok(sid) => return Ok(sid),
            Err(Stop::Failed(error)) => error,
            Err(used_up) => {
                self.start_afresh(subject).await;
                return Err(used_up.into());
            }
        };
        let Some(refusal) = self.refused(&error, &subject.challenge) else {
            return Err(error.into());
        };
        if matches!(error.code(), Some(60202 | 60203)) {
            self.start_afresh(subject).await;
        }
        let is_given_back = refusal.is_free() && self.may_give_back(subject).await;
        Err(Unsent { stop: refusal.into(), is_given_back })
    }

    /// Somebody who only claims the phone may have used up the codes and messages that Twilio has for
    /// it. Its owner gets new ones with the next challenge; our own limits stay.
    async fn start_afresh(&self, Subject { challenge, .. }: &Subject) {
        if challenge.may_be_canceled() {
            self.cancel_at_twilio(challenge).await;
        }
    }

    /// The challenge with a call reserved, if the policy places one when a text cannot arrive.
    async fn call_instead(
        &self,
        subject: &Subject,
        sent: &Result<VerificationSid, Unsent>,
    ) -> Option<PendingChallenge> {
        let reason = ChannelUnavailable::Unreachable;
        let unreachable = Refusal::ChannelUnavailable { reason };
        let refusal = sent.as_ref().err().and_then(Unsent::refusal);
        let cannot_arrive =
            refusal == Some(&unreachable) && subject.challenge.channel == Channel::Sms;
        if !(cannot_arrive && self.0.policy.call_when_text_fails) {
            return None;
        }
        self.settle_send(&subject.id, &mut None, Event::CallInstead).await.ok()
    }

    /// After an error that nobody can act on: a first send that certainly did not happen is given
    /// back, so that the next call may try again at once. Otherwise the challenge goes on.
    async fn give_back(&self, subject: &Subject, error: &Error) -> Result<(), Stop> {
        if error.is_ambiguous() || subject.challenge.sends > 1 {
            return Ok(());
        }
        match self.settle_send(&subject.id, &mut None, Event::Failed).await {
            Err(Stop::Failed(store)) => Err(store.into()),
            _ => Ok(()),
        }
    }

    async fn settle_send(
        &self,
        id: &ChallengeId,
        saved: &mut Saved,
        event: Event,
    ) -> Result<PendingChallenge, Stop> {
        let settled = self.change_challenge(id, saved, |record, now| {
            Ok(record.apply(id, event.clone(), &self.0.policy, now)?.0.clone())
        });
        settled.await
    }

    fn refused(&self, error: &Error, challenge: &PendingChallenge) -> Option<Refusal> {
        if error.is_ambiguous() {
            return None;
        }
        // To whoever only claims the phone, that others start verifications of it now would tell that
        // it is somebody's. A used-up limit can be one of ours.
        let is_claim = challenge.purpose.is_claim();
        match error.code() {
            Some(60212) if is_claim => {
                Some(Refusal::SendLimitReached { until: challenge.expires_at })
            }
            Some(60212) => refusal(error.twilio()?, challenge.next_send_at(&self.0.policy)),
            _ => refusal(error.twilio()?, challenge.expires_at),
        }
    }

    pub(super) fn view(
        &self,
        id: ChallengeId,
        challenge: &PendingChallenge,
        phone: &PhoneNumber,
    ) -> Challenge {
        Challenge {
            id,
            masked_phone: phone.masked(),
            channel: challenge.channel.clone(),
            expires_at: challenge.expires_at,
            next_resend_at: challenge.next_send_at(&self.0.policy),
            checks_left: challenge.checks_left(&self.0.policy),
            next_call_at: challenge.next_call_at(&self.0.policy),
        }
    }
}

impl Session {
    /// A phone is enrolled only soon after the first factor, when the session tells.
    fn check_age(
        &self,
        purpose: &Purpose,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let enrolls = matches!(purpose, Purpose::Enroll { .. });
        let given = self.authenticated_at.filter(|_| enrolls);
        match given.and_then(|time| time.checked_add(policy.step_up_lifetime)) {
            Some(until) if until <= now => Err(Refusal::StepUpRequired),
            _ => Ok(()),
        }
    }
}
