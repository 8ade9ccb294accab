//! A users table for applications that have none.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
#[cfg(feature = "postgres")]
use sqlx::PgPool;
#[cfg(feature = "sqlite")]
use sqlx::SqlitePool;
use sqlx::{Database, Encode, Executor, FromRow, IntoArguments, Pool, SqlStr, Type};

use super::{
    PhoneUpdate, SecurityStamp, UserFactors, UserStore,
    sql::{PREFIX, check_prefix, failed, statement},
};
use crate::{BoxError, Error, PhoneNumber, UserId};

mod phone_key;

pub use phone_key::PhoneKey;

/// A [`UserStore`] with a table of its own, for applications without a users table to add two columns
/// to. The phones in it are encrypted with the application's [`PhoneKey`]; a phone that does not open is
/// an error, never "no phone". Clones share their contents.
///
/// It works over SQLite with the feature `sqlite` and over PostgreSQL with the feature `postgres`; the
/// feature `users-sql` alone adds nothing.
///
#[cfg_attr(feature = "sqlite", doc = "```")]
#[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), verify_mfa::BoxError> {
/// # let key = *b"32 bytes, random in earnest only";
/// use verify_mfa::UserId;
/// use verify_mfa::store::{PhoneKey, SqlUsers, UserStore, sqlx::sqlite::SqlitePoolOptions};
///
/// let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
/// let users = SqlUsers::sqlite(pool, PhoneKey::new(key)?);
/// users.migrate().await?;
/// let ada = UserId::new("ada")?;
/// users.insert(&ada).await?;
/// assert!(users.load(&ada).await?.is_some_and(|factors| factors.phone.is_none()));
/// # Ok(())
/// # }
/// ```
///
/// # Table
/// To remove a user, delete the row. [`migrate`](Self::migrate) makes the table; to make it in the
/// application's own migrations instead, on SQLite:
///
/// ```sql
#[doc = include_str!("users_sql/sqlite.sql")]
/// ```
///
/// and on PostgreSQL:
///
/// ```sql
#[doc = include_str!("users_sql/postgres.sql")]
/// ```
#[derive(Clone)]
pub struct SqlUsers {
    table: Arc<dyn Table>,
    schema: &'static [&'static str],
    statements: Arc<Statements>,
    key: PhoneKey,
}

#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
impl SqlUsers {
    /// A store over the application's pool, with a table named `verify_mfa_users`.
    pub fn sqlite(pool: SqlitePool, key: PhoneKey) -> Self {
        Self::new(pool, &[include_str!("users_sql/sqlite.sql")], key)
    }
}

#[cfg(feature = "postgres")]
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
impl SqlUsers {
    /// A store over the application's pool, with a table named `verify_mfa_users`.
    pub fn postgres(pool: PgPool, key: PhoneKey) -> Self {
        Self::new(pool, &[super::sql::ONE_AT_A_TIME, include_str!("users_sql/postgres.sql")], key)
    }
}

impl SqlUsers {
    fn new(table: impl Table, schema: &'static [&'static str], key: PhoneKey) -> Self {
        let statements = Arc::new(Statements::new(schema, PREFIX));
        Self { table: Arc::new(table), schema, statements, key }
    }

    /// The same store with a table whose name begins with `prefix` instead of `verify_mfa_`.
    ///
    /// # Errors
    /// [`Error::Configuration`] unless it is 1 to 40 lower-case letters, digits and underscores that do
    /// not begin with a digit.
    pub fn table_prefix(self, prefix: &str) -> Result<Self, Error> {
        check_prefix(prefix)?;
        Ok(Self { statements: Arc::new(Statements::new(self.schema, prefix)), ..self })
    }

    /// Makes the table if it is not there yet. Call it at every start.
    ///
    /// # Errors
    /// [`Error::Store`] when the database refuses.
    pub async fn migrate(&self) -> Result<(), Error> {
        self.table.make(&self.statements.schema).await.map_err(failed("make the users table"))
    }

    /// Adds a user without a phone and with a random stamp. One that is there already stays as it is.
    ///
    /// # Errors
    /// [`Error::Store`] when the database fails, [`Error::Configuration`] without randomness.
    pub async fn insert(&self, user: &UserId) -> Result<(), Error> {
        let stamp = SecurityStamp::random()?;
        let (insert, values) = (&self.statements.insert, [user.as_str(), stamp.as_str()]);
        let inserted = self.table.run(insert, &values, None).await;
        inserted.map(|_| ()).map_err(failed("add the user"))
    }

    /// Gives the user another stamp, which ends the challenges that began under the one before and, in
    /// applications that compare it, the sessions. Call it when the password changes, and when the user
    /// logs out everywhere or is suspended.
    ///
    /// # Errors
    /// [`Error::Store`] when the database fails and when there is no such user,
    /// [`Error::Configuration`] without randomness.
    pub async fn change_stamp(&self, user: &UserId) -> Result<SecurityStamp, Error> {
        let stamp = SecurityStamp::random()?;
        let values = [user.as_str(), stamp.as_str()];
        let changed = self.table.run(&self.statements.change_stamp, &values, None).await;
        match changed.map_err(failed("change the stamp"))?.is_empty() {
            true => Err(failed("find the user")(sqlx::Error::RowNotFound)),
            false => Ok(stamp),
        }
    }
}

