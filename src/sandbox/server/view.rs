//! Verifications and checks as Twilio shows them. Neither has a place for a code.

use serde::Serialize;

use super::page::date;
use crate::{
    sandbox::{
        simulator::Simulator,
        verify::{Attempt, Checked, Verification},
    },
    types::{
        AccountSid, Channel, ServiceSid, VerificationAttemptSid, VerificationSid,
        VerificationStatus,
    },
};

#[derive(Serialize)]
pub(super) struct VerificationReply<'a> {
    sid: &'a VerificationSid,
    service_sid: &'a ServiceSid,
    account_sid: &'a AccountSid,
    to: &'a str,
    channel: &'a Channel,
    status: &'a VerificationStatus,
    valid: bool,
    lookup: Lookup,
    amount: Option<&'a str>,
    payee: Option<&'a str>,
    send_code_attempts: Vec<AttemptReply<'a>>,
    date_created: String,
    date_updated: String,
    sna: Option<()>,
    url: String,
}

/// An object without fields, as it is when nothing was looked up.
#[derive(Serialize)]
struct Lookup {}

#[derive(Serialize)]
struct AttemptReply<'a> {
    time: String,
    channel: &'a str,
    attempt_sid: &'a VerificationAttemptSid,
}

#[derive(Serialize)]
pub(super) struct CheckReply<'a> {
    sid: &'a VerificationSid,
    service_sid: &'a ServiceSid,
    account_sid: &'a AccountSid,
    to: &'a str,
    channel: &'a Channel,
    status: VerificationStatus,
    valid: bool,
    amount: Option<&'a str>,
    payee: Option<&'a str>,
    date_created: String,
    date_updated: String,
    /// Null unless the last channel was `sna`.
    sna_attempts_error_codes: Option<()>,
}

impl<'a> VerificationReply<'a> {
    pub(super) fn new(simulator: &'a Simulator, shown: &'a Verification) -> Self {
        let transaction = shown.transaction.as_ref();
        Self {
            sid: &shown.sid,
            service_sid: &shown.service_sid,
            account_sid: &simulator.account_sid,
            to: shown.to.as_str(),
            channel: &shown.channel,
            status: &shown.status,
            valid: shown.status == VerificationStatus::Approved,
            lookup: Lookup {},
            amount: transaction.map(|paid| paid.amount.as_str()),
            payee: transaction.map(|paid| paid.payee.as_str()),
            send_code_attempts: shown.attempts.iter().map(AttemptReply::new).collect(),
            date_created: date(shown.created_at),
            date_updated: date(shown.updated_at),
            sna: None,
            url: format!(
                "{}/v2/Services/{}/Verifications/{}",
                simulator.base_url, shown.service_sid, shown.sid
            ),
        }
    }
}

impl<'a> AttemptReply<'a> {
    fn new(attempt: &'a Attempt) -> Self {
        Self {
            time: date(attempt.at),
            channel: attempt_channel(&attempt.channel),
            attempt_sid: &attempt.sid,
        }
    }
}

impl<'a> CheckReply<'a> {
    pub(super) fn new(simulator: &'a Simulator, checked: &Checked<'a>) -> Self {
        let shown = checked.verification;
        let transaction = shown.transaction.as_ref();
        let status = checked.status();
        Self {
            sid: &shown.sid,
            service_sid: &shown.service_sid,
            account_sid: &simulator.account_sid,
            to: shown.to.as_str(),
            channel: &shown.channel,
            valid: status == VerificationStatus::Approved,
            status,
            amount: transaction.map(|paid| paid.amount.as_str()),
            payee: transaction.map(|paid| paid.payee.as_str()),
            date_created: date(shown.created_at),
            date_updated: date(shown.updated_at),
            sna_attempts_error_codes: None,
        }
    }
}

/// Twilio writes some channels of an attempt in capitals and others not.
fn attempt_channel(channel: &Channel) -> &str {
    match channel {
        Channel::Sms => "SMS",
        Channel::Call => "CALL",
        Channel::Email => "EMAIL",
        other => other.as_str(),
    }
}
