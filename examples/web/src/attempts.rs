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
    pub(crate) async fn attempt_login(
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
    pub(crate) async fn attempt_confirmation(
        &self,
        user: &UserId,
        session: &[u8],
        now: SystemTime,
    ) -> Result<Counted, BoxError> {
        let (user, limit) = (user.as_str().as_bytes(), self.limits.per_session);
        self.count(&[Rule { of: [b"session", user, session], limit, window: HOUR }], now).await
    }

    pub(crate) async fn attempt_registration(
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
mod tests;
