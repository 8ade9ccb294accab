//! A code goes out, if it may.

use std::{sync::Arc, time::SystemTime};

use super::{
    Destination, Line, Open, Refusal, Rules, Service, ServiceSettings, Start, Verification,
    Verifications, Verify,
};
use crate::{
    sandbox::source::Source,
    types::{Channel, ServiceSid, VerificationAttemptSid, VerificationSid},
};

/// One message or call.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) sid: VerificationAttemptSid,
    pub(crate) channel: Channel,
    pub(crate) at: SystemTime,
}

/// What one send adds to a verification.
#[derive(Debug)]
pub(crate) struct Sending {
    pub(crate) attempt: Attempt,
    pub(crate) line: Option<Line>,
    pub(crate) sequence: u64,
    /// For the device of a silent authentication, if that was asked for.
    pub(crate) client_token: Option<String>,
}

/// What was sent, and under which settings.
#[derive(Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) service: &'a Service,
    pub(crate) verification: &'a Verification,
    pub(crate) start: Start,
}

impl Verify {
    /// Sends a code: the one of the verification that occupies the destination, or a new one.
    pub(crate) fn start(
        &mut self,
        sid: &ServiceSid,
        start: Start,
        now: SystemTime,
        source: &mut Source,
    ) -> Result<Sent<'_>, Refusal> {
        let (rules, sequence) = (&*self.rules, self.sent + 1);
        let open = self.services.open(sid)?;
        let start = start.admit(&open.service.settings, rules)?;
        open.verifications.forget(now, rules);
        let (channel, line) = open.way(&start, now, rules)?;
        open.counters.count(&start.rate_limits, &rules.rate_limits, &rules.behaviour, now)?;
        let sending = Sending {
            attempt: Attempt { sid: source.sid(VerificationAttemptSid::PREFIX), channel, at: now },
            line,
            sequence,
            client_token: start.sna_client_token.then(|| source.hexadecimal()),
        };
        let Open { service, verifications, .. } = open;
        if let Some(current) = current(verifications, &start.to, now, rules) {
            current.resend(&start, sending, rules)?;
        } else {
            let custom = start.custom_code.clone();
            let code = custom.unwrap_or_else(|| source.code(service.settings.code_length));
            let service_sid = Arc::clone(&service.sid);
            let new = source.sid(VerificationSid::PREFIX);
            verifications.insert(Verification::new(new, service_sid, &start, code, sending));
        }
        self.sent = sequence;
        let verification = verifications.latest(&start.to).ok_or(Refusal::NotFound)?;
        Ok(Sent { service, verification, start })
    }
}

impl Open {
    /// The channel that a message goes over, and what answers there, unless the number is not to
    /// be reached.
    fn way(
        &mut self,
        start: &Start,
        now: SystemTime,
        rules: &Rules,
    ) -> Result<(Channel, Option<Line>), Refusal> {
        let current = current(&mut self.verifications, &start.to, now, rules);
        let channel = channel(start, current.as_deref(), rules);
        start.admit_number(&channel)?;
        let line = line(start, &channel, &self.service.settings)?;
        Ok((channel, line))
    }
}

/// The verification that another send to this destination belongs to.
fn current<'a>(
    verifications: &'a mut Verifications,
    to: &Destination,
    now: SystemTime,
    rules: &Rules,
) -> Option<&'a mut Verification> {
    verifications.latest_mut(to).filter(|latest| latest.takes_sends(now, rules))
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
