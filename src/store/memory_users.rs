//! Users in the memory of one process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::{PhoneUpdate, SecurityStamp, UserFactors, UserStore};
use crate::{BoxError, PhoneNumber, UserId};

/// A [`UserStore`] in memory, for tests and first programs. Clones share their contents; a restart
/// forgets everybody.
#[derive(Debug, Clone, Default)]
pub struct MemoryUsers(Arc<Mutex<HashMap<UserId, UserFactors>>>);

impl MemoryUsers {
    /// Adds a user without a phone, or resets the one there is.
    pub fn insert(&self, user: &UserId) {
        let factors = UserFactors { phone: None, stamp: SecurityStamp::new("") };
        self.users().insert(user.clone(), factors);
    }

    /// Gives the user another stamp, as a password change does. Nothing happens without such a user.
    pub fn change_stamp(&self, user: &UserId, stamp: SecurityStamp) {
        if let Some(factors) = self.users().get_mut(user) {
            factors.stamp = stamp;
        }
    }

    fn users(&self) -> MutexGuard<'_, HashMap<UserId, UserFactors>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl UserStore for MemoryUsers {
    async fn load(&self, user: &UserId) -> Result<Option<UserFactors>, BoxError> {
        Ok(self.users().get(user).cloned())
    }

    async fn save_phone(
        &self,
        user: &UserId,
        phone: Option<&PhoneNumber>,
        expected: &SecurityStamp,
        next: &SecurityStamp,
    ) -> Result<PhoneUpdate, BoxError> {
        match self.users().get_mut(user).filter(|factors| factors.stamp == *expected) {
            Some(factors) => {
                *factors = UserFactors { phone: phone.cloned(), stamp: next.clone() };
                Ok(PhoneUpdate::Saved)
            }
            None => Ok(PhoneUpdate::Stale),
        }
    }
}
