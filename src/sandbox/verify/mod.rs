//! The rules of Verify, and nothing else: no HTTP, no clock, no randomness. The time and what must
//! be fresh are arguments, so that the same calls always have the same outcome.

mod behaviour;
mod destination;
mod features;
mod rate_limit;
mod refusal;
mod rules;
mod service;
mod services;
mod sna;
mod start;
#[cfg(test)]
mod tests;
mod verification;
mod verifications;

use std::{sync::Arc, time::SystemTime};

pub use behaviour::{
    AfterMaxChecks, Behaviour, CheckStatus, FriendlyNameDigits, SidAndTo, UndefinedRateLimit,
    UnsupportedLocale,
};
pub(crate) use destination::{Destination, Line, mask};
pub use features::Features;
pub use rate_limit::RateLimit;
pub(crate) use rate_limit::{Counters, POLLING, Window};
pub(crate) use refusal::{Block, Refusal};
pub(crate) use rules::{CODE_LENGTH, Rules, is_code};
pub(crate) use service::{Service, ServiceSettings};
pub(crate) use services::{Cursor, Open, Services};
pub(crate) use sna::{Sna, SnaError};
pub(crate) use start::{NumberFacts, Start, Transaction};
pub(crate) use verification::{Answer, Attempt, Ending, Sending, Verification};
pub(crate) use verifications::{Target, Verifications};

use super::source::Source;
use crate::types::{
    Channel, Code, ServiceSid, VerificationAttemptSid, VerificationSid, VerificationStatus,
};

/// An account's services and their verifications.
#[derive(Debug, Default)]
pub(crate) struct Verify {
    pub(crate) services: Services,
    rules: Arc<Rules>,
    sent: u64,
}

/// What was sent, and under which settings.
#[derive(Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) service: &'a Service,
    pub(crate) verification: &'a Verification,
    pub(crate) start: Start,
}

/// The outcome of a check that was answered.
#[derive(Debug)]
pub(crate) struct Checked<'a> {
    pub(crate) verification: &'a Verification,
    approved: bool,
}

impl Verify {
    pub(crate) fn new(rules: Arc<Rules>) -> Self {
        Self { rules, ..Self::default() }
    }

    pub(crate) fn create_service(
        &mut self,
        sid: ServiceSid,
        settings: ServiceSettings,
        now: SystemTime,
    ) -> Result<&Service, Refusal> {
        settings.admit(&self.rules)?;
        Ok(self.services.create(sid, settings, now))
    }

    pub(crate) fn update_service(
        &mut self,
        sid: &ServiceSid,
        settings: ServiceSettings,
        now: SystemTime,
    ) -> Result<&Service, Refusal> {
        settings.admit(&self.rules)?;
        self.services.update(sid, settings, now)
    }

