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
            Ok(_) => {}
            Err(Stop::Refused(_)) => {}
            Err(Stop::Failed(error)) => return Err(error),
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
        let sent = self.send_code(&challenge).await;
        let event = match &sent {
            Ok(sid) => Event::Sent(sid.clone()),
            Err(error) => match refused(error, &challenge) {
                Some(refusal) => Event::NotSent(refusal),
                None => return self.not_sent(challenge, sent.map(|_| ())).await,
            },
        };
        let settled = self.change_challenge(&challenge.id, |record, now| {
            Ok(record.apply(&challenge.id, event.clone(), now)?.0)
        });
        let challenge = settled.await?;
        match event {
            Event::NotSent(refusal) => Err(refusal.into()),
            _ => Ok(view(&challenge)),
        }
    }

    /// An error that nobody can act on. When nothing was sent the reserved first send is given back,
    /// so that the next call may try again at once; when it is unknown, the challenge goes on.
    async fn not_sent(
        &self,
        challenge: PendingChallenge,
        sent: Result<(), Error>,
    ) -> Result<Challenge, Stop> {
        let Err(error) = sent else { return Ok(view(&challenge)) };
        if !error.is_ambiguous() && challenge.sends <= 1 {
            let canceled = self.change_challenge(&challenge.id, |record, now| {
                record.apply(&challenge.id, Event::Cancel, now)?;
                Ok(())
            });
            if let Err(Stop::Failed(store)) = canceled.await {
                return Err(store.into());
            }
        }
        Err(error.into())
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
