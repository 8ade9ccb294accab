//! The users, in a SQLite file.

use std::path::Path;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use verify_mfa::{
    BoxError, PhoneNumber, UserId,
    store::{PhoneUpdate, SecurityStamp, UserFactors, UserStore},
};

use super::failure::Failure;

/// The table of users. Clones share their connections.
#[derive(Clone)]
pub(crate) struct Users {
    pub(crate) pool: SqlitePool,
}

impl Users {
    /// Opens the file, and makes it and the table if there is none.
    pub(crate) async fn open(path: &Path) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let pool = SqlitePool::connect_with(options).await.map_err(|error| {
            Failure::because(format!("The database {} does not open: {error}", path.display()))
        })?;
        sqlx::query(
            "CREATE TABLE IF NOT EXISTS users (
                 name TEXT NOT NULL UNIQUE,
                 password_hash TEXT NOT NULL,
                 verification_phone TEXT,
                 security_stamp TEXT NOT NULL
             ) STRICT",
        )
        .execute(&pool)
        .await?;
        Ok(Self { pool })
    }

    pub(crate) async fn password_hash(&self, user: &UserId) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT password_hash FROM users WHERE name = $1")
            .bind(user.as_str())
            .fetch_optional(&self.pool)
            .await
    }
}

/// All that the library asks of an application.
#[async_trait]
impl UserStore for Users {
    async fn load(&self, user: &UserId) -> Result<Option<UserFactors>, BoxError> {
        let row: Option<(Option<String>, String)> =
            sqlx::query_as("SELECT verification_phone, security_stamp FROM users WHERE name = $1")
                .bind(user.as_str())
                .fetch_optional(&self.pool)
                .await?;
        let Some((phone, stamp)) = row else { return Ok(None) };
        let phone = phone.as_deref().map(PhoneNumber::from_e164).transpose()?;
        Ok(Some(UserFactors { phone, stamp: SecurityStamp::new(stamp) }))
    }

    async fn save_phone(
        &self,
        user: &UserId,
        phone: Option<&PhoneNumber>,
        expected: &SecurityStamp,
        next: &SecurityStamp,
    ) -> Result<PhoneUpdate, BoxError> {
        let updated = sqlx::query(
            "UPDATE users SET verification_phone = $2, security_stamp = $4
             WHERE name = $1 AND security_stamp = $3",
        )
        .bind(user.as_str())
        .bind(phone.map(PhoneNumber::as_str))
        .bind(expected.as_str())
        .bind(next.as_str())
        .execute(&self.pool)
        .await?;
        Ok(if updated.rows_affected() == 1 { PhoneUpdate::Saved } else { PhoneUpdate::Stale })
    }
}
