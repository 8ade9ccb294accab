//! The sends of the last day, and the phones that they went to.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::Channel;

use super::{
    super::{
        Ended, Policy, Refusal,
        challenge::{PendingChallenge, Phase, later},
        compact,
        sealed_phone::SealedPhone,
    },
    UserRecord,
};

/// A phone that the user began to enroll in the last day and has not confirmed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Claim {
    phone: SealedPhone,
    #[serde(with = "compact::milliseconds")]
    pub(super) at: SystemTime,
}

impl UserRecord {
    /// Giving a challenge up, or letting it expire, is no way around the waits between its sends: they go
    /// on when the same session starts again for the same phone, until a code is approved. Another
    /// session need not wait, or whoever has the password could keep the user from logging in; what it
    /// sends has the limits of the user and the phone.
    pub(super) fn check_wait(
        &self,
        new: &PendingChallenge,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let series = self.challenges.iter().rev().filter(|own| own.is_alike(new));
        let series = series.take_while(|own| own.phase != Phase::Ended(Ended::AlreadyApproved));
        let sent = series.filter(|own| own.makes_wait(now));
        let sends = sent.clone().map(|own| own.sends).sum();
        match sent.map(|own| own.retry_at(&new.channel, sends, policy)).max() {
            Some(retry_at) if now < retry_at => Err(Refusal::ResendTooSoon { retry_at }),
            _ => Ok(()),
        }
    }

    /// A phone that was confirmed is no longer one of the unconfirmed ones.
    pub(in super::super) fn confirm(&mut self, phone: &SealedPhone) {
        self.claims.retain(|claim| claim.phone != *phone);
    }

    pub(super) fn reserve_phone(
        &mut self,
        new: &PendingChallenge,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let known = self.claims.iter().any(|claim| claim.phone == new.phone);
        if known || !new.purpose.is_claim() {
            return Ok(());
        }
        let times: Vec<_> = self.claims.iter().map(|claim| claim.at).collect();
        let waits = policy.new_phones.iter().filter_map(|limit| limit.wait(&times, 1, now));
        match waits.max() {
            Some(until) => Err(Refusal::SendLimitReached { until }),
            None => {
                self.claims.push(Claim { phone: new.phone.clone(), at: now });
                Ok(())
            }
        }
    }

    pub(super) fn reserve_send(
        &mut self,
        channel: &Channel,
        policy: &Policy,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let units = units(channel);
        let waits =
            policy.per_user.iter().filter_map(|limit| limit.wait(&self.sends, units as usize, now));
        if let Some(until) = waits.max() {
            return Err(Refusal::SendLimitReached { until });
        }
        self.sends.extend((0..units).map(|_| now));
        self.sends.sort_unstable();
        Ok(())
    }

    /// Gives back what a send reserved that never could happen. The phone only when there is no such
    /// phone: otherwise a user could go on to ever new strangers.
    pub(super) fn give_back(
        &mut self,
        refused: &PendingChallenge,
        refusal: &Refusal,
        policy: &Policy,
    ) {
        for _ in 0..units(&refused.channel) {
            if let Some(own) = self.sends.iter().position(|time| *time == refused.sent_at) {
                self.sends.remove(own);
            }
        }
        if *refusal == Refusal::InvalidPhone && refused.sends <= 1 {
            // An earlier challenge may have reserved the phone, and sent something to it.
            let began = |claim: &Claim| later(claim.at, policy.lifetime) == refused.expires_at;
            self.claims.retain(|claim| claim.phone != refused.phone || !began(claim));
        }
    }
}

/// What a send counts for in the limits: a call costs more.
pub(in super::super) fn units(channel: &Channel) -> u32 {
    if *channel == Channel::Call { 2 } else { 1 }
}
