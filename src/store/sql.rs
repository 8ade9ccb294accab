//! What the stores over SQL share.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use super::{Increment, Loaded, Record, Version};
use crate::{BoxError, Error, random};

mod sweeps;

pub(super) use sweeps::Sweeps;

/// What differs between the engines. In all statements `$1` is what `now` needs.
pub(super) struct Engine {
    pub(super) schema: &'static [&'static str],
    /// The time in milliseconds.
    pub(super) now: &'static str,
    /// Whether keys are numbers and the whole key is beside them: what is in brackets in the statements.
    pub(super) has_whole_keys: bool,
    /// Each removes some expired rows, or has looked at some that live.
    pub(super) sweeps: &'static [&'static str],
}

/// What a state store asks of its engine: each operation is one statement.
pub(super) struct Statements {
    pub(super) schema: SqlStr,
    pub(super) load: SqlStr,
    pub(super) create: SqlStr,
    pub(super) replace: SqlStr,
    pub(super) delete: SqlStr,
    pub(super) increment: SqlStr,
    pub(super) sweeps: Vec<SqlStr>,
}

impl Engine {
    fn own(&self, text: &str) -> String {
        let parts = text.split(['[', ']']).enumerate();
        let parts = parts.filter(|(at, _)| self.has_whole_keys || at.is_multiple_of(2));
        parts.map(|(_, part)| part).collect::<String>().replace("{now}", self.now)
    }
}

impl Statements {
    pub(super) fn new(engine: &Engine, prefix: &str) -> Self {
        let statement = |text: &str| statement(&engine.own(text), prefix);
        Self {
            schema: statement(&engine.schema.concat()),
            load: statement(LOAD),
            create: statement(CREATE),
            replace: statement(REPLACE),
            delete: statement(DELETE),
            increment: statement(INCREMENT),
            sweeps: engine.sweeps.iter().map(|sweep| statement(sweep)).collect(),
        }
    }

    /// What saves a record: `expected` is `$6` of the one that replaces, before the whole key.
    pub(super) fn save(&self, expected: Option<Version>) -> SqlStr {
        if expected.is_some() { self.replace.clone() } else { self.create.clone() }
    }
}

/// The prefix of all tables, as it stands in the statements of this crate.
pub(super) const PREFIX: &str = "verify_mfa_";

/// `text` over the tables with another prefix, which has been checked.
pub(super) fn statement(text: &str, prefix: &str) -> SqlStr {
    let sql: Arc<str> = text.replace(PREFIX, prefix).into();
    AssertSqlSafe(sql).into_sql_str()
}

/// Refuses what SQL would not read as (the beginning of) one name: 1 to 40 lower-case letters, digits
/// and underscores, no digit first. The longest name is then within the 63 bytes of PostgreSQL.
pub(super) fn check_prefix(prefix: &str) -> Result<(), Error> {
    let is_name = matches!(prefix.len(), 1..=40)
        && !prefix.starts_with(|first: char| first.is_ascii_digit())
        && prefix.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let problem = "a table prefix is 1 to 40 lower-case letters, digits and underscores, and does \
                   not begin with a digit";
    if is_name { Ok(()) } else { Err(Error::configuration(problem)) }
}

/// A new version: 63 random bits. A sequence could begin again after a backup was restored or a replica
/// took over.
pub(super) fn new_version() -> Result<Version, Error> {
    random::bytes().map(|bytes| Version(u64::from_le_bytes(bytes) >> 1))
}

pub(super) fn milliseconds(time: Duration) -> Result<i64, BoxError> {
    i64::try_from(time.as_millis()).map_err(|_| "the time is beyond the range of time".into())
}

fn time(milliseconds: i64) -> Result<SystemTime, BoxError> {
    let since = u64::try_from(milliseconds).map(Duration::from_millis)?;
    let time = SystemTime::UNIX_EPOCH.checked_add(since);
    time.ok_or_else(|| "the store gave a time beyond the range of time".into())
}

