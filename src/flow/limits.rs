//! Reserving a send with the counters that span users, before it is made.

use std::{net::IpAddr, time::SystemTime};

use async_trait::async_trait;

use crate::{BoxError, Channel, Country, Error, PhoneNumber, UserId, random::Hexadecimal};

use super::{
    EventKind, Limit, MfaFlow, PhoneNotAllowed, Refusal,
    emit::Subject,
    record::units,
    state::{Stop, store_error},
};

/// Looks at a phone before a code is sent to it: for a recent change of SIM card or carrier, for
/// instance (NIST SP 800-63B rev 4 §3.1.3.3). See [`MfaFlow::with_risk`](crate::MfaFlow::with_risk).
#[async_trait]
pub trait RiskAssessment: Send + Sync + 'static {
    /// Whether the code may be sent. An error means that this could not be found out: nothing is
    /// sent.
    async fn assess(&self, send: &PlannedSend) -> Result<Risk, BoxError>;
}

/// A code that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedSend {
    /// For whom.
    pub user: UserId,
    /// To which phone.
    pub phone: PhoneNumber,
    /// How.
    pub channel: Channel,
    /// Whether the phone is the user's second factor already, rather than about to become it.
    pub enrolled: bool,
}

/// What a [`RiskAssessment`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    /// Send the code.
    Acceptable,
    /// Do not send it: the verb answers [`PhoneNotAllowed::Risk`].
    TooHigh,
}

/// Where a send comes from and goes to, and when.
#[derive(Clone, Copy)]
pub(super) struct Origin {
    pub(super) caller: Option<IpAddr>,
    pub(super) country: Option<Country>,
    pub(super) now: SystemTime,
}

impl MfaFlow {
    /// The same flow with somebody who looks at each phone before a code is sent to it.
    #[must_use]
    pub fn with_risk(self, risk: impl RiskAssessment) -> Self {
        self.with(|parts| parts.risk = Some(std::sync::Arc::new(risk)))
    }

    /// One counter after the other, those that refuse most often first. A refusal leaves the earlier
    /// ones spent; a failure refuses.
    pub(super) async fn reserve_send(
        &self,
        subject: &Subject,
        Origin { caller, country, now }: Origin,
    ) -> Result<(), Stop> {
        let (policy, challenge) = (&self.0.policy, &subject.challenge);
        let caller = caller.map(|caller| self.caller_hash(caller)).transpose()?;
        let phone = challenge.phone.hash();
        let country = country.map_or("none", Country::as_str);
        // Strangers who claim phones must not use up the logins of those who have one: they have
        // counters of their own for each phone, and half of what all share.
        let is_claim = challenge.purpose.is_claim();
        let scope = if is_claim { "claimed_phone" } else { "phone" };
        let claims = |name| is_claim.then_some(name);
        let counters = [
            ("caller", caller.as_deref(), &policy.per_caller, 1),
            (scope, Some(&*phone), &policy.per_phone, 1),
            ("country_claims", claims(country), &policy.per_country, 2),
            ("application_claims", claims("all"), &policy.in_all, 2),
            ("country", Some(country), &policy.per_country, 1),
            ("application", Some("all"), &policy.in_all, 1),
        ];
        let (by, mut key) = (units(&challenge.channel), String::with_capacity(TYPICAL_LENGTH));
        for (scope, name, limits, share) in counters {
            for limit in name.and(Some(limits)).into_iter().flatten() {
                let limit = Limit { count: limit.count.div_ceil(share), ..*limit };
                write_key(&mut key, ["sends", scope, name.unwrap_or_default()], limit);
                if let Some(until) = self.count(&key, by, limit).await? {
                    self.tell_of(EventKind::SendLimited, subject, now, Some(scope));
                    return Err(Refusal::SendLimitReached { until }.into());
                }
            }
        }
        Ok(())
    }

    /// When the counter lets `by` more through, if it does not now.
    async fn count(&self, key: &str, by: u32, limit: Limit) -> Result<Option<SystemTime>, Error> {
        let counted = self.0.state.increment(key, by, limit.window, limit.count).await;
        let counted = counted.map_err(store_error("count the sends"))?;
        Ok((!counted.allowed).then_some(counted.resets_at))
    }

    /// Whether the user gets a send back that Twilio refused: as often as the user may send. The
    /// counters that span users stay spent, and one user must not use them up for everybody.
    pub(super) async fn may_give_back(&self, subject: &Subject) -> bool {
        let (user, by) = (subject.id.record_key(), units(&subject.challenge.channel));
        for Limit { count, window } in &self.0.policy.per_user {
            let key = format!("refused:{user}:{}", window.as_secs());
            let counted = self.0.state.increment(&key, by, *window, *count).await;
            if !counted.is_ok_and(|counted| counted.allowed) {
                return false;
            }
        }
        true
    }

    pub(super) async fn assess_risk(&self, subject: &Subject) -> Result<(), Stop> {
        let Some(risk) = &self.0.risk else { return Ok(()) };
        let send = PlannedSend {
            user: subject.user.clone(),
            phone: subject.phone.clone(),
            channel: subject.challenge.channel.clone(),
            enrolled: !subject.challenge.purpose.is_claim(),
        };
        match risk.assess(&send).await.map_err(store_error("assess the risk of a send"))? {
            Risk::Acceptable => Ok(()),
            Risk::TooHigh => Err(Refusal::PhoneNotAllowed { reason: PhoneNotAllowed::Risk }.into()),
        }
    }

    fn caller_hash(&self, caller: IpAddr) -> Result<Hexadecimal, Error> {
        let key = self.key()?;
        Ok(Hexadecimal::new(match caller {
            IpAddr::V4(address) => key.hash("caller:", &address.octets()),
            IpAddr::V6(address) => key.hash("caller:", &address.octets()),
        }))
    }
}

/// Makes `key` what a counter is kept under: names, and the seconds of its window.
fn write_key(key: &mut String, names: [&str; 3], limit: Limit) {
    key.clear();
    for name in names {
        key.push_str(name);
        key.push(':');
    }
    push_seconds(key, limit.window.as_secs());
}

/// Five digits, as a window takes a day at most. It is what `write!` does with ten times the work.
fn push_seconds(text: &mut String, seconds: u64) {
    let digit = |of: u64| b'0' + (seconds / of % 10) as u8;
    let digits = [10_000, 1_000, 100, 10, 1].map(digit);
    text.push_str(str::from_utf8(&digits).unwrap_or_default());
}

/// More than the names of a counter have.
const TYPICAL_LENGTH: usize = 64;
