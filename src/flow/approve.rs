//! Approving a code: reserve the attempt, ask Twilio, settle, and only then give anything.

use std::time::{Duration, SystemTime};

use crate::{
    Code, Error, UserId, random,
    store::{PhoneUpdate, SecurityStamp},
};

use super::{
    Action, Approval, ChallengeId, Ended, LoginGrant, Method, MfaFlow, Session, StepUp,
    challenge::{Answer, Denied, Effect, Event, PendingChallenge, Purpose},
    policy::LIFETIME,
    state::{Stop, store_error},
};

/// A challenge whose code is being checked.
struct Reserved {
    challenge: PendingChallenge,
    attempt: String,
    user: UserId,
}

impl MfaFlow {
    /// Checks the code that the person typed and does what the challenge was for. Uses one of five
    /// checks; a code that cannot be one is refused without asking Twilio.
    ///
    /// # Errors
    /// When the store or Twilio could not be asked. After [`Error::Ambiguous`] the challenge is over,
    /// as nobody knows whether Twilio accepted the code: let the person start again.
    /// [`Error::Conflict`] when the same challenge is being checked by another request.
    pub async fn approve(
        &self,
        id: &ChallengeId,
        session: &Session,
        code: &str,
    ) -> Result<Approval, Error> {
        Stop::answer(self.check(id, session, code).await, Approval::Refused)
    }

    /// Lifts a lock and forgets the wrong codes, for support staff who know that it is the user.
    ///
    /// # Errors
    /// [`Error::Store`] when the record could not be changed.
    pub async fn unlock(&self, user: &UserId) -> Result<(), Error> {
        let unlocked = self.change_user(user, |record, _| {
            record.unlock();
            Ok(())
        });
        Stop::answer(unlocked.await, |_| ())
    }

    async fn check(
        &self,
        id: &ChallengeId,
        session: &Session,
        code: &str,
    ) -> Result<Approval, Stop> {
        let code = self.0.policy.parse_code(code)?;
        let reserved = self.reserve(id, session).await?;
        let (answer, error) = self.ask(&reserved, &code).await;
        let settled = self.settle(&reserved, answer).await;
        // Why Twilio did not answer comes before what became of the challenge meanwhile.
        if let Some(error) = error {
            return Err(error.into());
        }
        match settled? {
            (Effect::Grant, now) => self.perform(reserved, session, now).await,
            (Effect::Incorrect { left }, _) => Ok(Approval::Incorrect { left }),
            (Effect::Refuse(refusal), _) => Err(refusal.into()),
            _ => Err(Ended::Unknown.into()),
        }
    }

    async fn ask(&self, reserved: &Reserved, code: &Code) -> (Answer, Option<Error>) {
        match self.is_current(reserved).await {
            Ok(true) => self.check_code(&reserved.challenge, code).await,
            Ok(false) => (Answer::Outdated, None),
            Err(error) => (Answer::NeverAsked, Some(error)),
        }
    }

    /// Whether the user still has the stamp, and the phone, that the challenge began with.
    async fn is_current(&self, Reserved { challenge, user, .. }: &Reserved) -> Result<bool, Error> {
        let factors = self.factors(user).await?;
        let phone = match &challenge.purpose {
            Purpose::Enroll => None,
            Purpose::ChangePhone { from } => Some(from),
            Purpose::Login { .. } | Purpose::StepUp(_) => Some(&challenge.phone),
        };
        Ok(factors.stamp == challenge.stamp && factors.phone.as_ref() == phone)
    }

    /// The attempt is counted, as failed, before Twilio is asked.
    async fn reserve(&self, id: &ChallengeId, session: &Session) -> Result<Reserved, Stop> {
        let attempt = random::hexadecimal()?;
        let lease = self.0.verify.timeout().saturating_add(AFTER_DEADLINE).min(LIFETIME);
        let reserved = self.change_challenge(id, |record, now| {
            record.find(id, session)?;
            let event = Event::Check { attempt: attempt.clone(), lease };
            let (challenge, _) = record.apply(id, event, now)?;
            record.reserve_failure(now)?;
            Ok((challenge, record.user.clone()))
        });
        let (challenge, user) = reserved.await?;
        let user = UserId::new(user).map_err(|_| Ended::Unknown)?;
        Ok(Reserved { challenge, attempt, user })
    }

    /// A challenge that is over by now takes no answer, but an attempt that was not wrong is given
    /// back all the same.
    async fn settle(
        &self,
        reserved: &Reserved,
        answer: Answer,
    ) -> Result<(Effect, SystemTime), Stop> {
        let Reserved { challenge, attempt, .. } = reserved;
        let settled = self.change_challenge(&challenge.id, |record, now| {
            let event = Event::Checked { attempt: attempt.clone(), answer };
            let effect = match record.apply(&challenge.id, event, now) {
                Ok((_, effect)) => effect,
                Err(Denied::Refused(refusal)) => Effect::Refuse(refusal),
                Err(Denied::Busy) => Effect::None,
            };
            record.settle_failure(answer, effect == Effect::Grant);
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
        reserved: Reserved,
        session: &Session,
        at: SystemTime,
    ) -> Result<Approval, Stop> {
        if !self.is_current(&reserved).await? {
            return Err(Ended::Canceled.into());
        }
        let Reserved { challenge, user, .. } = reserved;
        let PendingChallenge { stamp, channel, phone, purpose, .. } = challenge;
        match purpose {
            Purpose::Login { next, remember } => {
                let method = Method::Code(channel);
                Ok(Approval::LoggedIn(LoginGrant { user, method, at, stamp, next, remember }))
            }
            Purpose::Enroll => {
                self.save_phone(&user, Some(&phone), &stamp).await.map(|()| Approval::Enrolled)
            }
            Purpose::ChangePhone { .. } => {
                self.save_phone(&user, Some(&phone), &stamp).await.map(|()| Approval::PhoneChanged)
            }
            Purpose::StepUp(Action::Disable) => {
                self.save_phone(&user, None, &stamp).await.map(|()| Approval::Disabled)
            }
            Purpose::StepUp(Action::ChangePhone(new)) => {
                let purpose = Purpose::ChangePhone { from: phone };
                let begun = self.begin(&user, session, purpose, new, stamp, channel).await;
                begun.map(Approval::Continue)
            }
            Purpose::StepUp(Action::Other(action)) => {
                let until = at.checked_add(STEP_UP_LIFETIME).unwrap_or(at);
                Ok(Approval::SteppedUp(StepUp { user, action, until }))
            }
        }
    }

    /// One conditional write, with a new stamp: other sessions and challenges of the user end.
    async fn save_phone(
        &self,
        user: &UserId,
        phone: Option<&crate::PhoneNumber>,
        stamp: &SecurityStamp,
    ) -> Result<(), Stop> {
        let next = SecurityStamp::random()?;
        let saved = self.0.users.save_phone(user, phone, stamp, &next).await;
        match saved.map_err(store_error("save the phone"))? {
            PhoneUpdate::Saved => Ok(()),
            PhoneUpdate::Stale => Err(Ended::Canceled.into()),
        }
    }
}

/// How much longer than a request a check may take, with what is around it.
const AFTER_DEADLINE: Duration = Duration::from_secs(5);
/// How long a step-up is good for.
const STEP_UP_LIFETIME: Duration = Duration::from_secs(5 * 60);
