//! Is this the code that was sent?

use std::time::SystemTime;

use serde::Deserialize;

use super::{VerificationId, optional, parameters::Parameters, time};
use crate::{
    AccountSid, Channel, Code, Destination, ServiceSid, TwilioError, VerificationAttemptSid,
    VerificationSid, VerificationStatus,
};

/// A check, for [`VerificationChecks::create`](super::VerificationChecks::create). Each uses one of
/// the five checks of the verification.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until it is created"]
pub struct CreateVerificationCheck(Parameters);

impl CreateVerificationCheck {
    /// A check of this verification. By SID is safer than by destination, which checks whatever is
    /// pending there.
    pub fn new(verification: impl Into<VerificationId>) -> Self {
        let mut parameters = Parameters::default();
        match verification.into() {
            VerificationId::Sid(sid) => parameters.set("VerificationSid", sid.as_str()),
            VerificationId::Destination(to) => parameters.set("To", to.as_str()),
        }
        Self(parameters)
    }

    /// The code that the person typed. Needed for every channel but silent network authentication.
    pub fn code(self, code: &Code) -> Self {
        self.set("Code", code.expose_secret())
    }

    /// The destination, next to the SID.
    pub fn to(self, to: impl Into<Destination>) -> Self {
        self.set("To", to.into().as_str())
    }

    /// The amount that the verification was started with.
    pub fn amount(self, amount: impl Into<String>) -> Self {
        self.set("Amount", amount)
    }

    /// The payee that the verification was started with.
    pub fn payee(self, payee: impl Into<String>) -> Self {
        self.set("Payee", payee)
    }

    /// The token that the device got from silent network authentication.
    pub fn sna_client_token(self, token: impl Into<String>) -> Self {
        self.set("SnaClientToken", token)
    }

    /// A parameter that this version does not know, by Twilio's name.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.set(name.into(), value);
        self
    }

    pub(super) fn parameters(&self) -> &Parameters {
        &self.0
    }

    fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.set(name, value);
        self
    }
}

/// What a check found. Only [`Approved`](Self::Approved) lets anyone in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "only Approved means that the code was right"]
#[non_exhaustive]
pub enum CheckOutcome {
    /// The code was right: Twilio said both `status: approved` and `valid: true`.
    Approved(VerificationCheck),
    /// The code was wrong (`status: pending`, or `max_attempts_reached` for the last one), or silent
    /// network authentication has no result yet.
    NotApproved(VerificationCheck),
    /// Neither approved nor wrong: another status, or two fields that contradict each other. Let the
    /// person start again.
    Inconclusive(VerificationCheck),
    /// 404 with code 20404. There is nothing to check: the verification was approved before, has
    /// expired, was canceled or used up, or never was; or there is no such service. Twilio does not
    /// say which. It is neither success nor a wrong code.
    NotFound(Box<TwilioError>),
    /// 429 with code 60202: the five checks are used up.
    TooManyChecks(Box<TwilioError>),
}

/// Twilio's answer to a check.
///
/// What Twilio leaves out is `None`. Source: Twilio, "Verification Check".
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct VerificationCheck {
    /// The verification that was checked; a check has no SID of its own.
    pub sid: VerificationSid,
    /// The service under which it runs.
    #[serde(default, deserialize_with = "optional::text")]
    pub service_sid: Option<ServiceSid>,
    /// The account that it belongs to.
    #[serde(default, deserialize_with = "optional::text")]
    pub account_sid: Option<AccountSid>,
    /// The destination that was verified.
    pub to: Destination,
    /// The channel of the latest send.
    pub channel: Option<Channel>,
    /// `approved`, or `pending` for a wrong code.
    pub status: VerificationStatus,
    /// Whether it is approved.
    pub valid: Option<bool>,
    /// The amount of a PSD2 transaction.
    pub amount: Option<String>,
    /// The payee of a PSD2 transaction.
    pub payee: Option<String>,
    /// What went wrong in silent network authentication, oldest first.
    pub sna_attempts_error_codes: Option<Vec<SnaAttemptErrorCode>>,
    /// When the verification was started.
    #[serde(default, deserialize_with = "time::optional")]
    pub date_created: Option<SystemTime>,
    /// When it last changed.
    #[serde(default, deserialize_with = "time::optional")]
    pub date_updated: Option<SystemTime>,
}

impl VerificationCheck {
    /// Both fields must say so.
    pub(super) fn outcome(self) -> CheckOutcome {
        use VerificationStatus::{Approved, MaxAttemptsReached, Pending};
        match (&self.status, self.valid) {
            (Approved, Some(true)) => CheckOutcome::Approved(self),
            (Pending | MaxAttemptsReached, None | Some(false)) => CheckOutcome::NotApproved(self),
            _ => CheckOutcome::Inconclusive(self),
        }
    }
}

/// Why an attempt of silent network authentication failed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SnaAttemptErrorCode {
    /// The attempt.
    #[serde(default, deserialize_with = "optional::text")]
    pub attempt_sid: Option<VerificationAttemptSid>,
    /// A Twilio code, such as 60519 for "no result yet".
    pub code: Option<u32>,
}
