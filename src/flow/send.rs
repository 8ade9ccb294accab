//! Beginning a challenge, sending its code, sending it again, and giving it up.

use std::time::SystemTime;

use crate::{Channel, Error, PhoneNumber, UserId, store::SecurityStamp};

use super::{
    Challenge, ChallengeId, Ended, MfaFlow, Refusal, Resend, Resent, Session,
    challenge::{Event, PendingChallenge, Phase, Purpose, expires_at},
    provider::{check_channel, refusal},
    record::Begun,
    state::Stop,
};

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
    /// session's, stays as it is.
    ///
    /// # Errors
    /// [`Error::Store`] when the challenge could not be ended.
    pub async fn cancel(&self, id: &ChallengeId, session: &Session) -> Result<(), Error> {
        let canceled = self.change_challenge(id, |record, now| {
            record.find(id, session)?;
            Ok(record.apply(id, Event::Cancel, now)?.0)
        });
        match canceled.await {
            Ok(challenge) if challenge.may_be_canceled() => {
                self.cancel_at_twilio(challenge.verification.map(Into::into)).await;
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
        purpose: Purpose,
        phone: PhoneNumber,
        stamp: SecurityStamp,
        channel: Channel,
    ) -> Result<Challenge, Stop> {
        check_channel(&channel)?;
        let id = ChallengeId::random(&self.record_key(user)?)?;
        let service = self.service(&purpose).sid().clone();
        let template = PendingChallenge {
            calls: u32::from(channel == Channel::Call),
            session: session.hash(),
            verification: None,
            phase: Phase::Starting,
            sends: 1,
            checks: 0,
            sent_at: SystemTime::UNIX_EPOCH,
            expires_at: SystemTime::UNIX_EPOCH,
            id,
            purpose,
            phone,
            stamp,
            service,
            channel,
        };
        let begun = self.change_user(user, |record, now| {
            let new =
                PendingChallenge { sent_at: now, expires_at: expires_at(now), ..template.clone() };
            Ok((new.clone(), record.begin(new, now)?))
        });
        match begun.await? {
            (_, Begun::Live(challenge)) => Ok(view(&challenge)),
            (challenge, Begun::New { superseded }) => {
                self.cancel_at_twilio(superseded).await;
                self.send(challenge).await
            }
        }
    }

    async fn send_again(
        &self,
        id: &ChallengeId,
        session: &Session,
        resend: Resend,
    ) -> Result<Challenge, Stop> {
        let reserved = self.change_challenge(id, |record, now| {
            let channel = match (resend, record.find(id, session)?) {
                (Resend::Same, challenge) => challenge.channel.clone(),
                (Resend::Call, _) => Channel::Call,
            };
            record.check_lock(now)?;
            let (challenge, _) = record.apply(id, Event::Resend(channel), now)?;
            Ok((challenge, record.user.clone()))
        });
        let (challenge, user) = reserved.await?;
        // A challenge that began before the password changed must not cost another message.
        let user = UserId::new(user).map_err(|_| Ended::Unknown)?;
        if self.factors(&user).await?.stamp != challenge.stamp {
            return Err(Ended::Canceled.into());
        }
        self.send(challenge).await
    }

    /// Makes the send that was reserved, and saves what came of it.
    async fn send(&self, challenge: PendingChallenge) -> Result<Challenge, Stop> {
        let error = match self.send_code(&challenge).await {
            Ok(sid) => {
                let settled = self.settle_send(&challenge.id, Event::Sent(sid)).await;
                return settled.map(|challenge| view(&challenge));
            }
            Err(error) => error,
        };
        if let Some(refusal) = refused(&error, &challenge) {
            self.settle_send(&challenge.id, Event::NotSent(refusal.clone())).await?;
            return Err(refusal.into());
        }
        self.give_back(&challenge, &error).await?;
        Err(error.into())
    }

    /// After an error that nobody can act on: a first send that certainly did not happen is given
    /// back, so that the next call may try again at once. Otherwise the challenge goes on.
    async fn give_back(&self, challenge: &PendingChallenge, error: &Error) -> Result<(), Stop> {
        if error.is_ambiguous() || challenge.sends > 1 {
            return Ok(());
        }
        match self.settle_send(&challenge.id, Event::Cancel).await {
            Err(Stop::Failed(store)) => Err(store.into()),
            _ => Ok(()),
        }
    }

    async fn settle_send(&self, id: &ChallengeId, event: Event) -> Result<PendingChallenge, Stop> {
        let settled =
            self.change_challenge(id, |record, now| Ok(record.apply(id, event.clone(), now)?.0));
        settled.await
    }
}

fn refused(error: &Error, challenge: &PendingChallenge) -> Option<Refusal> {
    if error.is_ambiguous() {
        return None;
    }
    let until = match error.code() {
        Some(60212) => challenge.next_send_at(),
        _ => challenge.expires_at,
    };
    refusal(error.twilio()?, until)
}

fn view(challenge: &PendingChallenge) -> Challenge {
    Challenge {
        id: challenge.id.clone(),
        masked_phone: challenge.phone.masked(),
        channel: challenge.channel.clone(),
        expires_at: challenge.expires_at,
        next_resend_at: challenge.next_send_at(),
        checks_left: challenge.checks_left(),
    }
}
