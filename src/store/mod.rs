//! The two contracts that keep things: [`UserStore`], which the application writes over its users
//! table, and [`StateStore`], which an engine such as [`MemoryState`] gives.

use std::{
    borrow::Cow,
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{BoxError, PhoneNumber, UserId, random::Hexadecimal};

#[cfg(feature = "conformance")]
#[cfg_attr(docsrs, doc(cfg(feature = "conformance")))]
pub mod conformance;
mod memory;
mod memory_users;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(all(feature = "users-sql", any(feature = "sqlite", feature = "postgres")))]
mod users_sql;

/// The driver of [`RedisState`], so that its version is the same as ours.
#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use ::redis as redis_driver;
pub use memory::MemoryState;
pub use memory_users::MemoryUsers;
#[cfg(feature = "postgres")]
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
pub use postgres::PostgresState;
#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use redis::RedisState;
#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use sqlite::SqliteState;
/// The driver, to make a pool with.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "sqlite", feature = "postgres"))))]
pub use sqlx;
#[cfg(all(feature = "users-sql", any(feature = "sqlite", feature = "postgres")))]
#[cfg_attr(docsrs, doc(cfg(feature = "users-sql")))]
pub use users_sql::{PhoneKey, SqlUsers};

/// The application's users: ten lines over any users table.
///
/// # Contract
/// - An error is an error. It is never "no such user" and never "no phone": either would let people
///   in without their second factor.
/// - [`save_phone`](Self::save_phone) is one conditional write.
/// - The application gives the stamp another value whenever the password changes, the user logs
///   out everywhere or is suspended, and when support changes the phone. A challenge that began
///   under another stamp ends.
///
/// The feature `conformance` tests all of it: `user_store_conformance!`, in `store::conformance`.
///
/// Over `sqlx`, with the columns `verification_phone`, which may be null, and `security_stamp`:
/// ```
/// use verify_mfa::{BoxError, PhoneNumber, UserId};
/// use verify_mfa::store::{PhoneUpdate, SecurityStamp, UserFactors, UserStore};
///
/// struct Users(sqlx::SqlitePool);
///
/// #[async_trait::async_trait]
/// impl UserStore for Users {
///     async fn load(&self, user: &UserId) -> Result<Option<UserFactors>, BoxError> {
///         let load = "SELECT verification_phone, security_stamp FROM users WHERE id = $1";
///         let load = sqlx::query_as::<_, (Option<String>, String)>(load).bind(user.as_str());
///         let Some((phone, stamp)) = load.fetch_optional(&self.0).await? else { return Ok(None) };
///         let phone = phone.as_deref().map(PhoneNumber::from_e164).transpose()?;
///         Ok(Some(UserFactors { phone, stamp: SecurityStamp::new(stamp) }))
///     }
///
///     async fn save_phone(
///         &self,
///         user: &UserId,
///         phone: Option<&PhoneNumber>,
///         expected: &SecurityStamp,
///         next: &SecurityStamp,
///     ) -> Result<PhoneUpdate, BoxError> {
///         let save = "UPDATE users SET verification_phone = $2, security_stamp = $4
///                     WHERE id = $1 AND security_stamp = $3";
///         let save = sqlx::query(save).bind(user.as_str()).bind(phone.map(PhoneNumber::as_str));
///         let save = save.bind(expected.as_str()).bind(next.as_str()).execute(&self.0).await?;
///         Ok(if save.rows_affected() == 1 { PhoneUpdate::Saved } else { PhoneUpdate::Stale })
///     }
/// }
/// ```
///
/// Without a users table to add columns to, take `SqlUsers` of the feature `users-sql`.
#[async_trait]
pub trait UserStore: Send + Sync + 'static {
    /// The user's factors, or `None` when there is no such user.
    async fn load(&self, user: &UserId) -> Result<Option<UserFactors>, BoxError>;

    /// Sets the verification phone, or removes it, and the next stamp, if the stamp is still
    /// `expected`.
    async fn save_phone(
        &self,
        user: &UserId,
        phone: Option<&PhoneNumber>,
        expected: &SecurityStamp,
        next: &SecurityStamp,
    ) -> Result<PhoneUpdate, BoxError>;
}

