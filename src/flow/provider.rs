//! What Twilio's answers mean for the flow.

use std::time::{Duration, SystemTime};

use crate::{
    Code, Error, Operation, PhoneNumber, TwilioError, VerificationSid, VerificationStatus,
    client::{
        CheckOutcome, CreateVerification, CreateVerificationCheck, Verification, VerificationCheck,
        VerificationId,
    },
};

use super::{
    ChannelUnavailable, MfaFlow, PhoneNotAllowed, Refusal,
    challenge::{Answer, PendingChallenge},
    emit::Subject,
    state::Stop,
};

impl MfaFlow {
    /// Sends the code of a challenge. **Costs money.** A code that was sent although the checks of its
    /// verification are used up is worth nothing, and there is no other before the verification ends.
    pub(super) async fn send_code(
        &self,
        challenge: &PendingChallenge,
        phone: &PhoneNumber,
    ) -> Result<VerificationSid, Stop> {
        let service = self.service(&challenge.purpose);
        let request = CreateVerification::new(phone, challenge.channel.clone());
        let verification = service.verifications().create(&request).await?;
        match verification.status {
            _ if !challenge.is_of(phone, &verification) => {
                Err(foreign(Operation::CreateVerification).into())
            }
            VerificationStatus::Pending => Ok(verification.sid),
            VerificationStatus::MaxAttemptsReached => {
                Err(Refusal::SendLimitReached { until: challenge.expires_at }.into())
            }
            _ => Err(foreign(Operation::CreateVerification).into()),
        }
    }

    /// Asks Twilio about a code, and gives what it said and why it said nothing.
    pub(super) async fn check_code(
        &self,
        Subject { challenge, phone, .. }: &Subject,
        code: &Code,
    ) -> (Answer, Option<Error>) {
        let service = self.service(&challenge.purpose);
        let sid = match self.verification_of(challenge, phone).await {
            Ok(Some(sid)) => sid,
            Ok(None) => return (Answer::NotFound, None),
            Err(error) => return (Answer::NeverAsked, Some(error)),
        };
        let request = CreateVerificationCheck::new(&sid).code(code);
        let outcome = service.verification_checks().create(&request).await;
        answer(outcome, |check| check.sid == sid && challenge.is_about(phone, check))
    }

    /// The verification of a challenge. When the reply to its start was lost, it is looked up: one
    /// that is pending and got a message since the challenge began is the one that was started.
    async fn verification_of(
        &self,
        challenge: &PendingChallenge,
        phone: &PhoneNumber,
    ) -> Result<Option<VerificationSid>, Error> {
        if let Some(sid) = &challenge.verification {
            return Ok(Some(sid.clone()));
        }
        let service = self.service(&challenge.purpose);
        match service.verifications().fetch(phone).await {
            Ok(found)
                if challenge.is_of(phone, &found)
                    && found.status == VerificationStatus::Pending
                    && challenge.was_sent_by(&found) =>
            {
                Ok(Some(found.sid))
            }
            Ok(_) => Ok(None),
            Err(error) if error.twilio().is_some_and(TwilioError::is_not_found) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Ends a verification so that the next one gets a new code. What comes of it changes nothing:
    /// the challenge is over here.
    pub(super) async fn cancel_at_twilio(&self, challenge: &PendingChallenge) {
        let canceled = match &challenge.verification {
            Some(sid) => self.cancel_verification(sid.clone().into()).await,
            // Of a start whose reply was lost, only the phone is known.
            None => match self.key().and_then(|key| key.open(&challenge.phone)) {
                Ok(phone) => self.cancel_verification((&phone).into()).await,
                Err(error) => Err(error),
            },
        };
        if let Err(error) = canceled {
            tracing::debug!(error = %error, "a verification could not be canceled");
        }
    }

    async fn cancel_verification(&self, id: VerificationId) -> Result<(), Error> {
        self.0.verify.verifications().cancel(id).await.map(drop)
    }
}

impl PendingChallenge {
    fn is_of(&self, phone: &PhoneNumber, verification: &Verification) -> bool {
        verification.service_sid.as_ref() == Some(&self.service)
            && verification.to.as_str() == phone.as_str()
    }

    /// Twilio's clock may be a little behind ours.
    fn was_sent_by(&self, verification: &Verification) -> bool {
        let attempts = verification.send_code_attempts.iter().flatten();
        let latest = attempts.filter_map(|attempt| attempt.time).max();
        latest
            .and_then(|time| time.checked_add(CLOCK_SKEW))
            .is_some_and(|time| time >= self.sent_at)
    }

    fn is_about(&self, phone: &PhoneNumber, check: &VerificationCheck) -> bool {
        check.service_sid.as_ref() == Some(&self.service) && check.to.as_str() == phone.as_str()
    }
}

/// What the outcome of a check means, if it is about our verification. A reply that says neither
/// "approved" nor "wrong" says nothing.
fn answer(
    outcome: Result<CheckOutcome, Error>,
    is_ours: impl Fn(&VerificationCheck) -> bool,
) -> (Answer, Option<Error>) {
    match outcome {
        Ok(CheckOutcome::Approved(check)) if is_ours(&check) => (Answer::Approved, None),
        Ok(CheckOutcome::NotApproved(check)) if is_ours(&check) => (Answer::Incorrect, None),
        Ok(CheckOutcome::NotFound(_)) => (Answer::NotFound, None),
        Ok(CheckOutcome::TooManyChecks(_)) => (Answer::TooManyChecks, None),
        Ok(_) => (Answer::Unknown, Some(foreign(Operation::CreateVerificationCheck))),
        Err(error) if error.is_ambiguous() => (Answer::Unknown, Some(error)),
        Err(error) => (Answer::NeverAsked, Some(error)),
    }
}

/// A reply about another verification than the one that was asked about, or in a state that it
/// cannot be in.
fn foreign(operation: Operation) -> Error {
    let problem = "it is about another verification or in an unexpected state".into();
    let (request_id, attempts, source) = (None, None, None);
    Error::UnexpectedReply { operation, problem, status: 200, request_id, attempts, source }
        .after_sending(operation)
}

/// The refusal that a failed send is, if it is one that a person can act on.
pub(super) fn refusal(error: &TwilioError, until: SystemTime) -> Option<Refusal> {
    let unavailable = |reason| Some(Refusal::ChannelUnavailable { reason });
    match error.code()? {
        60212 => return Some(Refusal::ResendTooSoon { retry_at: until }),
        60202 | 60203 => return Some(Refusal::SendLimitReached { until }),
        _ => {}
    }
    if error.is_fraud_block() {
        Some(Refusal::BlockedByFraudGuard)
    } else if error.is_opted_out() {
        unavailable(ChannelUnavailable::OptedOut)
    } else if error.is_channel_unavailable() {
        unavailable(ChannelUnavailable::Unreachable)
    } else if error.is_geo_block() {
        Some(Refusal::PhoneNotAllowed { reason: PhoneNotAllowed::Country })
    } else if error.is_invalid_destination() {
        Some(Refusal::InvalidPhone)
    } else {
        None
    }
}

impl Refusal {
    /// Whether the send that Twilio refused never could happen, so that it costs the user nothing.
    pub(super) fn is_free(&self) -> bool {
        matches!(
            self,
            Self::InvalidPhone
                | Self::PhoneNotAllowed { .. }
                | Self::ResendTooSoon { .. }
                | Self::SendLimitReached { .. }
        )
    }
}

const CLOCK_SKEW: Duration = Duration::from_secs(60);