#[async_trait]
impl UserStore for SqlUsers {
    async fn load(&self, user: &UserId) -> Result<Option<UserFactors>, BoxError> {
        let rows = self.table.run(&self.statements.load, &[user.as_str()], None).await?;
        let Some((phone, stamp)) = rows.into_iter().next() else { return Ok(None) };
        let phone = phone.map(|sealed| self.key.open(&sealed, user)).transpose()?;
        Ok(Some(UserFactors { phone, stamp: SecurityStamp::new(stamp) }))
    }

    async fn save_phone(
        &self,
        user: &UserId,
        phone: Option<&PhoneNumber>,
        expected: &SecurityStamp,
        next: &SecurityStamp,
    ) -> Result<PhoneUpdate, BoxError> {
        let sealed = phone.map(|phone| self.key.seal(phone, user)).transpose()?;
        let Statements { set_phone, remove_phone, .. } = &*self.statements;
        let sql = if sealed.is_some() { set_phone } else { remove_phone };
        let values = [user.as_str(), next.as_str(), expected.as_str()];
        let saved = self.table.run(sql, &values, sealed.as_deref()).await?;
        Ok(if saved.is_empty() { PhoneUpdate::Stale } else { PhoneUpdate::Saved })
    }
}

impl fmt::Debug for SqlUsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlUsers").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The table, on any engine.
#[async_trait]
trait Table: Send + Sync + 'static {
    async fn make(&self, schema: &SqlStr) -> Result<(), sqlx::Error>;

    /// Runs a statement with `values` and, after them, the phone if there is one. Each gives the rows
    /// that it found or changed, and is read to its end, because until then it may still fail.
    async fn run(
        &self,
        sql: &SqlStr,
        values: &[&str],
        phone: Option<&[u8]>,
    ) -> Result<Vec<Row>, sqlx::Error>;
}

/// The phone as it is stored, and the stamp.
type Row = (Option<Vec<u8>>, String);

#[async_trait]
impl<D: Database> Table for Pool<D>
where
    D::Arguments: IntoArguments<D>,
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    for<'r> Row: FromRow<'r, D::Row>,
    for<'q> &'q str: Encode<'q, D> + Type<D>,
    for<'q> &'q [u8]: Encode<'q, D> + Type<D>,
{
    async fn make(&self, schema: &SqlStr) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(schema.clone()).execute(self).await.map(|_| ())
    }

    async fn run(
        &self,
        sql: &SqlStr,
        values: &[&str],
        phone: Option<&[u8]>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        let query = sqlx::query_as(sql.clone());
        let query = values.iter().fold(query, |query, value| query.bind(*value));
        let query = phone.into_iter().fold(query, sqlx::query::QueryAs::bind);
        query.fetch_all(self).await
    }
}

struct Statements {
    schema: SqlStr,
    insert: SqlStr,
    load: SqlStr,
    set_phone: SqlStr,
    remove_phone: SqlStr,
    change_stamp: SqlStr,
}

impl Statements {
    fn new(schema: &[&str], prefix: &str) -> Self {
        Self {
            schema: statement(&schema.concat(), prefix),
            insert: statement(
                "INSERT INTO verify_mfa_users (id, stamp) VALUES ($1, $2)
                 ON CONFLICT (id) DO NOTHING RETURNING phone, stamp",
                prefix,
            ),
            load: statement("SELECT phone, stamp FROM verify_mfa_users WHERE id = $1", prefix),
            set_phone: statement(
                "UPDATE verify_mfa_users SET phone = $4, stamp = $2 WHERE id = $1 AND stamp = $3
                 RETURNING phone, stamp",
                prefix,
            ),
            remove_phone: statement(
                "UPDATE verify_mfa_users SET phone = NULL, stamp = $2 WHERE id = $1 AND stamp = $3
                 RETURNING phone, stamp",
                prefix,
            ),
            change_stamp: statement(
                "UPDATE verify_mfa_users SET stamp = $2 WHERE id = $1 RETURNING phone, stamp",
                prefix,
            ),
        }
    }
}
