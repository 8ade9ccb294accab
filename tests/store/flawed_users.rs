//! A small users table that can have one flaw, and fails on demand.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::task::yield_now;
use verify_mfa::{
    BoxError, PhoneNumber, UserId,
    store::{
        PhoneUpdate, SecurityStamp, UserFactors, UserStore,
        conformance::{Breakable, UserFixture},
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    IgnoresTheStamp,
    FoldsCase,
    SavesInTwoSteps,
    KeepsTheStamp,
    CannotRemove,
    MakesUsers,
    UpdatesAll,
    FailuresAreAbsence,
    FailuresAreStale,
}

pub(crate) struct Store {
    flaw: Flaw,
    users: Mutex<HashMap<UserId, UserFactors>>,
    broken: AtomicBool,
    /// Lets one at a time check and write, where there is no flaw.
    gate: tokio::sync::Mutex<()>,
}

impl Store {
    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn check(&self) -> Result<(), BoxError> {
        if self.broken.load(Ordering::Relaxed) { Err("the table is away".into()) } else { Ok(()) }
    }

    fn is_current(&self, factors: Option<&UserFactors>, expected: &SecurityStamp) -> bool {
        let [wanted, folded] = [expected.as_str().to_owned(), expected.as_str().to_lowercase()];
        match (factors.map(|factors| factors.stamp.as_str()), self.flaw) {
            (None, flaw) => flaw == Flaw::MakesUsers,
            (Some(_), Flaw::IgnoresTheStamp) => true,
            (Some(stamp), Flaw::FoldsCase) => stamp.to_lowercase() == folded,
            (Some(stamp), _) => stamp == wanted,
        }
    }

    fn put(&self, user: &UserId, phone: Option<&PhoneNumber>, next: &SecurityStamp) {
        let mut users = self.users.lock().unwrap();
        let before = users.get(user).cloned();
        let mut factors = UserFactors { phone: phone.cloned(), stamp: next.clone() };
        if let Some(before) = before {
            factors.stamp =
                if self.has(Flaw::KeepsTheStamp) { before.stamp } else { factors.stamp };
            let kept = before.phone.filter(|_| self.has(Flaw::CannotRemove));
            factors.phone = factors.phone.or(kept);
        }
        if self.has(Flaw::UpdatesAll) {
            users.values_mut().for_each(|other| *other = factors.clone());
        }
        users.insert(user.clone(), factors);
    }
}

#[async_trait::async_trait]
impl UserStore for Store {
    async fn load(&self, user: &UserId) -> Result<Option<UserFactors>, BoxError> {
        match self.check() {
            Err(_) if self.has(Flaw::FailuresAreAbsence) => Ok(None),
            Err(error) => Err(error),
            Ok(()) => Ok(self.users.lock().unwrap().get(user).cloned()),
        }
    }

    async fn save_phone(
        &self,
        user: &UserId,
        phone: Option<&PhoneNumber>,
        expected: &SecurityStamp,
        next: &SecurityStamp,
    ) -> Result<PhoneUpdate, BoxError> {
        if self.has(Flaw::FailuresAreStale) && self.check().is_err() {
            return Ok(PhoneUpdate::Stale);
        }
        self.check()?;
        let mut gate = Some(self.gate.lock().await);
        let factors = self.users.lock().unwrap().get(user).cloned();
        if !self.is_current(factors.as_ref(), expected) {
            return Ok(PhoneUpdate::Stale);
        }
        if self.has(Flaw::SavesInTwoSteps) {
            gate = None;
            yield_now().await;
        }
        self.put(user, phone, next);
        drop(gate);
        Ok(PhoneUpdate::Saved)
    }
}

pub(crate) struct Fixture(Arc<Store>);

impl Fixture {
    pub(crate) fn with(flaw: Flaw) -> Self {
        let users = Mutex::default();
        Self(Arc::new(Store {
            flaw,
            users,
            broken: AtomicBool::default(),
            gate: Default::default(),
        }))
    }
}

impl UserFixture for Fixture {
    type Store = Store;

    fn store(&self) -> Arc<Store> {
        Arc::clone(&self.0)
    }

    async fn add(&self, stamp: &SecurityStamp) -> UserId {
        let mut users = self.0.users.lock().unwrap();
        let user = UserId::from(users.len() as i64);
        users.insert(user.clone(), UserFactors { phone: None, stamp: stamp.clone() });
        user
    }

    fn nobody(&self) -> UserId {
        UserId::from(-1)
    }
}

impl Breakable for Fixture {
    async fn break_it(&self) {
        self.0.broken.store(true, Ordering::Relaxed);
    }

    async fn repair(&self) {
        self.0.broken.store(false, Ordering::Relaxed);
    }
}
