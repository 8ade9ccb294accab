//! What can be asked of an account.

use std::{sync::Arc, time::SystemTime};

use super::{
    Answer, Checked, Destination, Ending, Open, Refusal, Rules, Service, ServiceSettings, Services,
    Target, Verification,
};
use crate::types::{Code, ServiceSid, VerificationAttemptSid, VerificationSid};

/// An account's services and their verifications.
#[derive(Debug, Default)]
pub(crate) struct Verify {
    pub(crate) services: Services,
    pub(super) rules: Arc<Rules>,
    pub(super) sent: u64,
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
