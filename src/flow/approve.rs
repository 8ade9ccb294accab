//! Approving a code: reserve the attempt, ask Twilio, settle, and only then give anything.

use std::time::SystemTime;

use crate::{
    Code, Error, PhoneNumber, random,
    store::{PhoneUpdate, SecurityStamp},
};

use super::{
    Approval, ChallengeId, Ended, EventKind, LoginGrant, Method, MfaFlow, Notice, Session, StepUp,
    challenge::{Answer, Attempt, Denied, Effect, Event, PendingChallenge, Purpose, later},
    emit::Subject,
    send::Wanted,
    state::{Saved, Stop, store_error},
};

/// A challenge whose code is being checked.
struct Reserved {
    subject: Subject,
    attempt: Attempt,
    at: SystemTime,
    saved: Saved,
}

impl MfaFlow {
    /// Checks the code that the person typed and does what the challenge was for. Uses one of five
    /// checks; a code that cannot be one is refused without asking Twilio.
    ///
    /// Let it run to its end: when the future is dropped while Twilio is asked, the attempt stays counted
    /// as wrong, a lock that it leads to is told only when the user comes again, and the challenge is
    /// over. A web server that drops a request's future when the browser closes the connection, as it
    /// does on a double click, needs a task of its own for it, such as `tokio::spawn`.
    ///
    /// # Errors
    /// When the store or Twilio could not be asked. After [`Error::Ambiguous`] the challenge is over,
    /// as nobody knows whether Twilio accepted the code: let the person start again.
    /// [`Error::Conflict`] when the same challenge is being checked by another request. When that request's
    /// process died, it goes on for as long as the client's
    /// [`timeout`](crate::client::VerifyClientBuilder::timeout) and 5 seconds; then the challenge is
    /// [over](super::Ended::Unknown), as after [`Error::Ambiguous`].
    pub async fn approve(
        &self,
        id: &ChallengeId,
        session: &Session,
        code: &str,
    ) -> Result<Approval, Error> {
        Stop::answer(self.check(id, session, code).await, Approval::Refused)
    }

    async fn check(
        &self,
        id: &ChallengeId,
        session: &Session,
        code: &str,
    ) -> Result<Approval, Stop> {
        let code = self.0.policy.parse_code(code)?;
        let mut reserved = self.reserve(id, session).await?;
        let (answer, error) = self.ask(&reserved.subject, &code).await;
        let settled = self.settle(&mut reserved, answer).await;
        // Why Twilio did not answer comes before what became of the challenge meanwhile.
        if let Some(error) = error {
            self.tell_error(&reserved.subject, reserved.at, &error);
            return Err(error.into());
        }
        match settled? {
            (Effect::Grant, now) => self.perform(reserved.subject, session, now).await,
            (Effect::Incorrect { left }, _) => Ok(Approval::Incorrect { left }),
            (Effect::Refuse(refusal), _) => Err(refusal.into()),
            _ => Err(Ended::Unknown.into()),
        }
    }

    async fn ask(&self, subject: &Subject, code: &Code) -> (Answer, Option<Error>) {
        match self.is_current(subject).await {
            Ok(true) => self.check_code(subject, code).await,
            Ok(false) => (Answer::Outdated, None),
            Err(error) => (Answer::NeverAsked, Some(error)),
        }
    }

    /// The phone of a challenge. One that is only claimed has to be authentic; the others are compared with
    /// the user's before they are used: see [`is_current`](Self::is_current).
    pub(super) fn phone_of(&self, challenge: &PendingChallenge) -> Result<PhoneNumber, Error> {
        let key = self.key()?;
        if challenge.purpose.is_claim() {
            key.open(&challenge.phone)
        } else {
            key.read(&challenge.phone)
        }
    }

    /// Whether the user still has the stamp, and the phone, that the challenge began with.
    pub(super) async fn is_current(&self, subject: &Subject) -> Result<bool, Error> {
        let Subject { challenge, user, phone, .. } = subject;
        let factors = self.factors(user).await?;
        let expected = match &challenge.purpose {
            Purpose::Enroll { .. } => None,
            Purpose::NewPhone { from } => Some(&self.key()?.open(from)?),
            _ => Some(phone),
        };
        Ok(factors.stamp == challenge.stamp && factors.phone.as_ref() == expected)
    }

    /// The attempt is counted, as failed, before Twilio is asked.
    async fn reserve(&self, id: &ChallengeId, session: &Session) -> Result<Reserved, Stop> {
        let (attempt, policy) = (random::unique()?, &self.0.policy);
        let mut saved = None;
        let reserved = self.change_challenge(id, &mut saved, |record, now| {
            let challenge = record.find(id, session)?;
            let lease = challenge.lease(self.service(&challenge.purpose).timeout());
            let event = Event::Check { attempt, lease };
            let challenge = Box::new(record.apply(id, event, policy, now)?.0.clone());
            record.reserve_failure(policy, now)?;
            Ok((challenge, record.user.clone(), now))
        });
        let (challenge, user, at) = reserved.await?;
        let phone = self.phone_of(&challenge)?;
        let subject = Subject { id: id.clone(), user, challenge, phone };
        Ok(Reserved { subject, attempt, at, saved })
    }

