//! The rules of Verify, and nothing else: no HTTP, no clock, no randomness. The time and what must
//! be fresh are arguments, so that the same calls always have the same outcome.

mod destination;
mod refusal;
mod rules;
mod service;
mod services;
#[cfg(test)]
mod tests;
mod verification;
mod verifications;

use std::time::SystemTime;

pub(crate) use destination::{Destination, mask};
pub(crate) use refusal::Refusal;
pub(crate) use rules::{CODE_LENGTH, Rules, is_code, is_friendly_name, is_locale};
pub(crate) use service::{Service, ServiceSettings};
pub(crate) use services::{Cursor, Services};
pub(crate) use verification::{Answer, Attempt, Ending, Start, Transaction, Verification};
pub(crate) use verifications::{Target, Verifications};

use super::source::Source;
use crate::types::{ServiceSid, VerificationStatus};

/// An account's services and their verifications.
#[derive(Debug, Default)]
pub(crate) struct Verify {
    pub(crate) services: Services,
    rules: Rules,
}

/// What was sent, and under which settings.
#[derive(Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) service: &'a Service,
    pub(crate) verification: &'a Verification,
    pub(crate) start: Start,
}

/// The outcome of a check that was counted.
#[derive(Debug)]
pub(crate) struct Checked<'a> {
    pub(crate) verification: &'a Verification,
    approved: bool,
}

impl Verify {
    pub(crate) fn new(rules: Rules) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Sends a code: the one of the verification that occupies the destination, or a new one.
    pub(crate) fn start(
        &mut self,
        sid: &ServiceSid,
        start: Start,
        now: SystemTime,
        source: &mut Source,
    ) -> Result<Sent<'_>, Refusal> {
        let (service, verifications) = self.services.open(sid)?;
        let start = service.settings.admit(start)?;
        let attempt = Attempt { sid: source.sid("VL"), channel: start.channel.clone(), at: now };
        if let Some(current) = verifications.current(&start.to, now, &self.rules) {
            current.resend(&start, attempt, &self.rules)?;
        } else {
            let custom = start.custom_code.clone();
            let code = custom.unwrap_or_else(|| source.code(service.settings.code_length));
            let sent = Verification::new(source.sid("VE"), sid.clone(), &start, code, attempt);
            verifications.insert(sent, now, &self.rules);
        }
        let verification = verifications.latest(&start.to).ok_or(Refusal::NotFound)?;
        Ok(Sent { service, verification, start })
    }

    pub(crate) fn fetch(
        &mut self,
        sid: &ServiceSid,
        target: &Target,
        now: SystemTime,
    ) -> Result<&Verification, Refusal> {
        let (_, verifications) = self.services.open(sid)?;
        let found = verifications.find(target, now, &self.rules)?;
        found.is_visible(now, &self.rules).then_some(&*found).ok_or(Refusal::NotFound)
    }

    /// Approves or cancels by hand.
    pub(crate) fn end(
        &mut self,
        sid: &ServiceSid,
        target: &Target,
        ending: Ending,
        now: SystemTime,
    ) -> Result<&Verification, Refusal> {
        let (_, verifications) = self.services.open(sid)?;
        let found = verifications.find(target, now, &self.rules)?;
        found.end(ending, now, &self.rules)?;
        Ok(found)
    }

    pub(crate) fn check(
        &mut self,
        sid: &ServiceSid,
        target: &Target,
        answer: Answer,
        now: SystemTime,
    ) -> Result<Checked<'_>, Refusal> {
        let (service, verifications) = self.services.open(sid)?;
        let transaction = service.settings.transaction(answer.transaction)?;
        let answer = Answer { transaction, ..answer };
        let verification = verifications.find(target, now, &self.rules)?;
        let approved = verification.check(&answer, now, &self.rules)?;
        Ok(Checked { verification, approved })
    }
}

impl Checked<'_> {
    /// What the reply says: a wrong code leaves it pending, even the last one.
    pub(crate) fn status(&self) -> VerificationStatus {
        if self.approved { VerificationStatus::Approved } else { VerificationStatus::Pending }
    }
}
