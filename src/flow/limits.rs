//! Reserving a send with the counters that span users, before it is made.

use std::{net::IpAddr, time::SystemTime};

use async_trait::async_trait;

use crate::{BoxError, Channel, Country, Error, PhoneNumber, UserId, random};

use super::{
    EventKind, Limit, MfaFlow, PhoneNotAllowed, Refusal, Session,
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
        session: &Session,
        now: SystemTime,
    ) -> Result<(), Stop> {
        let policy = &self.0.policy;
        let country = subject.phone.country().map_or("none", Country::as_str);
        let phone = subject.challenge.phone.hash();
        if let Some(caller) = session.caller {
            self.count("caller", &self.caller_hash(caller)?, &policy.per_caller, subject, now)
                .await?;
        }
        // Strangers who claim a phone must not use up the logins of its owner.
        let scope = if subject.challenge.purpose.is_claim() { "claimed_phone" } else { "phone" };
        self.count(scope, &phone, &policy.per_phone, subject, now).await?;
        self.count("country", country, &policy.per_country, subject, now).await?;
        self.count("application", "all", &policy.in_all, subject, now).await
    }

    async fn count(
        &self,
        scope: &'static str,
        name: &str,
        limits: &[Limit],
        subject: &Subject,
        now: SystemTime,
    ) -> Result<(), Stop> {
        let by = units(&subject.challenge.channel);
        for Limit { count, window } in limits {
            let key = format!("sends:{scope}:{name}:{}", window.as_secs());
            let counted = self.0.state.increment(&key, by, *window, *count).await;
            let counted = counted.map_err(store_error("count the sends"))?;
            if !counted.allowed {
                self.tell_of(EventKind::SendLimited, subject, now, Some(scope));
                return Err(Refusal::SendLimitReached { until: counted.resets_at }.into());
            }
        }
        Ok(())
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

    fn caller_hash(&self, caller: IpAddr) -> Result<String, Error> {
        let caller = caller.to_string();
        self.key().map(|key| random::encode(&key.hash("caller", caller.as_bytes())))
    }
}