pub(super) type LoadedRow = (i64, Option<Vec<u8>>, Option<i64>);
pub(super) type CountedRow = (bool, i64, i64);

/// The answer of [`Statements::load`].
pub(super) fn loaded((now, bytes, version): LoadedRow) -> Result<Loaded, BoxError> {
    let version = version.map(|version| Version(version.cast_unsigned()));
    let record = bytes.zip(version).map(|(bytes, version)| Record { bytes, version });
    Ok(Loaded { record, now: time(now)? })
}

/// The answer of [`Statements::increment`].
pub(super) fn counted((allowed, count, resets_at): CountedRow) -> Result<Increment, BoxError> {
    Ok(Increment { allowed, count: u32::try_from(count)?, resets_at: time(resets_at)? })
}

pub(super) fn failed(operation: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
    move |error| Error::Store { operation, source: error.into() }
}

/// Before a schema of PostgreSQL, where `CREATE … IF NOT EXISTS` fails when two do it at once: one waits
/// for the other, by a number that nobody else has.
#[cfg(feature = "postgres")]
pub(super) const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock(5636194018273645091);\n";

const LOAD: &str = "
    SELECT clock.now, record.bytes, record.version
    FROM (SELECT {now} AS now) AS clock
    LEFT JOIN verify_mfa_records AS record
        ON record.key = $2 [AND record.whole_key = $3] AND record.expires_at > clock.now";

const CREATE: &str = "
    INSERT INTO verify_mfa_records AS record (key, bytes, version, expires_at[, sweep_at, whole_key])
    VALUES ($2, $3, $4, {now} + $5[, {now} + $5, $6])
    ON CONFLICT (key) DO UPDATE
    SET bytes = excluded.bytes, version = excluded.version, expires_at = excluded.expires_at
    WHERE record.expires_at <= {now} [AND record.whole_key = excluded.whole_key]
    RETURNING version";

const REPLACE: &str = "
    UPDATE verify_mfa_records SET bytes = $3, version = $4, expires_at = {now} + $5
    WHERE key = $2 [AND whole_key = $7] AND expires_at > {now} AND version = $6
    RETURNING version";

const DELETE: &str = "DELETE FROM verify_mfa_records WHERE key = $1 [AND whole_key = $2]";

// What is to be inserted (`excluded`) is a counter that begins with this increment. It takes the place
// of one whose window is over, and of one that has refused all so far.
const INCREMENT: &str = "
    INSERT INTO verify_mfa_counters AS counter (key, count, allowed, resets_at[, sweep_at, whole_key])
    VALUES ($2, CASE WHEN $3 <= $4 THEN $3 ELSE 0 END, $3 <= $4, {now} + $5[, {now} + $5, $6])
    ON CONFLICT (key) DO UPDATE SET
        count = CASE
            WHEN counter.count = 0 OR counter.resets_at <= {now} THEN excluded.count
            WHEN counter.count + $3 <= $4 THEN counter.count + $3
            ELSE counter.count
        END,
        allowed = CASE
            WHEN counter.count = 0 OR counter.resets_at <= {now} THEN excluded.allowed
            ELSE counter.count + $3 <= $4
        END,
        resets_at = CASE
            WHEN counter.count = 0 OR counter.resets_at <= {now} THEN excluded.resets_at
            ELSE counter.resets_at
        END
    [WHERE counter.whole_key = excluded.whole_key]
    RETURNING allowed, count, resets_at";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_the_beginning_of_one_name() {
        for prefix in ["m", "_", "mfa_", "mfa2", &"a".repeat(40)] {
            assert!(check_prefix(prefix).is_ok(), "{prefix}");
        }
        for prefix in ["", "2mfa", "MFA", "my.mfa", "a b", "a;", "\"", "a-", "é", &"a".repeat(41)]
        {
            assert!(check_prefix(prefix).is_err(), "{prefix}");
        }
    }
}
