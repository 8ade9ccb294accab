//! Approving a code: reserve the attempt, ask Twilio, settle, and only then give anything.

use std::time::SystemTime;

use crate::{
    Error, UserId, random,
    store::{PhoneUpdate, SecurityStamp},
};

use super::{
    Approval, ChallengeId, Ended, LoginGrant, Method, MfaFlow, Session,
    challenge::{Action, Answer, Event, PendingChallenge, Purpose},
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
        let (answer, error) = self.check_code(&reserved.challenge, &code).await;
        let (action, now) = self.settle(&reserved, answer).await?;
        if let Some(error) = error {
            return Err(error.into());
        }
        match action {
            Action::Grant => self.perform(reserved, now).await,
            Action::Incorrect { left } => Ok(Approval::Incorrect { left }),
            Action::Refuse(refusal) => Err(refusal.into()),
            Action::None | Action::Send | Action::Ask | Action::CancelAtTwilio => {
                Err(Ended::Unknown.into())
            }
        }
    }

    /// The attempt is counted, as failed, before Twilio is asked.
    async fn reserve(&self, id: &ChallengeId, session: &Session) -> Result<Reserved, Stop> {
        let attempt = random::hexadecimal()?;
        let lease = self.lease();
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

    async fn settle(
        &self,
        reserved: &Reserved,
        answer: Answer,
    ) -> Result<(Action, SystemTime), Stop> {
        let Reserved { challenge, attempt, .. } = reserved;
        let settled = self.change_challenge(&challenge.id, |record, now| {
            let event = Event::Checked { attempt: attempt.clone(), answer };
            let (_, action) = record.apply(&challenge.id, event, now)?;
            record.settle_failure(answer);
            Ok((action, now))
        });
        settled.await
    }

    /// The challenge is consumed. What it was for happens only under the stamp that it began with.
    async fn perform(&self, reserved: Reserved, at: SystemTime) -> Result<Approval, Stop> {
        let Reserved { challenge, user, .. } = reserved;
        let PendingChallenge { stamp, channel, phone, purpose, .. } = challenge;
        match purpose {
            Purpose::Login { next, remember } => {
                if self.factors(&user).await?.stamp != stamp {
                    return Err(Ended::Canceled.into());
                }
                let method = Method::Code(channel);
                Ok(Approval::LoggedIn(LoginGrant { user, method, at, stamp, next, remember }))
            }
            Purpose::Enroll => {
                self.save_phone(&user, Some(&phone), &stamp).await?;
                Ok(Approval::Enrolled)
            }
            Purpose::Disable => {
                self.save_phone(&user, None, &stamp).await?;
                Ok(Approval::Disabled)
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
