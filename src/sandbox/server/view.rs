//! Verifications and checks as Twilio shows them. Neither has a place for a code.

use serde::Serialize;

use super::{page::date, sna};
use crate::{
    sandbox::{
        simulator::Simulator,
        verify::{Attempt, Checked, Line, SnaError, Verification},
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
    sna: Option<SnaReply>,
    url: String,
}

/// An object without fields when nothing was looked up.
#[derive(Serialize)]
struct Lookup {
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<Carrier>,
}

#[derive(Serialize)]
struct Carrier {
    mobile_country_code: Option<&'static str>,
    mobile_network_code: Option<&'static str>,
    name: Option<&'static str>,
    #[serde(rename = "type")]
    line: Option<&'static str>,
    error_code: Option<&'static str>,
}

#[derive(Serialize)]
struct SnaReply {
    url: String,
}

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
    /// Empty unless the last channel was `sna`, as in the specification's examples; its prose says
    /// null.
    sna_attempts_error_codes: Vec<SnaErrorReply>,
}

#[derive(Serialize)]
struct SnaErrorReply {
    attempt_sid: VerificationAttemptSid,
    code: u32,
}

impl<'a> VerificationReply<'a> {
    pub(super) fn new(simulator: &'a Simulator, shown: &'a Verification) -> Self {
        let transaction = shown.transaction.as_ref();
        let approved = shown.status == VerificationStatus::Approved;
        Self {
            sid: &shown.sid,
            service_sid: &shown.service_sid,
            account_sid: &simulator.account_sid,
            to: shown.to.as_str(),
            channel: channel(simulator, shown),
            status: &shown.status,
            valid: approved && simulator.rules.behaviour.manual_approval_is_valid,
            lookup: Lookup { carrier: shown.line.map(Carrier::new) },
            amount: transaction.map(|paid| paid.amount.as_str()),
            payee: transaction.map(|paid| paid.payee.as_str()),
            send_code_attempts: shown.attempts.iter().map(AttemptReply::new).collect(),
            date_created: date(shown.created_at),
            date_updated: date(shown.updated_at),
            sna: shown
                .sna
                .as_ref()
                .filter(|_| shown.channel == Channel::Sna)
                .map(|sna| SnaReply { url: sna::url(simulator, shown, sna) }),
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
            channel: channel(simulator, shown),
            valid: status == VerificationStatus::Approved,
            status,
            amount: transaction.map(|paid| paid.amount.as_str()),
            payee: transaction.map(|paid| paid.payee.as_str()),
            date_created: date(shown.created_at),
            date_updated: date(shown.updated_at),
            sna_attempts_error_codes: shown
                .sna_errors()
                .into_iter()
                .flatten()
                .map(SnaErrorReply::from)
                .collect(),
        }
    }
}

impl From<SnaError> for SnaErrorReply {
    fn from(SnaError { attempt, code }: SnaError) -> Self {
        Self { attempt_sid: attempt, code }
    }
}

impl Carrier {
    /// The network is the one that the numbering of networks reserves for tests.
    fn new(line: Line) -> Self {
        let is_mobile = line == Line::Mobile;
        Self {
            mobile_country_code: is_mobile.then_some("001"),
            mobile_network_code: is_mobile.then_some("01"),
            name: (line != Line::Unknown).then_some("Sandbox"),
            line: match line {
                Line::Mobile => Some("mobile"),
                Line::Landline => Some("landline"),
                Line::Voip => Some("voip"),
                Line::Unknown => None,
            },
            error_code: None,
        }
    }
}

fn channel<'a>(simulator: &Simulator, shown: &'a Verification) -> &'a Channel {
    if shown.auto && simulator.rules.behaviour.show_auto_channel {
        return &Channel::Auto;
    }
    &shown.channel
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
