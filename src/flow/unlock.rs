//! What support staff can do for a user.

use crate::{Error, UserId, store::Record};

use super::{
    MfaFlow,
    record::UserRecord,
    state::{Stop, store_error},
};

impl MfaFlow {
    /// Lifts a lock and forgets the wrong codes, for support staff who know that it is the user.
    ///
    /// A record that cannot be read, which makes every other verb an [`Error::Store`], is replaced by an
    /// empty one.
    ///
    /// # Errors
    /// [`Error::Store`] when the record could not be changed.
    pub async fn unlock(&self, user: &UserId) -> Result<(), Error> {
        let key = self.record_key(user)?;
        self.replace_unreadable(&key, user).await?;
        let mut saved = None;
        let unlocked = self.change_user(&key, user, &mut saved, |record, _| {
            record.unlock();
            Ok(())
        });
        Stop::answer(unlocked.await, |_| ())
    }

    /// Such a record keeps its user out as a lock does, so it becomes one.
    async fn replace_unreadable(&self, key: &str, user: &UserId) -> Result<(), Error> {
        let loaded = self.0.state.load(key).await.map_err(store_error("load the challenge"))?;
        if let Some(Record { bytes, version }) = loaded.record
            && UserRecord::read(&bytes).is_err()
        {
            // When somebody else was first, it is readable now.
            self.save(key, &UserRecord::locked(user), Some(version)).await?;
        }
        Ok(())
    }
}
