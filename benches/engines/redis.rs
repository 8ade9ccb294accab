//! Redis, at `VERIFY_MFA_TEST_REDIS` or the local standard port.

use std::{env, ops::Range};

use verify_mfa::store::{
    RedisState,
    redis_driver::{self as redis, AsyncCommands, Client, Script, aio::MultiplexedConnection},
};

use crate::engine::{DAY, Engine, INCREMENT, LENGTH, LIFETIME, LOAD, key, text};

pub(crate) struct Redis {
    client: Client,
    connection: MultiplexedConnection,
    state: RedisState,
    load: Script,
    save: Script,
    increment: Script,
}

impl Redis {
    pub(crate) async fn start() -> Self {
        let address = env::var("VERIFY_MFA_TEST_REDIS");
        let address = address.as_deref().unwrap_or("redis://127.0.0.1:6379");
        let client = Client::open(address).unwrap();
        let connection = client.get_multiplexed_async_connection().await.unwrap();
        let state = RedisState::new(connection.clone()).prefix(PREFIX);
        let [load, save, increment] =
            [LOAD, SAVE, INCREMENT].map(|before| Script::new(&script(before)));
        let redis = Self { client, connection, state, load, save, increment };
        redis.clean_up().await;
        redis
    }
}

fn script(before: &str) -> String {
    let source = include_str!("../../src/store/redis.rs");
    text(source, "const TIME: &str = \"").to_owned() + text(source, before)
}

impl Engine for Redis {
    const NAME: &'static str = "Redis";
    type State = RedisState;

    fn state(&self) -> &RedisState {
        &self.state
    }

    /// In another database: keys with another prefix would be in the same table.
    async fn small_state(&self) -> RedisState {
        let mut connection = self.client.get_multiplexed_async_connection().await.unwrap();
        let _: () = redis::cmd("SELECT").arg(1).query_async(&mut connection).await.unwrap();
        RedisState::new(connection).prefix(PREFIX)
    }

    fn whole_key(&self, kind: char, key: &str) -> String {
        format!("{PREFIX}{kind}:{key}")
    }

    async fn load(&self, key: &str) -> Option<u64> {
        let mut connection = self.connection.clone();
        let load = self.load.key(key).arg(0).invoke_async(&mut connection).await;
        let (_, version, _): (u64, Option<u64>, Option<Vec<u8>>) = load.unwrap();
        version
    }

    async fn save(&self, key: &str, bytes: &[u8], version: u64, expected: u64) -> bool {
        let mut connection = self.connection.clone();
        let mut save = self.save.key(key);
        save.arg(0).arg(LIFETIME.as_micros() as u64).arg(expected).arg(version).arg(bytes);
        save.invoke_async(&mut connection).await.unwrap()
    }

    async fn increment(&self, key: &str) -> bool {
        let mut connection = self.connection.clone();
        let mut increment = self.increment.key(key);
        increment.arg(0).arg(LIFETIME.as_micros() as u64).arg(1).arg(u32::MAX);
        let (allowed, _, _): (bool, u32, u64) =
            increment.invoke_async(&mut connection).await.unwrap();
        allowed
    }

    async fn fill(&self, users: Range<u32>) {
        let (save, increment, day) = (script(SAVE), script(INCREMENT), DAY.as_micros() as u64);
        for begin in users.clone().step_by(500) {
            let mut pipe = redis::pipe();
            for user in begin..users.end.min(begin + 500) {
                let [record, counter] = ['r', 'c'].map(|kind| self.whole_key(kind, &key(user)));
                pipe.cmd("EVAL").arg(&save).arg(1).arg(record).arg(0).arg(day);
                pipe.arg("").arg(user + 1).arg(&[b'x'; LENGTH]).ignore();
                pipe.cmd("EVAL").arg(&increment).arg(1).arg(counter).arg(0).arg(day);
                pipe.arg(1).arg(u32::MAX).ignore();
            }
            pipe.exec_async(&mut self.connection.clone()).await.unwrap();
        }
    }

    async fn clean_up(&self) {
        let (mut connection, mut cursor) = (self.connection.clone(), 0);
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(format!("{PREFIX}*")).arg("COUNT").arg(1_000);
            let keys: Vec<String>;
            (cursor, keys) = scan.query_async(&mut connection).await.unwrap();
            if !keys.is_empty() {
                let _: u32 = connection.unlink(keys).await.unwrap();
            }
            if cursor == 0 {
                return;
            }
        }
    }
}

const PREFIX: &str = "verify-mfa-bench:";
const SAVE: &str = "const SAVE: &str = \"";
