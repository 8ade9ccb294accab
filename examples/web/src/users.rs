//! The users: their names and passwords in a table of this application, their phones and security
//! stamps in the library's, encrypted.

use sqlx::SqlitePool;
use verify_mfa::{
    Error, UserId,
    store::{PhoneKey, SecurityStamp, SqlUsers},
};

#[derive(Clone)]
pub(crate) struct Users {
    pub(crate) factors: SqlUsers,
    pool: SqlitePool,
}

#[derive(Debug, Clone)]
pub(crate) struct User {
    /// Random, so that it may stand in logs.
    pub(crate) id: UserId,
    pub(crate) name: String,
}

impl Users {
    pub(crate) async fn open(pool: SqlitePool, key: PhoneKey) -> Result<Self, Error> {
        let factors = SqlUsers::sqlite(pool.clone(), key);
        factors.migrate().await?;
        Ok(Self { factors, pool })
    }

    /// Nothing when the name is taken. Without the row of the name there is no user, so it comes
    /// last.
    pub(crate) async fn add(
        &self,
        id: UserId,
        name: &str,
        password_hash: &str,
    ) -> Result<Option<User>, verify_mfa::BoxError> {
        self.factors.insert(&id).await?;
        let insert = "INSERT INTO users (id, name, password_hash) VALUES ($1, $2, $3)
                      ON CONFLICT DO NOTHING";
        let insert = sqlx::query(insert).bind(id.as_str()).bind(name).bind(password_hash);
        let added = insert.execute(&self.pool).await?.rows_affected() == 1;
        if !added {
            let remove = sqlx::query("DELETE FROM verify_mfa_users WHERE id = $1");
            remove.bind(id.as_str()).execute(&self.pool).await?;
        }
        Ok(added.then(|| User { id, name: name.to_owned() }))
    }

    /// The user and the hash of the password.
    pub(crate) async fn by_name(&self, name: &str) -> Result<Option<(User, String)>, sqlx::Error> {
        let select = "SELECT id, name, password_hash FROM users WHERE name = $1";
        let found = sqlx::query_as::<_, (String, String, String)>(select).bind(name);
        let found = found.fetch_optional(&self.pool).await?;
        found.map(|(id, name, hash)| Ok((user(id, name)?, hash))).transpose()
    }

    /// The user, and the stamp that the sessions of the user have to have.
    pub(crate) async fn by_id(
        &self,
        id: &UserId,
    ) -> Result<Option<(User, SecurityStamp)>, sqlx::Error> {
        let select = "SELECT users.id, users.name, verify_mfa_users.stamp FROM users
                      JOIN verify_mfa_users ON verify_mfa_users.id = users.id
                      WHERE users.id = $1";
        let found = sqlx::query_as::<_, (String, String, String)>(select).bind(id.as_str());
        let found = found.fetch_optional(&self.pool).await?;
        found.map(|(id, name, stamp)| Ok((user(id, name)?, SecurityStamp::new(stamp)))).transpose()
    }
}

fn user(id: String, name: String) -> Result<User, sqlx::Error> {
    let id = UserId::new(id).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(User { id, name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;

    #[tokio::test]
    async fn a_name_that_is_taken_leaves_nothing_behind() {
        let Database { pool, phone_key, .. } = Database::open(None).await.unwrap();
        let users = Users::open(pool.clone(), phone_key).await.unwrap();
        for (id, is_added) in [("one", true), ("two", false)] {
            let added = users.add(UserId::new(id).unwrap(), "ada", "hash").await.unwrap();
            assert_eq!(added.is_some(), is_added);
        }
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT id FROM verify_mfa_users").fetch_all(&pool).await.unwrap();
        assert_eq!(ids, ["one"]);
    }
}
