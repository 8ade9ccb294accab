//! One verification: what it has sent, how often it was checked, what became of it.

use std::time::SystemTime;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::{Destination, Refusal, Rules};
use crate::types::{
    Channel, Code, ServiceSid, VerificationAttemptSid, VerificationSid, VerificationStatus,
};

/// What is asked of a service when a code shall be sent.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) to: Destination,
    pub(crate) channel: Channel,
    pub(crate) custom_code: Option<Code>,
    pub(crate) custom_friendly_name: Option<String>,
    pub(crate) app_hash: Option<String>,
    pub(crate) transaction: Option<Transaction>,
}

/// The payment that a PSD2 verification confirms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transaction {
    pub(crate) amount: String,
    pub(crate) payee: String,
}

/// One message or call.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) sid: VerificationAttemptSid,
    pub(crate) channel: Channel,
    pub(crate) at: SystemTime,
}

/// What a verification can be ended as by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Approved,
    Canceled,
}

/// What was given to be compared.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) code: SecretString,
    pub(crate) transaction: Option<Transaction>,
}

#[derive(Debug, Clone)]
pub(crate) struct Verification {
    pub(crate) sid: VerificationSid,
    pub(crate) service_sid: ServiceSid,
    pub(crate) to: Destination,
    pub(crate) channel: Channel,
    pub(crate) status: VerificationStatus,
    pub(crate) code: Code,
    pub(crate) transaction: Option<Transaction>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) created_at: SystemTime,
    pub(crate) updated_at: SystemTime,
    checks: u8,
}

impl Verification {
    pub(crate) fn new(
        sid: VerificationSid,
        service_sid: ServiceSid,
        start: &Start,
        code: Code,
        attempt: Attempt,
    ) -> Self {
        Self {
            sid,
            service_sid,
            to: start.to.clone(),
            channel: attempt.channel.clone(),
            status: VerificationStatus::Pending,
            code,
            transaction: start.transaction.clone(),
            created_at: attempt.at,
            updated_at: attempt.at,
            attempts: vec![attempt],
            checks: 0,
        }
    }

    /// Whether the destination is taken by this one, so that no second can begin.
    pub(crate) fn occupies(&self, now: SystemTime, rules: &Rules) -> bool {
        use VerificationStatus::{MaxAttemptsReached, Pending};
        matches!(self.status, Pending | MaxAttemptsReached) && !self.has_expired(now, rules)
    }

    /// Whether it can be fetched by its SID.
    pub(crate) fn is_visible(&self, now: SystemTime, rules: &Rules) -> bool {
        use VerificationStatus::{Canceled, MaxAttemptsReached, Pending};
        match self.status {
            Pending => !self.has_expired(now, rules),
            Canceled | MaxAttemptsReached => true,
            _ => false,
        }
    }

    /// Sends once more, perhaps over another channel: same verification, same code, same end.
    pub(crate) fn resend(
        &mut self,
        start: &Start,
        attempt: Attempt,
        rules: &Rules,
    ) -> Result<(), Refusal> {
        if self.checks >= rules.checks {
            return Err(Refusal::ChecksUsedUp);
        }
        if self.attempts.len() >= rules.sends {
            return Err(Refusal::SendsUsedUp);
        }
        if let Some(code) = &start.custom_code {
            self.code = code.clone();
        }
        self.channel = attempt.channel.clone();
        self.updated_at = attempt.at;
        self.attempts.push(attempt);
        Ok(())
    }

    /// Compares, and says whether that approved it. The check that uses up the last attempt is
    /// still answered with "no"; only the one after is refused.
    pub(crate) fn check(
        &mut self,
        answer: &Answer,
        now: SystemTime,
        rules: &Rules,
    ) -> Result<bool, Refusal> {
        if !self.occupies(now, rules) {
            return Err(Refusal::NotFound);
        }
        if self.checks >= rules.checks {
            return Err(Refusal::ChecksUsedUp);
        }
        self.checks += 1;
        self.updated_at = now;
        let approved = self.is_right(answer);
        if approved {
            self.status = VerificationStatus::Approved;
        } else if self.checks >= rules.checks {
            self.status = VerificationStatus::MaxAttemptsReached;
        }
        Ok(approved)
    }

    /// Approves or cancels without a code. What has used up its checks can only be canceled.
    pub(crate) fn end(
        &mut self,
        ending: Ending,
        now: SystemTime,
        rules: &Rules,
    ) -> Result<(), Refusal> {
        let exhausted = self.status == VerificationStatus::MaxAttemptsReached;
        if !self.occupies(now, rules) || (exhausted && ending == Ending::Approved) {
            return Err(Refusal::NotFound);
        }
        self.status = match ending {
            Ending::Approved => VerificationStatus::Approved,
            Ending::Canceled => VerificationStatus::Canceled,
        };
        self.updated_at = now;
        Ok(())
    }

    fn has_expired(&self, now: SystemTime, rules: &Rules) -> bool {
        now.duration_since(self.created_at).is_ok_and(|age| age >= rules.ttl)
    }

    fn is_right(&self, answer: &Answer) -> bool {
        let expected = self.code.expose_secret().as_bytes();
        let given = answer.code.expose_secret().as_bytes();
        bool::from(expected.ct_eq(given)) && self.transaction == answer.transaction
    }
}
