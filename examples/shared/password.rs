//! The first factor: Argon2id, as a PHC string.

use argon2::{
    Argon2,
    password_hash::{self, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::task::spawn_blocking;

use super::failure::Failure;

/// The hash to store. It is computed on a thread of its own: it takes long, on purpose.
pub(crate) async fn hash(password: SecretString) -> Result<String, Failure> {
    let hash: PasswordHash = spawn_blocking(move || {
        Argon2::default().hash_password(password.expose_secret().as_bytes())
    })
    .await??;
    Ok(hash.to_string())
}

/// Fails unless `password` is the one that was `stored`. Without a stored one it takes as long and
/// says the same, so that nobody learns which users there are.
pub(crate) async fn check(password: SecretString, stored: Option<String>) -> Result<(), Failure> {
    let right = match stored {
        Some(stored) => spawn_blocking(move || matches(&password, &stored)).await??,
        None => hash(password).await.map(|_| false)?,
    };
    if right { Ok(()) } else { Err(Failure::because("Wrong user name or password.")) }
}

fn matches(password: &SecretString, stored: &str) -> Result<bool, Failure> {
    let stored = PasswordHash::new(stored)?;
    match Argon2::default().verify_password(password.expose_secret().as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
