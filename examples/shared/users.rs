//! The users, in a SQLite file: their passwords in a table of this application, their phones in the
//! library's, encrypted with a key that lies beside the file.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use verify_mfa::{
    UserId,
    store::{PhoneKey, SqlUsers},
};

use super::failure::Failure;

/// Clones share their connections.
#[derive(Clone)]
pub(crate) struct Users {
    pub(crate) factors: SqlUsers,
    pool: SqlitePool,
}

impl Users {
    /// Opens the file, and makes it, its key and the tables if there are none.
    pub(crate) async fn open(path: &Path) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let pool = SqlitePool::connect_with(options).await.map_err(|error| {
            Failure::because(format!("The database {} does not open: {error}", path.display()))
        })?;
        let factors = SqlUsers::sqlite(pool.clone(), phone_key(path)?);
        factors.migrate().await?;
        sqlx::query(
            "CREATE TABLE IF NOT EXISTS passwords (name TEXT PRIMARY KEY, hash TEXT NOT NULL) STRICT",
        )
        .execute(&pool)
        .await?;
        Ok(Self { factors, pool })
    }

    /// Without the row of the password there is no user, so it comes last.
    #[allow(dead_code, reason = "only one of the programs adds users")]
    pub(crate) async fn add(&self, user: &UserId, password_hash: &str) -> Result<(), Failure> {
        self.factors.insert(user).await?;
        sqlx::query("INSERT INTO passwords (name, hash) VALUES ($1, $2)")
            .bind(user.as_str())
            .bind(password_hash)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(crate) async fn password_hash(&self, user: &UserId) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT hash FROM passwords WHERE name = $1")
            .bind(user.as_str())
            .fetch_optional(&self.pool)
            .await
    }
}

/// A real application has its key where the backups of its database are not.
fn phone_key(database: &Path) -> Result<PhoneKey, Failure> {
    let path = PathBuf::from(format!("{}.key", database.display()));
    match fs::read(&path) {
        Ok(bytes) => match bytes.try_into() {
            Ok(bytes) => Ok(PhoneKey::new(bytes)?),
            Err(_) => Err(Failure::because(format!("{} holds no key", path.display()))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes)?;
            fs::write(&path, bytes)?;
            Ok(PhoneKey::new(bytes)?)
        }
        Err(error) => Err(error.into()),
    }
}
