//! The SQLite file and the keys beside it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use sha2::{Digest, Sha256};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use verify_mfa::{BoxError, flow::StateKey, store::PhoneKey};

pub(crate) struct Database {
    pub(crate) pool: SqlitePool,
    pub(crate) phone_key: PhoneKey,
    pub(crate) state_key: StateKey,
    pub(crate) attempts_key: [u8; 32],
}

impl Database {
    /// Opens the file, and makes it, its keys and the tables if there are none.
    pub(crate) async fn open(path: Option<&Path>) -> Result<Self, BoxError> {
        let options = SqliteConnectOptions::new()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal);
        let (phone_key, state_key) = path.map_or_else(random_keys, keys)?;
        let pool = match path {
            Some(path) => {
                make_private(path)?;
                SqlitePool::connect_with(options.filename(path)).await?
            }
            None => in_memory(options.in_memory(true)).await?,
        };
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        let attempts_key = Sha256::new_with_prefix("attempts").chain_update(state_key).finalize();
        let (phone_key, state_key) = (PhoneKey::new(phone_key)?, StateKey::new(state_key)?);
        Ok(Self { pool, phone_key, state_key, attempts_key: attempts_key.into() })
    }
}

/// Each connection to memory has a database of its own, so there is one, and it stays open.
async fn in_memory(options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let pool = SqlitePoolOptions::new().max_connections(1).min_connections(1);
    let forever = None::<Duration>;
    pool.idle_timeout(forever).max_lifetime(forever).connect_with(options).await
}

type Keys = ([u8; 32], [u8; 32]);

/// A real application has its keys where the backups of its database are not.
fn keys(database: &Path) -> Result<Keys, BoxError> {
    let path = PathBuf::from(format!("{}.key", database.display()));
    match fs::read(&path) {
        Ok(bytes) => {
            split(&bytes).ok_or_else(|| format!("{} holds no keys", path.display()).into())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && database.exists() => {
            let (database, path) = (database.display(), path.display());
            Err(format!("{database} is there and its keys in {path} are not: without them nobody's phone can be read. Put them back, or remove both to begin anew").into())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let keys = random_keys()?;
            write_secret(&path, &[keys.0, keys.1].concat())?;
            Ok(keys)
        }
        Err(error) => Err(error.into()),
    }
}

fn split(bytes: &[u8]) -> Option<Keys> {
    let (first, second) = bytes.split_at_checked(32)?;
    Some((first.try_into().ok()?, second.try_into().ok()?))
}

fn random_keys() -> Result<Keys, BoxError> {
    let mut keys = ([0; 32], [0; 32]);
    getrandom::fill(&mut keys.0)?;
    getrandom::fill(&mut keys.1)?;
    Ok(keys)
}

/// For nobody else to read.
fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(path)?, bytes)
}

/// SQLite gives the files that it makes beside the database the same mode.
fn make_private(database: &Path) -> io::Result<()> {
    if !database.exists() {
        return write_secret(database, &[]);
    }
    #[cfg(unix)]
    for suffix in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{suffix}", database.display()));
        if path.exists() {
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        }
    }
    Ok(())
}

const TABLES: &str = include_str!("tables.sql");
