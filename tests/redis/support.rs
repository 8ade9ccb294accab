//! Stores of one test each, and what waits for something to become true.

use std::{
    env,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use verify_mfa::{
    BoxError,
    store::{
        Increment, RedisState, StateStore, Swap, Version,
        conformance::{Breakable, StateFixture},
        redis_driver::{
            Client, Cmd, FromRedisValue, RedisError,
            aio::{ConnectionManager, ConnectionManagerConfig},
            cmd,
        },
    },
};

use crate::proxy::{Proxy, Way};

pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

/// Keys of one test in the shared Redis, gone when it ends.
pub(crate) struct Keys {
    pub(crate) client: Client,
    pub(crate) prefix: String,
}

impl Keys {
    pub(crate) fn new() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let address = env::var("VERIFY_MFA_TEST_REDIS");
        let address = address.unwrap_or_else(|_| "redis://127.0.0.1:6379".into());
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("verify-mfa-test:{}:{number}:", std::process::id());
        Self { client: Client::open(address).expect("the address of a Redis"), prefix }
    }

    /// All keys there are, by asking the server.
    pub(crate) fn all(&self) -> Vec<String> {
        let mut connection = self.client.get_connection().expect("a Redis that answers");
        let mut scan = cmd("SCAN");
        scan.cursor_arg(0).arg("MATCH").arg(format!("{}*", self.prefix)).arg("COUNT").arg(10_000);
        let keys = scan.iter(&mut connection).expect("the keys");
        keys.map(|key| key.expect("a key")).collect()
    }

    /// What the server says to a command.
    pub(crate) fn ask<T: FromRedisValue>(&self, command: &mut Cmd) -> T {
        let mut connection = self.client.get_connection().expect("a Redis that answers");
        command.query(&mut connection).expect("an answer")
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        if let Ok(mut connection) = self.client.get_connection() {
            for key in self.all() {
                let _: Result<(), _> = cmd("DEL").arg(key).query(&mut connection);
            }
        }
    }
}

/// A store on the shared Redis.
pub(crate) struct Direct {
    pub(crate) store: RedisState,
    pub(crate) keys: Keys,
}

impl Direct {
    pub(crate) async fn new() -> Self {
        let keys = Keys::new();
        let connection = keys.client.get_multiplexed_async_connection().await;
        let store = RedisState::new(connection.expect("a Redis that answers")).prefix(&keys.prefix);
        Self { store, keys }
    }
}

impl StateFixture for Direct {
    type Store = RedisState;

    fn store(&self) -> &RedisState {
        &self.store
    }

    async fn advance(&self, by: Duration) {
        self.store.advance(by);
    }
}

/// A store on the shared Redis, behind a proxy.
pub(crate) struct ThroughProxy {
    pub(crate) store: RedisState,
    pub(crate) proxy: Proxy,
    _keys: Keys,
}

impl ThroughProxy {
    pub(crate) async fn new() -> Self {
        let keys = Keys::new();
        let proxy = Proxy::start(keys.client.get_connection_info().addr().to_string()).await;
        let info = keys.client.get_connection_info().clone().set_addr(proxy.address());
        let client = Client::open(info).expect("an address");
        let store = RedisState::new(manager(client).await).prefix(&keys.prefix);
        Self { store, proxy, _keys: keys }
    }
}

impl StateFixture for ThroughProxy {
    type Store = RedisState;

    fn store(&self) -> &RedisState {
        &self.store
    }

    async fn advance(&self, by: Duration) {
        self.store.advance(by);
    }
}

impl Breakable for ThroughProxy {
    async fn break_it(&self) {
        self.proxy.set(Way::Cut).await;
    }

    async fn repair(&self) {
        self.proxy.set(Way::Open).await;
        answers(&self.store).await;
    }
}

/// A connection that waits less than the default before it connects again, and for replies.
pub(crate) async fn manager(client: Client) -> ConnectionManager {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(1)
        .set_min_delay(Duration::from_millis(1))
        .set_response_timeout(Some(Duration::from_millis(250)));
    let manager = client.get_connection_manager_with_config(config).await;
    manager.expect("a Redis that answers")
}

/// Waits until the store answers.
pub(crate) async fn answers(store: &RedisState) {
    until("the store answers", || async { store.load("any").await.is_ok() }).await;
}

/// Waits until something is true, up to half a minute.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, is_true: impl Fn() -> F) {
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    for _ in 0..3_000 {
        if is_true().await {
            return;
        }
        ticks.tick().await;
    }
    panic!("not within half a minute: {what}");
}

pub(crate) async fn save(
    store: &RedisState,
    bytes: &[u8],
    expected: Option<Version>,
) -> Result<Swap, BoxError> {
    store.save("key", bytes, expected, HOUR).await
}

pub(crate) async fn create(store: &RedisState, bytes: &[u8]) -> Version {
    match save(store, bytes, None).await.expect("an answer") {
        Swap::Stored(version) => version,
        Swap::Stale => panic!("there is a record already"),
    }
}

/// The contents of the record.
pub(crate) async fn contents(store: &RedisState) -> Option<Vec<u8>> {
    store.load("key").await.expect("an answer").record.map(|record| record.bytes)
}

pub(crate) async fn count(store: &RedisState) -> Result<Increment, BoxError> {
    store.increment("key", 1, HOUR, u32::MAX).await
}

/// Counts one more, which has to make `expected`.
pub(crate) async fn counts(store: &RedisState, expected: u32) {
    let counted = count(store).await.expect("an answer");
    assert_eq!((counted.allowed, counted.count), (true, expected));
}

/// The driver's error, as the caller gets it.
#[track_caller]
pub(crate) fn driver_error<T: std::fmt::Debug>(answer: Result<T, BoxError>) -> RedisError {
    let error = answer.expect_err("an error");
    *error.downcast::<RedisError>().expect("the driver's error")
}
