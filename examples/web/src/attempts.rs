//! How often passwords can be tried.
//!
//! An attempt is counted before the password is checked, so that many at once are no more than many in
//! turn, and is taken back when the password was right. The limit for a name and a network is far below
//! the one for the name: no network alone keeps the owner of a name out.

use std::{
    net::IpAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sha2::{Digest, Sha256};
use sqlx::{Sqlite, SqlitePool, Transaction};
use verify_mfa::{BoxError, UserId, flow::Session};

use crate::config::Attempts;

#[derive(Clone)]
pub(crate) struct Counters {
    pool: SqlitePool,
    /// People type passwords where names belong: what is counted is kept as a keyed hash.
    key: [u8; 32],
    limits: Attempts,
}

/// What was counted, or when more attempts are possible.
pub(crate) type Counted = Result<Attempt, SystemTime>;

/// An attempt that counts as a failure.
pub(crate) struct Attempt {
    pool: SqlitePool,
    keys: Vec<Vec<u8>>,
}

/// At most so many in a window, of what the key is made of.
struct Rule<'a> {
    of: [&'a [u8]; 3],
    limit: u32,
    window: Duration,
}

impl Counters {
    pub(crate) fn new(pool: SqlitePool, key: [u8; 32], limits: Attempts) -> Self {
        Self { pool, key, limits }
    }

    /// An attempt at the password of `name` by somebody who is not logged in.
    pub(crate) async fn password(
        &self,
        caller: IpAddr,
        name: &str,
        now: SystemTime,
    ) -> Result<Counted, BoxError> {
        let (caller, name) = (network(caller), name.to_ascii_lowercase());
        let name = name.as_bytes();
        let Attempts { per_name_and_address, per_address, per_name, .. } = self.limits;
        let rules = [
            Rule { of: [b"both", name, &caller], limit: per_name_and_address, window: HOUR },
            Rule { of: [b"address", &caller, b""], limit: per_address, window: QUARTER },
            Rule { of: [b"name", name, b""], limit: per_name, window: HOUR },
        ];
        self.count(&rules, now).await
    }

    /// An attempt of whoever has the user's session. Strangers cannot use these up.
    pub(crate) async fn confirmation(
        &self,
        user: &UserId,
        session: &[u8],
        now: SystemTime,
    ) -> Result<Counted, BoxError> {
        let (user, limit) = (user.as_str().as_bytes(), self.limits.per_session);
        self.count(&[Rule { of: [b"session", user, session], limit, window: HOUR }], now).await
    }

    pub(crate) async fn registration(
        &self,
        caller: IpAddr,
        now: SystemTime,
    ) -> Result<Counted, BoxError> {
        let (caller, limit) = (network(caller), self.limits.registrations);
        self.count(&[Rule { of: [b"registration", &caller, b""], limit, window: HOUR }], now).await
    }

    /// All of the rules or, where one refuses, none.
    async fn count(&self, rules: &[Rule<'_>], now: SystemTime) -> Result<Counted, BoxError> {
        let (now, mut keys) = (milliseconds(now)?, Vec::new());
        let mut transaction = self.pool.begin().await?;
        for rule in rules {
            let key = self.hash(rule.of);
            if let Some(until) = increment(&mut transaction, &key, rule, now).await? {
                return Ok(Err(UNIX_EPOCH + Duration::from_millis(until.try_into()?)));
            }
            keys.push(key);
        }
        sqlx::query(SWEEP).bind(now).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Ok(Attempt { pool: self.pool.clone(), keys }))
    }

    fn hash(&self, of: [&[u8]; 3]) -> Vec<u8> {
        let hash = of.iter().fold(Sha256::new_with_prefix(self.key), |hash, text| {
            hash.chain_update(text.len().to_le_bytes()).chain_update(text)
        });
        hash.finalize().to_vec()
    }
}

impl Attempt {
    /// It was none of those that are limited.
    pub(crate) async fn take_back(self) -> Result<(), BoxError> {
        for key in self.keys {
            let back = "UPDATE attempts SET count = count - 1 WHERE key = $1 AND count > 0";
            sqlx::query(back).bind(key).execute(&self.pool).await?;
        }
        Ok(())
    }
}

/// Until when nothing more is counted, if nothing is.
async fn increment(
    transaction: &mut Transaction<'_, Sqlite>,
    key: &[u8],
    rule: &Rule<'_>,
    now: i64,
) -> Result<Option<i64>, BoxError> {
    let resets_at = now.saturating_add(rule.window.as_millis().try_into()?);
    let increment = sqlx::query(INCREMENT).bind(key.to_vec()).bind(now);
    let increment = increment.bind(resets_at).bind(i64::from(rule.limit));
    if increment.execute(&mut **transaction).await?.rows_affected() == 1 {
        return Ok(None);
    }
    let select = sqlx::query_scalar("SELECT resets_at FROM attempts WHERE key = $1");
    Ok(Some(select.bind(key.to_vec()).fetch_one(&mut **transaction).await?))
}

fn network(caller: IpAddr) -> Vec<u8> {
    Session::network(caller).to_string().into_bytes()
}

fn milliseconds(time: SystemTime) -> Result<i64, BoxError> {
    Ok(time.duration_since(UNIX_EPOCH)?.as_millis().try_into()?)
}

const QUARTER: Duration = Duration::from_secs(15 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const INCREMENT: &str = "INSERT INTO attempts (key, count, resets_at) VALUES ($1, 1, $3)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN resets_at <= $2 THEN 1 ELSE count + 1 END,
        resets_at = CASE WHEN resets_at <= $2 THEN $3 ELSE resets_at END
    WHERE resets_at <= $2 OR count < $4";
const SWEEP: &str = "DELETE FROM attempts WHERE key IN
    (SELECT key FROM attempts WHERE resets_at <= $1 LIMIT 100)";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;

    const LIMITS: Attempts = Attempts {
        per_name_and_address: 2,
        per_address: 4,
        per_name: 5,
        per_session: 2,
        registrations: 1,
    };

    struct World(Counters);

    impl World {
        async fn new() -> Self {
            let Database { pool, attempts_key, .. } = Database::open(None).await.unwrap();
            Self(Counters::new(pool, attempts_key, LIMITS))
        }

        async fn fails(&self, caller: &str, name: &str) -> Counted {
            self.0.password(caller.parse().unwrap(), name, UNIX_EPOCH).await.unwrap()
        }

        async fn keys(&self) -> Vec<Vec<u8>> {
            sqlx::query_scalar("SELECT key FROM attempts").fetch_all(&self.0.pool).await.unwrap()
        }
    }

    #[tokio::test]
    async fn a_network_alone_never_keeps_the_owner_of_a_name_out() {
        let world = World::new().await;
        for host in 1..100 {
            let _ = world.fails(&format!("2001:db8::{host}"), "ada").await;
        }
        assert!(world.fails("2001:db8::1", "ADA").await.is_err());
        assert!(world.fails("192.0.2.1", "ada").await.is_ok());
    }

    #[tokio::test]
    async fn many_networks_together_reach_the_limit_of_a_name() {
        let world = World::new().await;
        for host in 1..=5 {
            assert!(world.fails(&format!("192.0.2.{host}"), "ada").await.is_ok());
        }
        assert!(world.fails("192.0.2.6", "ada").await.is_err());
        assert!(world.fails("192.0.2.6", "bob").await.is_ok());
    }

    #[tokio::test]
    async fn what_one_rule_refuses_is_counted_by_none() {
        let world = World::new().await;
        for name in ["ada", "bob", "cyd", "dan", "eve", "eve", "eve"] {
            let _ = world.fails("192.0.2.1", name).await;
        }
        // For eve, the address was refused before the name was counted.
        for host in 2..=6 {
            assert!(world.fails(&format!("192.0.2.{host}"), "eve").await.is_ok(), "{host}");
        }
    }

    #[tokio::test]
    async fn only_failures_are_counted() {
        let world = World::new().await;
        for _ in 0..10 {
            let attempt = world.fails("192.0.2.1", "ada").await.unwrap_or_else(|_| panic!("no"));
            attempt.take_back().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_window_ends() {
        let world = World::new().await;
        let caller = "192.0.2.1".parse().unwrap();
        assert!(world.0.registration(caller, UNIX_EPOCH).await.unwrap().is_ok());
        let until = world.0.registration(caller, UNIX_EPOCH).await.unwrap().err();
        assert_eq!(until, Some(UNIX_EPOCH + HOUR));
        assert!(world.0.registration(caller, UNIX_EPOCH + HOUR).await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn sessions_of_a_user_are_counted_apart() {
        let world = World::new().await;
        let user = UserId::new("ada").unwrap();
        let confirms =
            async |session: &str| world.0.confirmation(&user, session.as_bytes(), UNIX_EPOCH).await;
        for _ in 0..2 {
            assert!(confirms("one").await.unwrap().is_ok());
        }
        assert!(confirms("one").await.unwrap().is_err());
        assert!(confirms("two").await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn neither_names_nor_addresses_are_written_down() {
        let world = World::new().await;
        assert!(world.fails("192.0.2.1", "my secret passphrase").await.is_ok());
        let keys = world.keys().await;
        assert_eq!(keys.len(), 3);
        assert!(keys.iter().all(|key| key.len() == 32));
    }
}
