//! The stores as one node sees them: everything passes the gates.

use std::{sync::Arc, time::Duration};

use verify_mfa::{
    BoxError, PhoneNumber, UserId,
    store::{
        Increment, Loaded, MemoryState, MemoryUsers, PhoneUpdate, SecurityStamp, StateStore, Swap,
        UserFactors, UserStore, Version,
    },
};

use crate::{
    chronicle::{Chronicle, Entry},
    gate::Gate,
};

pub(crate) struct NodeState {
    pub(crate) state: MemoryState,
    pub(crate) gate: Arc<Gate>,
}

#[async_trait::async_trait]
impl StateStore for NodeState {
    async fn load(&self, key: &str) -> Result<Loaded, BoxError> {
        self.gate.around(self.state.load(key)).await
    }

    async fn save(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Option<Version>,
        time_to_live: Duration,
    ) -> Result<Swap, BoxError> {
        self.gate.around(self.state.save(key, bytes, expected, time_to_live)).await
    }

    async fn delete(&self, key: &str) -> Result<(), BoxError> {
        self.gate.around(self.state.delete(key)).await
    }

    async fn increment(
        &self,
        key: &str,
        by: u32,
        window: Duration,
        limit: u32,
    ) -> Result<Increment, BoxError> {
        self.gate.around(self.state.increment(key, by, window, limit)).await
    }
}

pub(crate) struct NodeUsers {
    pub(crate) users: MemoryUsers,
    pub(crate) gate: Arc<Gate>,
    pub(crate) chronicle: Chronicle,
    /// Which verb it is that asks.
    pub(crate) call: usize,
}

#[async_trait::async_trait]
impl UserStore for NodeUsers {
    async fn load(&self, user: &UserId) -> Result<Option<UserFactors>, BoxError> {
        self.gate.around(self.users.load(user)).await
    }

    async fn save_phone(
        &self,
        user: &UserId,
        phone: Option<&PhoneNumber>,
        expected: &SecurityStamp,
        next: &SecurityStamp,
    ) -> Result<PhoneUpdate, BoxError> {
        let saving = async {
            let update = self.users.save_phone(user, phone, expected, next).await?;
            if update == PhoneUpdate::Saved {
                self.note(user, phone, next);
            }
            Ok(update)
        };
        let update = self.gate.around(saving).await?;
        self.chronicle.note(Entry::Told { call: self.call, saved: update == PhoneUpdate::Saved });
        Ok(update)
    }
}

impl NodeUsers {
    fn note(&self, user: &UserId, phone: Option<&PhoneNumber>, stamp: &SecurityStamp) {
        let phone = phone.map(|phone| phone.as_str().to_owned());
        self.chronicle.note(Entry::Saved { call: self.call, user: user.clone(), phone });
        self.chronicle.note(Entry::Stamped { user: user.clone(), stamp: stamp.clone() });
    }
}