    /// Sends a code: the one of the verification that occupies the destination, or a new one.
    pub(crate) fn start(
        &mut self,
        sid: &ServiceSid,
        start: Start,
        now: SystemTime,
        source: &mut Source,
    ) -> Result<Sent<'_>, Refusal> {
        let rules = &*self.rules;
        let Open { service, verifications, counters } = self.services.open(sid)?;
        let start = start.admit(&service.settings, rules)?;
        verifications.forget(now, rules);
        let current = verifications.latest_mut(&start.to).filter(|one| one.takes_sends(now, rules));
        let channel = channel(&start, current.as_deref(), rules);
        start.admit_number(&channel)?;
        let line = line(&start, &channel, &service.settings)?;
        counters.count(&start.rate_limits, &rules.rate_limits, &rules.behaviour, now)?;
        self.sent += 1;
        let sending = Sending {
            attempt: Attempt { sid: source.sid(VerificationAttemptSid::PREFIX), channel, at: now },
            line,
            sequence: self.sent,
            client_token: start.sna_client_token.then(|| source.hexadecimal()),
        };
        let verification = match current {
            Some(current) => {
                current.resend(&start, sending, rules)?;
                verifications.latest(&start.to).ok_or(Refusal::NotFound)?
            }
            None => {
                let custom = start.custom_code.clone();
                let code = custom.unwrap_or_else(|| source.code(service.settings.code_length));
                let new = source.sid(VerificationSid::PREFIX);
                verifications.insert(Verification::new(new, sid.clone(), &start, code, sending))
            }
        };
        Ok(Sent { service, verification, start })
    }

    pub(crate) fn fetch(
        &mut self,
        sid: &ServiceSid,
        target: &Target,
        now: SystemTime,
    ) -> Result<&Verification, Refusal> {
        let rules = &*self.rules;
        let found = self.services.open(sid)?.verifications.find(target, now, rules)?;
        if !found.is_visible(now, rules) {
            return Err(Refusal::NotFound);
        }
        if rules.behaviour.polling_limits {
            found.poll(now)?;
        }
        Ok(found)
    }

    /// Approves or cancels by hand.
    pub(crate) fn end(
        &mut self,
        sid: &ServiceSid,
        target: &Target,
        ending: Ending,
        now: SystemTime,
    ) -> Result<&Verification, Refusal> {
        let verifications = &mut self.services.open(sid)?.verifications;
        let found = verifications.find(target, now, &self.rules)?;
        found.end(ending, now, &self.rules)?;
        let ended = found.sid.clone();
        verifications.note_end(&ended, now);
        verifications.by_sid(&ended).map(|found| &*found).ok_or(Refusal::NotFound)
    }

    pub(crate) fn check(
        &mut self,
        sid: &ServiceSid,
        target: &Target,
        answer: Answer,
        now: SystemTime,
    ) -> Result<Checked<'_>, Refusal> {
        let rules = &*self.rules;
        let Open { service, verifications, .. } = self.services.open(sid)?;
        if answer.code.is_none() && !rules.features.selects_sna() {
            return Err(Refusal::Invalid("Code"));
        }
        let transaction = service.settings.transaction(answer.transaction)?;
        let answer = Answer { transaction, ..answer };
        let found = verifications.find(target, now, rules)?;
        let approved = found.check(&answer, now, rules)?;
        let checked = found.sid.clone();
        if approved {
            verifications.note_end(&checked, now);
        }
        let verification = verifications.by_sid(&checked).ok_or(Refusal::NotFound)?;
        Ok(Checked { verification, approved })
    }

    /// The device opens the address of a silent authentication, which works once.
    pub(crate) fn open_sna(
        &mut self,
        service: &ServiceSid,
        sid: &VerificationSid,
        attempt: &VerificationAttemptSid,
        failure: Option<u32>,
        now: SystemTime,
    ) -> Result<Option<&str>, Refusal> {
        let verifications = &mut self.services.open(service)?.verifications;
        let found = verifications.by_sid(sid).filter(|found| found.occupies(now, &self.rules));
        let sna = found.and_then(|found| found.sna.as_deref_mut());
        let sna = sna.filter(|sna| sna.attempt == *attempt).ok_or(Refusal::NotFound)?;
        if sna.open(failure) { Ok(sna.client_token.as_deref()) } else { Err(Refusal::NotFound) }
    }

    /// Whom a request means, if the sandbox knows.
    pub(crate) fn destination(
        &mut self,
        service: &ServiceSid,
        sid: &VerificationSid,
    ) -> Option<&Destination> {
        Some(&self.services.open(service).ok()?.verifications.by_sid(sid)?.to)
    }

    /// The code that was last told to a destination, in any service, as long as its verification is
    /// remembered.
    pub(crate) fn code_for(&self, to: &Destination) -> Option<&Code> {
        let latest = self.services.all().filter_map(|open| open.verifications.latest(to));
        let told = latest.filter_map(|latest| Some((latest.sequence, latest.sent_code()?)));
        told.max_by_key(|(sequence, _)| *sequence).map(|(_, code)| code)
    }
}

impl Checked<'_> {
    /// What the reply says: a wrong code leaves it pending, even the last one.
    pub(crate) fn status(&self) -> VerificationStatus {
        if self.approved { VerificationStatus::Approved } else { VerificationStatus::Pending }
    }
}

/// The channel that a message goes over: where Twilio chooses, silent first and then a text message.
fn channel(start: &Start, current: Option<&Verification>, rules: &Rules) -> Channel {
    let tried = current.is_some_and(|current| current.sna.is_some());
    match start.channel {
        Channel::Auto if rules.features.selects_sna() && !tried && start.transaction.is_none() => {
            Channel::Sna
        }
        Channel::Auto => Channel::Sms,
        ref asked => asked.clone(),
    }
}

/// What a lookup finds, if there is one, and whether a text message may go there.
fn line(
    start: &Start,
    channel: &Channel,
    settings: &ServiceSettings,
) -> Result<Option<Line>, Refusal> {
    let always = *channel == Channel::Sna || start.channel == Channel::Auto;
    if !settings.lookup_enabled && !always {
        return Ok(None);
    }
    let marked = start.number.landline.then_some(Line::Landline);
    let line = marked.or_else(|| start.to.line());
    let skipped = *channel == Channel::Sms && settings.skips_landlines();
    if skipped && line == Some(Line::Landline) { Err(Refusal::Landline) } else { Ok(line) }
}
