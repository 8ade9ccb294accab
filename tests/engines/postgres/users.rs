//! The users table.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use verify_mfa::{
    Error, PhoneNumber, UserId,
    store::{
        PhoneKey, PhoneUpdate, SecurityStamp, SqlUsers, UserStore,
        conformance::{Breakable, UserFixture},
        sqlx::{self, PgPool},
    },
};

use super::fixture::Schema;

struct Fixture {
    users: Arc<SqlUsers>,
    last: AtomicI64,
    pool: PgPool,
    _schema: Schema,
}

async fn fixture() -> Fixture {
    let schema = Schema::new().await;
    let pool = schema.pool().await;
    let users = Arc::new(SqlUsers::postgres(
        pool.clone(),
        PhoneKey::new(*b"a key of 32 bytes for the tests!").unwrap(),
    ));
    users.migrate().await.unwrap();
    Fixture { users, last: AtomicI64::default(), pool, _schema: schema }
}

impl Fixture {
    /// A user who has a phone.
    async fn enrolled(&self) -> UserId {
        let user = self.add(&SecurityStamp::new("one")).await;
        let phone = PhoneNumber::parse("+14155550100").unwrap();
        let [one, two] = ["one", "two"].map(SecurityStamp::new);
        let saved = self.users.save_phone(&user, Some(&phone), &one, &two).await;
        assert_eq!(saved.unwrap(), PhoneUpdate::Saved);
        user
    }

    async fn phone_is_stored(&self) -> Vec<u8> {
        let phone = "SELECT phone FROM verify_mfa_users";
        sqlx::query_scalar(phone).fetch_one(&self.pool).await.unwrap()
    }
}

impl UserFixture for Fixture {
    type Store = SqlUsers;

    fn store(&self) -> Arc<SqlUsers> {
        Arc::clone(&self.users)
    }

    async fn add(&self, stamp: &SecurityStamp) -> UserId {
        let user = UserId::from(self.last.fetch_add(1, Ordering::Relaxed));
        self.users.insert(&user).await.unwrap();
        let change = sqlx::query("UPDATE verify_mfa_users SET stamp = $2 WHERE id = $1");
        let change = change.bind(user.as_str()).bind(stamp.as_str());
        change.execute(&self.pool).await.unwrap();
        user
    }

    fn nobody(&self) -> UserId {
        UserId::from(-1)
    }
}

/// The table is away.
impl Breakable for Fixture {
    async fn break_it(&self) {
        let away = "ALTER TABLE verify_mfa_users RENAME TO away";
        sqlx::raw_sql(away).execute(&self.pool).await.unwrap();
    }

    async fn repair(&self) {
        let back = "ALTER TABLE away RENAME TO verify_mfa_users";
        sqlx::raw_sql(back).execute(&self.pool).await.unwrap();
    }
}

mod promises {
    verify_mfa::user_store_conformance!(super::fixture);
}

#[tokio::test]
async fn the_phone_is_not_in_the_database() {
    let fixture = fixture().await;
    fixture.enrolled().await;
    let stored = fixture.phone_is_stored().await;
    assert!(!stored.windows(4).any(|bytes| bytes == b"4155"), "{stored:?}");
}

#[tokio::test]
async fn with_another_key_a_phone_is_an_error() {
    let fixture = fixture().await;
    let user = fixture.enrolled().await;
    let other = SqlUsers::postgres(
        fixture.pool.clone(),
        PhoneKey::new(*b"another key for tests, 32 bytes!").unwrap(),
    );
    assert!(other.load(&user).await.is_err());
}

#[tokio::test]
async fn a_phone_that_was_copied_to_another_user_is_an_error() {
    let fixture = fixture().await;
    fixture.enrolled().await;
    let other = fixture.add(&SecurityStamp::new("")).await;
    let phone = fixture.phone_is_stored().await;
    let copy = sqlx::query("UPDATE verify_mfa_users SET phone = $1").bind(phone);
    copy.execute(&fixture.pool).await.unwrap();
    assert!(fixture.users.load(&other).await.is_err());
}

#[tokio::test]
async fn inserting_a_user_again_keeps_the_phone_and_the_stamp() {
    let fixture = fixture().await;
    let user = fixture.enrolled().await;
    let before = fixture.users.load(&user).await.unwrap();
    fixture.users.insert(&user).await.unwrap();
    assert_eq!(fixture.users.load(&user).await.unwrap(), before);
}

#[tokio::test]
async fn changing_the_stamp_keeps_the_phone() {
    let fixture = fixture().await;
    let user = fixture.enrolled().await;
    let before = fixture.users.load(&user).await.unwrap().unwrap();
    let stamp = fixture.users.change_stamp(&user).await.unwrap();
    let after = fixture.users.load(&user).await.unwrap().unwrap();
    assert_eq!(after.stamp, stamp);
    assert_ne!(after.stamp, before.stamp);
    assert_eq!(after.phone, before.phone);
}

#[tokio::test]
async fn changing_the_stamp_of_nobody_is_an_error() {
    let fixture = fixture().await;
    let changed = fixture.users.change_stamp(&fixture.nobody()).await;
    assert!(matches!(changed, Err(Error::Store { .. })), "{changed:?}");
}

#[tokio::test]
async fn tables_with_different_prefixes_do_not_touch_each_other() {
    let fixture = fixture().await;
    let user = fixture.enrolled().await;
    let other = SqlUsers::postgres(
        fixture.pool.clone(),
        PhoneKey::new(*b"a key of 32 bytes for the tests!").unwrap(),
    );
    let other = other.table_prefix("shop_").unwrap();
    other.migrate().await.unwrap();
    assert!(other.load(&user).await.unwrap().is_none());
}
