//! Looking without changing anything.

use std::time::SystemTime;

use crate::{Error, UserId};

use super::{Challenge, ChallengeId, MfaFlow, Refusal, Session};

/// How two-factor login stands for a user. See [`MfaFlow::status`](crate::MfaFlow::status).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The phone with all but its last digits hidden; `None` when two-factor login is off.
    pub masked_phone: Option<String>,
    /// Why no code can be asked for or tried, if the user is locked.
    pub locked: Option<Refusal>,
    /// The state store's time.
    pub now: SystemTime,
}

impl MfaFlow {
    /// How two-factor login stands for a user, for a profile page or support staff. Sends nothing.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be found out, also when there is no such user.
    pub async fn status(&self, user: &UserId) -> Result<Status, Error> {
        let phone = self.factors(user).await?.phone;
        let (record, now) = self.load(&self.record_key(user)?, None).await?;
        let locked = record.and_then(|(record, _)| record.check_lock(now).err());
        Ok(Status { masked_phone: phone.map(|phone| phone.masked()), locked, now })
    }

    /// The challenge as the code page needs it, to show that page again; `None` when it is over or
    /// not this session's. Sends nothing.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be found out.
    pub async fn pending(
        &self,
        id: &ChallengeId,
        session: &Session,
    ) -> Result<Option<Challenge>, Error> {
        let (record, now) = self.load(id.record_key(), None).await?;
        let own = record.and_then(|(record, _)| record.find(id, session).ok().cloned());
        let live = own.and_then(|own| own.live(now).ok());
        let Some(own) = live else { return Ok(None) };
        let phone = self.key()?.open(&own.phone)?;
        Ok(Some(self.view(id.clone(), &own, &phone)))
    }
}
