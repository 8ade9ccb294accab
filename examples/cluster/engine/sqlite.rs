//! A SQLite file, which all processes of one machine can share.

use std::{fs, path::PathBuf};

use async_trait::async_trait;
use verify_mfa::{
    BoxError,
    store::{
        SqliteState,
        sqlx::sqlite::{
            SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
        },
    },
};

use super::Server;

struct Sqlite {
    directory: PathBuf,
}

pub(super) async fn start(directory: PathBuf) -> Result<Box<dyn Server>, BoxError> {
    fs::create_dir(&directory)?;
    Ok(Box::new(Sqlite { directory }))
}

/// The tables are made by whichever process comes first.
pub(super) async fn state(path: &str) -> Result<SqliteState, BoxError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
    let state = SqliteState::new(pool);
    state.migrate().await?;
    Ok(state)
}

#[async_trait]
impl Server for Sqlite {
    fn address(&self) -> String {
        self.directory.join("state.sqlite").to_string_lossy().into_owned()
    }

    fn is_process(&self) -> bool {
        false
    }

    async fn restart(&mut self) -> Result<(), BoxError> {
        Err("SQLite has no server".into())
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}
