//! Sessions in SQLite.
//!
//! The store that is published for `tower-sessions` is made for an older `sqlx`, and two versions of
//! SQLite do not go into one program. This one also keeps only a hash of the session's id, so that
//! whoever reads the database does not hold the sessions, and does not bring a session back that another
//! request ended.

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

#[derive(Debug, Clone)]
pub(crate) struct SqliteSessions(pub(crate) SqlitePool);

#[async_trait]
impl SessionStore for SqliteSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let insert = "INSERT INTO sessions (id_hash, data, expires_at) VALUES ($1, $2, $3)";
        let data = data(record)?;
        let insert = sqlx::query(insert).bind(hash(record.id)).bind(data);
        let insert = insert.bind(record.expiry_date.unix_timestamp());
        insert.execute(&self.0).await.map_err(backend)?;
        self.sweep().await
    }

    /// Changes nothing when the session is over by now.
    async fn save(&self, record: &Record) -> Result<()> {
        let update = "UPDATE sessions SET data = $2, expires_at = $3 WHERE id_hash = $1";
        let update = sqlx::query(update).bind(hash(record.id)).bind(data(record)?);
        let update = update.bind(record.expiry_date.unix_timestamp());
        update.execute(&self.0).await.map(|_| ()).map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let select = "SELECT data FROM sessions WHERE id_hash = $1 AND expires_at > $2";
        let select = sqlx::query_scalar::<_, String>(select).bind(hash(*id)).bind(now());
        let found = select.fetch_optional(&self.0).await.map_err(backend)?;
        let Some(data) = found else { return Ok(None) };
        let data = serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: OffsetDateTime::now_utc() }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let delete = sqlx::query("DELETE FROM sessions WHERE id_hash = $1").bind(hash(*id));
        delete.execute(&self.0).await.map(|_| ()).map_err(backend)
    }
}

impl SqliteSessions {
    /// Each new session takes away many that have expired: there never are many more than live ones.
    async fn sweep(&self) -> Result<()> {
        let delete = "DELETE FROM sessions WHERE id_hash IN
                      (SELECT id_hash FROM sessions WHERE expires_at <= $1 LIMIT 100)";
        sqlx::query(delete).bind(now()).execute(&self.0).await.map(|_| ()).map_err(backend)
    }
}

fn data(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn hash(id: Id) -> Vec<u8> {
    Sha256::digest(id.0.to_le_bytes()).to_vec()
}

fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

fn backend(error: sqlx::Error) -> Error {
    Error::Backend(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;

    fn record(id: i128, seconds: i64) -> Record {
        let expiry_date = OffsetDateTime::now_utc() + time::Duration::seconds(seconds);
        Record { id: Id(id), data: Default::default(), expiry_date }
    }

    #[tokio::test]
    async fn sessions_that_expired_are_removed_and_no_others() {
        let pool = Database::open(None).await.unwrap().pool;
        let sessions = SqliteSessions(pool.clone());
        for id in 0..50 {
            sessions.create(&mut record(id, 3600)).await.unwrap();
            sessions.save(&record(id, -1)).await.unwrap();
        }
        sessions.create(&mut record(50, 3600)).await.unwrap();
        let rows: i64 =
            sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&pool).await.unwrap();
        assert_eq!(rows, 1);
        assert!(sessions.load(&Id(50)).await.unwrap().is_some());
    }
}