/// What the application keeps of a user's second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFactors {
    /// The verification phone, if two-factor login is on.
    pub phone: Option<PhoneNumber>,
    /// The current stamp.
    pub stamp: SecurityStamp,
}

/// Opaque text that changes whenever earlier logins and challenges of the user must no longer
/// count. A session that keeps it can be compared with the user's current one.
#[derive(Clone, PartialEq, Eq)]
pub struct SecurityStamp(Arc<str>);

impl SecurityStamp {
    /// The stamp as the application's store has it; it may be empty.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().into())
    }

    /// A new stamp of 128 random bits.
    ///
    /// # Errors
    /// [`Error::Configuration`](crate::Error::Configuration) when the operating system has no
    /// randomness to give.
    pub fn random() -> Result<Self, crate::Error> {
        Hexadecimal::random().map(|text| Self::new(&*text))
    }

    /// The stamp as text, to store and to compare.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for SecurityStamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SecurityStamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        Text::deserialize(deserializer).map(|Text(text)| Self::new(text))
    }
}

impl fmt::Debug for SecurityStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityStamp([redacted])")
    }
}

/// What became of [`UserStore::save_phone`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "Stale means that nothing was saved"]
pub enum PhoneUpdate {
    /// The phone and the next stamp are stored.
    Saved,
    /// The user's stamp was another one, or there is no such user. Nothing changed.
    Stale,
}

/// Where pending challenges and counters live.
///
/// # Contract
/// - Every operation touches one key and is atomic.
/// - [`save`](Self::save) is a compare-and-swap: of any number of simultaneous saves that expect the
///   same version, one is stored. Creating expects no version.
/// - A version never comes back, not even after the record was deleted or expired.
/// - An expired record is no record.
/// - [`increment`](Self::increment) never lets a counter pass its limit; a refused increment does
///   not count.
/// - An error is an error, never an absent record.
/// - The time that [`load`](Self::load) gives is the time of every decision. Engines on a server
///   take it from the server, so that a node with a wrong clock changes nothing.
/// - Clones share their contents.
///
/// The feature `conformance` tests all of it: `state_store_conformance!`, in `store::conformance`.
#[async_trait]
pub trait StateStore: Send + Sync + 'static {
    /// The record under `key`, if there is one, and the store's time.
    async fn load(&self, key: &str) -> Result<Loaded, BoxError>;

    /// Replaces the record under `key`, if its version is still `expected`, for `time_to_live` from
    /// now.
    async fn save(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Option<Version>,
        time_to_live: Duration,
    ) -> Result<Swap, BoxError>;

    /// Removes the record under `key`, if there is one.
    async fn delete(&self, key: &str) -> Result<(), BoxError>;

    /// Adds `by` to the counter under `key`, unless that would pass `limit`. The counter begins at 0
    /// with its first increment and again `window` after that.
    async fn increment(
        &self,
        key: &str,
        by: u32,
        window: Duration,
        limit: u32,
    ) -> Result<Increment, BoxError>;
}

/// What [`StateStore::load`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The record, unless there is none or it has expired.
    pub record: Option<Record>,
    /// The store's time.
    pub now: SystemTime,
}

/// A stored record. `Debug` hides its contents.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// The contents.
    pub bytes: Vec<u8>,
    /// What the next [`StateStore::save`] has to expect.
    pub version: Version,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Which state of a record is meant. Engines choose the numbers; each is used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version(pub u64);

/// What became of [`StateStore::save`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "Stale means that nothing was saved"]
pub enum Swap {
    /// Stored, under this version.
    Stored(Version),
    /// Somebody else was first. Nothing changed.
    Stale,
}

/// What became of [`StateStore::increment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "an increment may be refused"]
pub struct Increment {
    /// Whether it was counted.
    pub allowed: bool,
    /// The counter afterwards.
    pub count: u32,
    /// When the counter begins at 0 again.
    pub resets_at: SystemTime,
}
