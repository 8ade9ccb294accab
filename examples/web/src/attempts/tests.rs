use super::*;
use crate::database::Database;

const LIMITS: Attempts = Attempts {
    per_name_and_address: 2,
    per_address: 4,
    per_name: 5,
    per_session: 2,
    registrations: 1,
};

struct World(Counters);

impl World {
    async fn new() -> Self {
        let Database { pool, attempts_key, .. } = Database::open(None).await.unwrap();
        Self(Counters::new(pool, attempts_key, LIMITS))
    }

    async fn fails(&self, caller: &str, name: &str) -> Counted {
        self.0.attempt_login(caller.parse().unwrap(), name, UNIX_EPOCH).await.unwrap()
    }

    async fn keys(&self) -> Vec<Vec<u8>> {
        sqlx::query_scalar("SELECT key FROM attempts").fetch_all(&self.0.pool).await.unwrap()
    }
}

#[tokio::test]
async fn a_network_alone_never_keeps_the_owner_of_a_name_out() {
    let world = World::new().await;
    for host in 1..100 {
        let _ = world.fails(&format!("2001:db8::{host}"), "ada").await;
    }
    assert!(world.fails("2001:db8::1", "ADA").await.is_err());
    assert!(world.fails("192.0.2.1", "ada").await.is_ok());
}

#[tokio::test]
async fn many_networks_together_reach_the_limit_of_a_name() {
    let world = World::new().await;
    for host in 1..=5 {
        assert!(world.fails(&format!("192.0.2.{host}"), "ada").await.is_ok());
    }
    assert!(world.fails("192.0.2.6", "ada").await.is_err());
    assert!(world.fails("192.0.2.6", "bob").await.is_ok());
}

#[tokio::test]
async fn what_one_rule_refuses_is_counted_by_none() {
    let world = World::new().await;
    for name in ["ada", "bob", "cyd", "dan", "eve", "eve", "eve"] {
        let _ = world.fails("192.0.2.1", name).await;
    }
    // For eve, the address was refused before the name was counted.
    for host in 2..=6 {
        assert!(world.fails(&format!("192.0.2.{host}"), "eve").await.is_ok(), "{host}");
    }
}

#[tokio::test]
async fn only_failures_are_counted() {
    let world = World::new().await;
    for _ in 0..10 {
        let attempt = world.fails("192.0.2.1", "ada").await.unwrap_or_else(|_| panic!("no"));
        attempt.take_back().await.unwrap();
    }
}

#[tokio::test]
async fn a_window_ends() {
    let world = World::new().await;
    let caller = "192.0.2.1".parse().unwrap();
    assert!(world.0.attempt_registration(caller, UNIX_EPOCH).await.unwrap().is_ok());
    let until = world.0.attempt_registration(caller, UNIX_EPOCH).await.unwrap().err();
    assert_eq!(until, Some(UNIX_EPOCH + HOUR));
    assert!(world.0.attempt_registration(caller, UNIX_EPOCH + HOUR).await.unwrap().is_ok());
}

#[tokio::test]
async fn sessions_of_a_user_are_counted_apart() {
    let world = World::new().await;
    let user = UserId::new("ada").unwrap();
    let confirms = async |session: &str| {
        world.0.attempt_confirmation(&user, session.as_bytes(), UNIX_EPOCH).await
    };
    for _ in 0..2 {
        assert!(confirms("one").await.unwrap().is_ok());
    }
    assert!(confirms("one").await.unwrap().is_err());
    assert!(confirms("two").await.unwrap().is_ok());
}

#[tokio::test]
async fn neither_names_nor_addresses_are_written_down() {
    let world = World::new().await;
    assert!(world.fails("192.0.2.1", "my secret passphrase").await.is_ok());
    let keys = world.keys().await;
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| key.len() == 32));
}
