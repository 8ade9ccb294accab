//! The first factor: Argon2id, as a PHC string.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{self, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Semaphore, task::spawn_blocking};
use verify_mfa::BoxError;

/// Hashes and checks passwords, on threads of their own: it takes long, on purpose.
#[derive(Clone)]
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    /// What nobody's password hashes to.
    nobody: Arc<str>,
    /// Each hash takes memory, so there are only so many at once.
    at_once: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new(cost: Params) -> Result<Self, BoxError> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let nobody = hash(&argon2, &random)?.into();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { argon2, nobody, at_once: Arc::new(Semaphore::new(threads)) })
    }

    /// The hash to store.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String, BoxError> {
        let (argon2, _turn) = (self.argon2.clone(), self.at_once.acquire().await?);
        spawn_blocking(move || hash(&argon2, password.expose_secret().as_bytes())).await?
    }

    /// Whether `password` is the one that was `stored`. Without a stored one it takes as long, so that
    /// nobody learns which users there are.
    pub(crate) async fn is_right(
        &self,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<bool, BoxError> {
        let (argon2, _turn) = (self.argon2.clone(), self.at_once.acquire().await?);
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        spawn_blocking(move || matches(&argon2, &password, &stored)).await?
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> Result<String, BoxError> {
    let hash: PasswordHash = argon2.hash_password(password)?;
    Ok(hash.to_string())
}

fn matches(argon2: &Argon2<'_>, password: &SecretString, stored: &str) -> Result<bool, BoxError> {
    let stored = PasswordHash::new(stored)?;
    match argon2.verify_password(password.expose_secret().as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        Passwords::new(Params::new(64, 2, 1, None).unwrap()).unwrap()
    }

    #[tokio::test]
    async fn only_the_password_that_was_stored_is_right() {
        let passwords = passwords();
        let stored = passwords.hash("correct horse battery".into()).await.unwrap();
        let is_right =
            async |password: &str| passwords.is_right(password.into(), Some(stored.clone())).await;
        assert!(is_right("correct horse battery").await.unwrap());
        assert!(!is_right("correct horse batterz").await.unwrap());
    }

    /// Which is what whoever guesses names would measure.
    #[tokio::test]
    async fn nobodys_password_costs_what_everybodys_does_and_is_never_right() {
        let passwords = passwords();
        let somebody = passwords.hash("correct horse battery".into()).await.unwrap();
        let cost = |hash: &str| hash.split('$').take(4).collect::<String>();
        assert_eq!(cost(&passwords.nobody), cost(&somebody));
        assert!(!passwords.is_right("correct horse battery".into(), None).await.unwrap());
    }
}
