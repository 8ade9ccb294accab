//! What Twilio's answers mean for the flow.

use crate::{
    Channel, Code, Error, Operation, PhoneNumber, TwilioError, VerificationSid,
    client::{
        CheckOutcome, CreateVerification, CreateVerificationCheck, Verification, VerificationCheck,
        VerificationId,
    },
};

use super::{
    ChannelUnavailable, MfaFlow, PhoneNotAllowed, Refusal,
    challenge::{Answer, PendingChallenge},
};

impl MfaFlow {
    /// Sends the code of a challenge. **Costs money.**
    pub(super) async fn send_code(
        &self,
        challenge: &PendingChallenge,
    ) -> Result<VerificationSid, Error> {
        let request = CreateVerification::new(&challenge.phone, challenge.channel.clone());
        let verification = self.0.verify.verifications().create(&request).await?;
        if self.is_ours(&verification, &challenge.phone) {
            return Ok(verification.sid);
        }
        Err(foreign(Operation::CreateVerification))
    }

    /// Asks Twilio about a code, and gives what it said and why it said nothing.
    pub(super) async fn check_code(
        &self,
        challenge: &PendingChallenge,
        code: &Code,
    ) -> (Answer, Option<Error>) {
        let id = match &challenge.verification {
            Some(sid) => VerificationId::from(sid),
            None => VerificationId::from(&challenge.phone),
        };
        let request = CreateVerificationCheck::new(id).code(code);
        match self.0.verify.verification_checks().create(&request).await {
            Ok(CheckOutcome::Approved(check)) if !self.is_about(&check, challenge) => {
                (Answer::Unknown, Some(foreign(Operation::CreateVerificationCheck)))
            }
            Ok(CheckOutcome::Approved(_)) => (Answer::Approved, None),
            Ok(CheckOutcome::NotApproved(_)) => (Answer::Incorrect, None),
            Ok(CheckOutcome::NotFound(_)) => (Answer::NotFound, None),
            Ok(CheckOutcome::TooManyChecks(_)) => (Answer::TooManyChecks, None),
            Err(error) if error.is_ambiguous() => (Answer::Unknown, Some(error)),
            Err(error) => (Answer::NeverAsked, Some(error)),
        }
    }

    /// Ends a verification so that the next one gets a new code. What comes of it changes nothing:
    /// the challenge is over here.
    pub(super) async fn cancel_at_twilio(&self, verification: Option<VerificationSid>) {
        if let Some(sid) = verification {
            let canceled = self.0.verify.verifications().cancel(sid).await;
            if let Err(error) = canceled {
                tracing::debug!(error = %error, "a verification could not be canceled");
            }
        }
    }

    fn is_ours(&self, verification: &Verification, phone: &PhoneNumber) -> bool {
        verification.service_sid.as_ref() == Some(self.0.verify.sid())
            && verification.to.as_str() == phone.as_str()
    }

    fn is_about(&self, check: &VerificationCheck, challenge: &PendingChallenge) -> bool {
        check.service_sid.as_ref() == Some(&challenge.service)
            && check.to.as_str() == challenge.phone.as_str()
            && challenge.verification.as_ref().is_none_or(|sid| *sid == check.sid)
    }
}

/// A reply about another verification than the one that was asked about.
fn foreign(operation: Operation) -> Error {
    let problem = "it is about another verification".into();
    let source = None;
    Error::UnexpectedReply { operation, problem, status: 200, request_id: None, source }
        .after_sending(operation)
}

/// The refusal that a failed send is, if it is one that a person can act on.
pub(super) fn refusal(error: &TwilioError, until: std::time::SystemTime) -> Option<Refusal> {
    let unavailable = |reason| Some(Refusal::ChannelUnavailable { reason });
    match error.code()? {
        60212 => return Some(Refusal::ResendTooSoon { retry_at: until }),
        60202 | 60203 => return Some(Refusal::SendLimitReached { until }),
        60220 | 60250 => {
            return Some(Refusal::PhoneNotAllowed { reason: PhoneNotAllowed::Country });
        }
        _ => {}
    }
    if error.is_fraud_block() {
        Some(Refusal::BlockedByFraudGuard)
    } else if error.is_opted_out() {
        unavailable(ChannelUnavailable::OptedOut)
    } else if error.is_channel_unavailable() {
        unavailable(ChannelUnavailable::Unreachable)
    } else if error.is_invalid_destination() {
        Some(Refusal::InvalidPhone)
    } else {
        None
    }
}

/// The channels of the flow: a code that the person types, on something that the person has.
/// E-mail is not out of band (NIST SP 800-63B §3.1.3.1).
pub(super) fn check_channel(channel: &Channel) -> Result<(), Refusal> {
    match channel {
        Channel::Sms | Channel::Call => Ok(()),
        _ => Err(Refusal::ChannelUnavailable { reason: ChannelUnavailable::Unsupported }),
    }
}