    /// A challenge that is over by now takes no answer, but an attempt that was not wrong is given
    /// back all the same.
    async fn settle(
        &self,
        Reserved { subject, attempt, saved, .. }: &mut Reserved,
        answer: Answer,
    ) -> Result<(Effect, SystemTime), Stop> {
        let policy = &self.0.policy;
        let settled = self.change_challenge(&subject.id, saved, |record, now| {
            let event = Event::Checked { attempt: *attempt, answer };
            let effect = match record.apply(&subject.id, event, policy, now) {
                Ok((_, effect)) => effect,
                Err(Denied::Refused(refusal)) => Effect::Refuse(refusal),
                Err(Denied::Busy) => Effect::None,
            };
            record.settle_failure(answer, effect == Effect::Grant, policy, now);
            if effect == Effect::Grant {
                record.confirm(&subject.challenge.phone);
            }
            Ok((effect, now))
        });
        match settled.await {
            // The code is spent, so this is not to be repeated.
            Err(Stop::Failed(Error::Conflict)) => {
                Err(store_error("save what Twilio answered")(Error::Conflict.into()).into())
            }
            settled => settled,
        }
    }

    /// The challenge is consumed. What it was for happens only under the stamp that it began with.
    async fn perform(
        &self,
        subject: Subject,
        session: &Session,
        at: SystemTime,
    ) -> Result<Approval, Stop> {
        if !self.is_current(&subject).await? {
            self.tell_of(EventKind::StampChanged, &subject, at, Some("meanwhile"));
            return Err(Ended::Canceled.into());
        }
        match &subject.challenge.purpose {
            Purpose::Login { .. } | Purpose::StepUp(_) => self.grant(subject, at),
            Purpose::ChangePhone { to } => {
                let phone = self.key()?.open(to)?;
                self.tell_of(EventKind::StepUpApproved, &subject, at, Some("code"));
                let purpose = Purpose::NewPhone { from: subject.challenge.phone };
                let PendingChallenge { stamp, channel, .. } = *subject.challenge;
                let wanted = Wanted { purpose, phone, stamp, channel };
                self.begin(&subject.user, session, wanted).await.map(Approval::Continue)
            }
            Purpose::Enroll { .. } | Purpose::NewPhone { .. } | Purpose::Disable => {
                self.change_factor(&subject, at).await
            }
        }
    }

    fn grant(&self, subject: Subject, at: SystemTime) -> Result<Approval, Stop> {
        let kind = match subject.challenge.purpose {
            Purpose::StepUp(_) => EventKind::StepUpApproved,
            _ => EventKind::LoginApproved,
        };
        self.tell_of(kind, &subject, at, Some("code"));
        let Subject { user, challenge, .. } = subject;
        let PendingChallenge { purpose, channel, stamp, .. } = *challenge;
        match purpose {
            Purpose::Login { next, remember } => {
                let method = Method::Code(channel);
                Ok(Approval::LoggedIn(LoginGrant { user, method, at, stamp, next, remember }))
            }
            Purpose::StepUp(action) => {
                let until = later(at, self.0.policy.step_up_lifetime);
                Ok(Approval::SteppedUp(StepUp { user, action, until, stamp }))
            }
            _ => Err(Ended::Unknown.into()),
        }
    }

    /// One conditional write, with a new stamp: other sessions and challenges of the user end.
    async fn change_factor(&self, subject: &Subject, at: SystemTime) -> Result<Approval, Stop> {
        let Subject { user, challenge, phone, .. } = subject;
        let next = SecurityStamp::random()?;
        let stamp = next.clone();
        let (kind, notice, approval) = match &challenge.purpose {
            Purpose::Disable => {
                let approval = Approval::Disabled { stamp, phone: phone.clone() };
                (EventKind::MfaDisabled, Notice::Disabled, approval)
            }
            Purpose::NewPhone { from } => {
                let approval = Approval::PhoneChanged { stamp, from: self.key()?.open(from)? };
                (EventKind::PhoneChanged, Notice::PhoneChanged, approval)
            }
            _ => (EventKind::EnrollConfirmed, Notice::Enrolled, Approval::Enrolled { stamp }),
        };
        let phone = Some(phone).filter(|_| challenge.purpose.is_claim());
        let saved = self.0.users.save_phone(user, phone, &challenge.stamp, &next).await;
        match saved.map_err(store_error("save the phone"))? {
            PhoneUpdate::Stale => Err(Ended::Canceled.into()),
            PhoneUpdate::Saved => {
                for kind in [kind, EventKind::StampChanged, EventKind::Notice(notice)] {
                    self.tell_of(kind, subject, at, None);
                }
                Ok(approval)
            }
        }
    }
}
