//! Stores that remember what they were asked, and fail when they are told to.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use verify_mfa::{
    BoxError, MfaFlow, PhoneNumber, UserId,
    flow::{Policy, StateKey},
    sandbox::Sandbox,
    store::{
        Increment, Loaded, MemoryState, MemoryUsers, PhoneUpdate, SecurityStamp, StateStore, Swap,
        UserFactors, UserStore, Version,
    },
};

use crate::support::World;

/// Both stores of a flow. Clones share everything but the clock's error.
#[derive(Clone)]
pub(crate) struct Spy {
    state: MemoryState,
    users: MemoryUsers,
    log: Arc<Mutex<Log>>,
    /// By how much this node's clock is wrong, in seconds.
    pub(crate) skew: i64,
}

/// An operation of a store.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) operation: &'static str,
    pub(crate) key: String,
    pub(crate) bytes: Vec<u8>,
}

type Hook = Box<dyn Fn() + Send>;

#[derive(Default)]
struct Log {
    asked: Vec<Asked>,
    healthy: Option<usize>,
    failing_key: Option<&'static str>,
    before: Option<(&'static str, Hook)>,
}

impl Spy {
    /// A world on these stores.
    pub(crate) fn world(sandbox: Sandbox, policy: Policy) -> (World, Self) {
        let mut world = World::on(sandbox, policy.clone());
        let state = MemoryState::with_clock(world.sandbox.clock());
        let log = Arc::default();
        let spy = Self { state, users: world.users.clone(), log, skew: 0 };
        world.mfa = spy.node(&world, policy);
        (world, spy)
    }

    /// One more process of the application.
    pub(crate) fn node(&self, world: &World, policy: Policy) -> MfaFlow {
        let flow = MfaFlow::new(world.sandbox.service(), self.clone(), policy);
        flow.with_state(self.clone(), StateKey::new(*b"a key of 32 bytes for the tests!").unwrap())
    }

    /// After `operations` more, one fails.
    pub(crate) fn fail_after(&self, operations: usize) {
        self.log.lock().unwrap().healthy = Some(operations);
    }

    /// Whether the failure is still to come. It does not come any more.
    pub(crate) fn recover(&self) -> bool {
        self.log.lock().unwrap().healthy.take().is_some()
    }

    /// Whatever concerns keys with this beginning fails.
    pub(crate) fn fail_for(&self, key: &'static str) {
        self.log.lock().unwrap().failing_key = Some(key);
    }

    /// Does something, once, before a record with this text is saved.
    pub(crate) fn before_save(&self, text: &'static str, hook: impl Fn() + Send + 'static) {
        self.log.lock().unwrap().before = Some((text, Box::new(hook)));
    }

    /// What was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.log.lock().unwrap().asked)
    }

    fn note(&self, operation: &'static str, key: &str, bytes: &[u8]) -> Result<(), BoxError> {
        let mut log = self.log.lock().unwrap();
        log.asked.push(Asked { operation, key: key.into(), bytes: bytes.into() });
        let text = String::from_utf8_lossy(bytes);
        if let Some((_, hook)) = log.before.take_if(|(wanted, _)| text.contains(*wanted)) {
            hook();
        }
        if log.healthy == Some(0) || log.failing_key.is_some_and(|wanted| key.starts_with(wanted)) {
            log.healthy = None;
            return Err("the store is down".into());
        }
        log.healthy = log.healthy.map(|operations| operations - 1);
        Ok(())
    }
}

#[async_trait::async_trait]
impl StateStore for Spy {
    async fn load(&self, key: &str) -> Result<Loaded, BoxError> {
        self.note("load", key, &[])?;
        let Loaded { record, now } = self.state.load(key).await?;
        let wrong = Duration::from_secs(self.skew.unsigned_abs());
        let now = if self.skew < 0 { now - wrong } else { now + wrong };
        Ok(Loaded { record, now })
    }

    async fn save(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Option<Version>,
        time_to_live: Duration,
    ) -> Result<Swap, BoxError> {
        self.note("save", key, bytes)?;
        self.state.save(key, bytes, expected, time_to_live).await
    }

    async fn delete(&self, key: &str) -> Result<(), BoxError> {
        self.note("delete", key, &[])?;
        self.state.delete(key).await
    }

    async fn increment(
        &self,
        key: &str,
        by: u32,
        window: Duration,
        limit: u32,
    ) -> Result<Increment, BoxError> {
        self.note("increment", key, &[])?;
        self.state.increment(key, by, window, limit).await
    }
}

#[async_trait::async_trait]
impl UserStore for Spy {
    async fn load(&self, user: &UserId) -> Result<Option<UserFactors>, BoxError> {
        self.note("load user", user.as_str(), &[])?;
        self.users.load(user).await
    }

    async fn save_phone(
        &self,
        user: &UserId,
        phone: Option<&PhoneNumber>,
        expected: &SecurityStamp,
        next: &SecurityStamp,
    ) -> Result<PhoneUpdate, BoxError> {
        self.note("save phone", user.as_str(), &[])?;
        self.users.save_phone(user, phone, expected, next).await
    }
}
