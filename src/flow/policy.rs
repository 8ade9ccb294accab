//! The rules, with their defaults and reasons.

use std::{collections::BTreeSet, time::Duration};

use crate::{Code, Country, Error, LineType, PhoneNumber};

use super::{PhoneNotAllowed, Refusal};

/// The rules of an [`MfaFlow`](crate::MfaFlow).
///
/// | rule | value | reason |
/// |---|---|---|
/// | countries | asked for | sends to countries without customers are how fraud makes money |
/// | code length | 6 digits | NIST SP 800-63B rev 4 §3.1.3.2 asks for at least 6; Twilio's default |
/// | life of a challenge | 10 minutes from the first send | NIST §3.1.3.2; Twilio's codes live as long |
/// | wrong codes | 5 for a challenge | Twilio ends a verification after 5 (60202) |
/// | sends | 5 for a challenge, the first 4 followed by waits of 30, 40, 60 and 90 s | Twilio (60203), and its advice on retries |
/// | calls | 2 for a challenge, not before 60 s after a text message | a call costs more and can reach a mailbox |
/// | lines | no premium-rate, shared-cost, personal, pager, voicemail or company-wide numbers | they earn money for whoever owns them |
/// | lock | 10 wrong codes in a row lock the user for 15 minutes, 5 more for 1 hour, every 5 more for 24 hours, 100 until [`MfaFlow::unlock`](crate::MfaFlow::unlock) | NIST §3.2.2 |
///
/// ```
/// use verify_mfa::{Country, flow::{Countries, Policy}};
///
/// let policy = Policy::new(Countries::only([Country::US, Country::KE]));
/// ```
#[derive(Debug, Clone)]
pub struct Policy {
    countries: Countries,
    code_length: usize,
}

/// Where phones may be enrolled. It has to be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Countries(Option<BTreeSet<Country>>);

impl Countries {
    /// These countries and no others. An empty list refuses every phone.
    pub fn only(countries: impl IntoIterator<Item = Country>) -> Self {
        Self(Some(countries.into_iter().collect()))
    }

    /// Every country, and numbers that belong to none. Limit the countries at Twilio then.
    pub fn any() -> Self {
        Self(None)
    }

    fn allow(&self, country: Option<Country>) -> bool {
        self.0.as_ref().is_none_or(|allowed| country.is_some_and(|own| allowed.contains(&own)))
    }
}

impl Policy {
    /// The default rules for these countries.
    pub fn new(countries: Countries) -> Self {
        Self { countries, code_length: 6 }
    }

    /// How many digits the codes of the Verify service have. Codes of another length are refused
    /// without asking Twilio. Default: 6.
    ///
    /// # Errors
    /// [`Error::Configuration`] for other numbers than 6 to 10: shorter codes are guessed too easily
    /// (NIST SP 800-63B rev 4 §3.1.3.2), and Twilio has no longer ones.
    pub fn code_length(mut self, digits: usize) -> Result<Self, Error> {
        if !(6..=10).contains(&digits) {
            return Err(Error::configuration("the codes of a second factor have 6 to 10 digits"));
        }
        self.code_length = digits;
        Ok(self)
    }

    /// A code of the right length, or the refusal that says so.
    pub(super) fn parse_code(&self, text: &str) -> Result<Code, Refusal> {
        let digits = self.code_length;
        let code = Code::parse(text).ok().filter(|code| code.expose_secret().len() == digits);
        code.ok_or(Refusal::MalformedCode { digits })
    }

    /// Whether this phone may become a second factor.
    pub(super) fn check_phone(&self, phone: &PhoneNumber) -> Result<(), PhoneNotAllowed> {
        if matches!(
            phone.line_type(),
            LineType::PremiumRate
                | LineType::SharedCost
                | LineType::PersonalNumber
                | LineType::Pager
                | LineType::Voicemail
                | LineType::Uan
        ) {
            return Err(PhoneNotAllowed::LineType);
        }
        if self.countries.allow(phone.country()) { Ok(()) } else { Err(PhoneNotAllowed::Country) }
    }
}

pub(super) const LIFETIME: Duration = Duration::from_secs(600);
pub(super) const MAXIMUM_CHECKS: u32 = 5;
pub(super) const MAXIMUM_SENDS: u32 = 5;
pub(super) const MAXIMUM_CALLS: u32 = 2;
pub(super) const CALL_WAIT: Duration = Duration::from_secs(60);

/// How long to wait after the `sends`-th send.
pub(super) fn send_wait(sends: u32) -> Duration {
    Duration::from_secs(match sends {
        0 | 1 => 30,
        2 => 40,
        3 => 60,
        4 => 90,
        _ => 120,
    })
}

/// How long the user is locked by the `failures`-th wrong code in a row: `None` for not at all.
pub(super) fn cool_down(failures: u32) -> Option<Lock> {
    match failures {
        HARD_LOCK.. => Some(Lock::Hard),
        10 => Some(Lock::For(Duration::from_secs(15 * 60))),
        15 => Some(Lock::For(Duration::from_secs(60 * 60))),
        20.. if failures.is_multiple_of(5) => Some(Lock::For(Duration::from_secs(24 * 60 * 60))),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    For(Duration),
    Hard,
}

const HARD_LOCK: u32 = 100;
