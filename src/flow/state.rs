//! Load, decide, save, again if somebody else was first.

use std::time::SystemTime;

use crate::{
    BoxError, Error, UserId,
    random::Hexadecimal,
    store::{Loaded, Swap, Version},
};

use super::{
    ChallengeId, MfaFlow, Refusal, StateKey, challenge::Denied, compact, record::UserRecord,
};

/// Why a verb stops early.
pub(super) enum Stop {
    Refused(Refusal),
    Failed(Error),
}

impl Stop {
    /// A refusal is an answer, a failure is not.
    pub(super) fn answer<T>(
        result: Result<T, Self>,
        refused: impl FnOnce(Refusal) -> T,
    ) -> Result<T, Error> {
        match result {
            Ok(answer) => Ok(answer),
            Err(Self::Refused(refusal)) => Ok(refused(refusal)),
            Err(Self::Failed(error)) => Err(error),
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Denied> for Stop {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refusal) => Self::Refused(refusal),
            Denied::Busy => Self::Failed(Error::Conflict),
        }
    }
}

impl<T: Into<Refusal>> From<T> for Stop {
    fn from(refusal: T) -> Self {
        Self::Refused(refusal.into())
    }
}

pub(super) fn store_error(operation: &'static str) -> impl FnOnce(BoxError) -> Error {
    move |source| Error::Store { operation, source }
}

/// A record as it was saved. When a later load finds the same version, it need not be read again.
pub(super) type Saved = Option<(UserRecord, Version)>;

impl MfaFlow {
    pub(super) fn key(&self) -> Result<&StateKey, Error> {
        let key = self.0.key.as_ref();
        key.ok_or_else(|| Error::configuration("there was no randomness for a state key"))
    }

    pub(super) fn record_key(&self, user: &UserId) -> Result<Hexadecimal, Error> {
        self.key().map(|key| key.record_key(user))
    }

    pub(super) async fn now(&self, user: &UserId) -> Result<SystemTime, Error> {
        Ok(self.load(&self.record_key(user)?, None).await?.1)
    }

    /// Changes the record of `user`, which is under `key` and begins empty.
    pub(super) async fn change_user<T>(
        &self,
        key: &str,
        user: &UserId,
        saved: &mut Saved,
        decide: impl FnMut(&mut UserRecord, SystemTime) -> Result<T, Stop> + Send,
    ) -> Result<T, Stop> {
        self.change(key, saved, || Ok(UserRecord::new(user)), decide).await
    }

    /// Changes the record that `id` points to; an id that points to none is unknown.
    pub(super) async fn change_challenge<T>(
        &self,
        id: &ChallengeId,
        saved: &mut Saved,
        decide: impl FnMut(&mut UserRecord, SystemTime) -> Result<T, Stop> + Send,
    ) -> Result<T, Stop> {
        self.change(id.record_key(), saved, || Err(super::Ended::Unknown.into()), decide).await
    }

    /// Changes the record that was saved at `now`, and loads it again only if somebody else has changed
    /// it: for what does not depend on the time.
    pub(super) async fn change_saved<T>(
        &self,
        id: &ChallengeId,
        saved: &mut Saved,
        now: SystemTime,
        mut decide: impl FnMut(&mut UserRecord, SystemTime) -> Result<T, Stop> + Send,
    ) -> Result<T, Stop> {
        if let Some((mut record, version)) = saved.take() {
            let decision = decide(&mut record, now)?;
            let version =
                self.save_and_tell(id.record_key(), &mut record, Some(version), now).await?;
            if let Some(version) = version {
                *saved = Some((record, version));
                return Ok(decision);
            }
        }
        self.change_challenge(id, saved, decide).await
    }

    async fn change<T>(
        &self,
        key: &str,
        saved: &mut Saved,
        absent: impl Fn() -> Result<UserRecord, Stop> + Send,
        mut decide: impl FnMut(&mut UserRecord, SystemTime) -> Result<T, Stop> + Send,
    ) -> Result<T, Stop> {
        for _ in 0..TRIES {
            let (record, now) = self.load(key, saved.take()).await?;
            let (mut record, version) = match record {
                Some((record, version)) => (record, Some(version)),
                None => (absent()?, None),
            };
            record.is_watched = self.is_watched();
            if record.tell_lock(now) {
                let version = self.save_and_tell(key, &mut record, version, now).await?;
                *saved = version.map(|version| (record, version));
                continue;
            }
            let decision = decide(&mut record, now)?;
            let version = self.save_and_tell(key, &mut record, version, now).await?;
            if let Some(version) = version {
                *saved = Some((record, version));
                return Ok(decision);
            }
        }
        Err(Error::Conflict.into())
    }

    pub(super) async fn load(&self, key: &str, saved: Saved) -> Result<(Saved, SystemTime), Error> {
        let loaded = self.0.state.load(key).await.map_err(store_error("load the challenge"))?;
        let Loaded { record, now } = loaded;
        // As precise as what is stored, so that a record is the same when it is read again.
        let now = compact::whole_milliseconds(now);
        let Some(record) = record else { return Ok((None, now)) };
        if saved.as_ref().is_some_and(|(_, version)| *version == record.version) {
            return Ok((saved, now));
        }
        let user =
            UserRecord::read(&record.bytes).map_err(store_error("read the challenge back"))?;
        Ok((Some((user, record.version)), now))
    }

    /// The record's new version, and nothing when somebody else was first.
    async fn save_and_tell(
        &self,
        key: &str,
        record: &mut UserRecord,
        version: Option<Version>,
        now: SystemTime,
    ) -> Result<Option<Version>, Error> {
        let saved = self.save(key, record, version).await?;
        if saved.is_some() {
            self.tell_all(record, key, now);
        }
        Ok(saved)
    }

    pub(super) async fn save(
        &self,
        key: &str,
        record: &UserRecord,
        version: Option<Version>,
    ) -> Result<Option<Version>, Error> {
        let bytes = record.write().map_err(store_error("write the challenge down"))?;
        let saved = self.0.state.save(key, &bytes, version, record.time_to_live()).await;
        match saved.map_err(store_error("save the challenge"))? {
            Swap::Stored(version) => Ok(Some(version)),
            Swap::Stale => Ok(None),
        }
    }
}

/// How often a decision is made again because another request was first.
const TRIES: u32 = 10;
