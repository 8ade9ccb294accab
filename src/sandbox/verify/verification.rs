//! One verification: what it has sent, how often it was checked, what became of it.

use std::{sync::Arc, time::SystemTime};

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::{
    AfterMaxChecks, Answer, Attempt, Destination, Ending, Line, POLLING, Refusal, Rules, Sending,
    Sna, SnaError, Start, Transaction, Window,
};
use crate::types::{Channel, Code, ServiceSid, VerificationSid, VerificationStatus};

#[derive(Debug, Clone)]
pub(crate) struct Verification {
    pub(crate) sid: VerificationSid,
    pub(crate) service_sid: Arc<ServiceSid>,
    pub(crate) to: Destination,
    /// The latest one.
    pub(crate) channel: Channel,
    /// Whether Twilio chose the channel.
    pub(crate) auto: bool,
    pub(crate) status: VerificationStatus,
    pub(crate) code: Code,
    pub(crate) transaction: Option<Box<Transaction>>,
    /// What a lookup found, if there was one.
    pub(crate) line: Option<Line>,
    pub(crate) sna: Option<Box<Sna>>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) created_at: SystemTime,
    pub(crate) updated_at: SystemTime,
    /// Orders the messages of all services.
    pub(crate) sequence: u64,
    polls: Option<Box<[Window; POLLING.len()]>>,
    checks: u8,
}

impl Verification {
    pub(crate) fn new(
        sid: VerificationSid,
        service_sid: Arc<ServiceSid>,
        start: &Start,
        code: Code,
        sending: Sending,
    ) -> Self {
        let at = sending.attempt.at;
        let mut verification = Self {
            sid,
            service_sid,
            to: start.to.clone(),
            channel: sending.attempt.channel.clone(),
            auto: false,
            status: VerificationStatus::Pending,
            code,
            transaction: start.transaction.clone().map(Box::new),
            line: None,
            sna: None,
            attempts: Vec::with_capacity(1),
            created_at: at,
            updated_at: at,
            sequence: 0,
            polls: None,
            checks: 0,
        };
        verification.send(start, sending);
        verification
    }

    /// Whether the destination is taken by this one, so that no second can begin.
    pub(crate) fn occupies(&self, now: SystemTime, rules: &Rules) -> bool {
        use VerificationStatus::{MaxAttemptsReached, Pending};
        matches!(self.status, Pending | MaxAttemptsReached) && !self.has_expired(now, rules)
    }

    /// Whether another send belongs to this one.
    pub(crate) fn takes_sends(&self, now: SystemTime, rules: &Rules) -> bool {
        let gives_way = self.status == VerificationStatus::MaxAttemptsReached
            && rules.behaviour.after_max_checks == AfterMaxChecks::NewVerification;
        self.occupies(now, rules) && !gives_way
    }

    /// Whether it can be fetched by its SID.
    pub(crate) fn is_visible(&self, now: SystemTime, rules: &Rules) -> bool {
        use VerificationStatus::{Canceled, MaxAttemptsReached, Pending};
        match self.status {
            Pending => !self.has_expired(now, rules),
            MaxAttemptsReached => rules.behaviour.fetch_after_max_checks,
            Canceled => true,
            _ => false,
        }
    }

    /// Counts that somebody looked at it.
    pub(crate) fn poll(&mut self, now: SystemTime) -> Result<(), Refusal> {
        let windows = self.polls.get_or_insert_with(|| Box::new([Window::new(now); POLLING.len()]));
        let mut waits = windows.iter().zip(POLLING).map(|(window, full)| window.wait(full, now));
        if waits.any(|wait| wait.is_some()) {
            return Err(Refusal::PolledTooOften);
        }
        for (window, bucket) in windows.iter_mut().zip(POLLING) {
            window.count(bucket, now);
        }
        Ok(())
    }

    /// Sends once more, perhaps over another channel: same verification, same code, same end.
    pub(crate) fn resend(
        &mut self,
        start: &Start,
        sending: Sending,
        rules: &Rules,
    ) -> Result<(), Refusal> {
        let resends = rules.behaviour.after_max_checks == AfterMaxChecks::ResendSame;
        if self.checks >= rules.checks && !resends {
            return Err(Refusal::ChecksUsedUp);
        }
        if self.attempts.len() >= rules.sends {
            return Err(Refusal::SendsUsedUp);
        }
        if let Some(code) = &start.custom_code {
            self.code = code.clone();
        }
        self.send(start, sending);
        Ok(())
    }

    fn send(&mut self, start: &Start, sending: Sending) {
        let Sending { attempt, line, sequence, client_token } = sending;
        if attempt.channel == Channel::Sna {
            self.sna = Some(Box::new(Sna::new(self.sna.as_deref(), &attempt, client_token)));
        }
        self.channel = attempt.channel.clone();
        self.auto = start.channel == Channel::Auto;
        self.updated_at = attempt.at;
        self.line = line.or(self.line);
        self.sequence = sequence;
        self.attempts.push(attempt);
    }

    /// Compares, and says whether that approved it. The check that uses up the last attempt is
    /// still answered with "no"; only the one after is refused. Asking for a silent result that is
    /// not there yet uses nothing up.
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
        let approved = match (&answer.code, self.silent()) {
            (None, None) => return Err(Refusal::Invalid("Code")),
            (None, Some(sna)) if sna.is_waiting() => return Ok(false),
            (None, Some(sna)) => sna.settle(answer.sna_client_token.as_deref()),
            (Some(code), _) => self.is_right(code, answer.transaction.as_ref()),
        };
        self.checks += 1;
        self.updated_at = now;
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

    /// The code, once a message or call told it.
    pub(crate) fn sent_code(&self) -> Option<&Code> {
        let told = self.attempts.iter().any(|attempt| attempt.channel != Channel::Sna);
        told.then_some(&self.code)
    }

    /// What went wrong with silent attempts, if the last one was silent.
    pub(crate) fn sna_errors(&self) -> Option<Vec<SnaError>> {
        let sna = self.sna.as_ref().filter(|_| self.channel == Channel::Sna)?;
        Some(sna.errors())
    }

    pub(crate) fn has_expired(&self, now: SystemTime, rules: &Rules) -> bool {
        now.duration_since(self.created_at).is_ok_and(|age| age >= rules.ttl)
    }

    fn silent(&mut self) -> Option<&mut Sna> {
        self.sna.as_deref_mut().filter(|_| self.channel == Channel::Sna)
    }

    fn is_right(&self, code: &SecretString, transaction: Option<&Transaction>) -> bool {
        let expected = self.code.expose_secret().as_bytes();
        let given = code.expose_secret().as_bytes();
        bool::from(expected.ct_eq(given)) && self.transaction.as_deref() == transaction
    }
}
