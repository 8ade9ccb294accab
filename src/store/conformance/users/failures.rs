//! What fails.

use super::{
    super::{Breakable, UserFixture, support::failed},
    support::{has, phone, save, stamp},
};
use crate::store::{PhoneUpdate, UserStore};

/// When the table cannot be read, that is an error: "no such user" and "no phone" would both let
/// people in without their second factor.
pub async fn a_failure_is_an_error_and_never_a_user_without_a_phone(
    fixture: &(impl UserFixture + Breakable),
) {
    let user = fixture.add(&stamp("one")).await;
    fixture.break_it().await;
    for user in [user, fixture.nobody()] {
        failed("load", fixture.store().load(&user).await);
    }
    fixture.repair().await;
}

/// A save that failed is an error and not stale, and left phone and stamp as they were.
pub async fn a_failed_save_changes_nothing(fixture: &(impl UserFixture + Breakable)) {
    let user = fixture.add(&stamp("one")).await;
    let phone = phone("+14155550100");
    assert_eq!(save(fixture, &user, Some(&phone), "one", "two").await, PhoneUpdate::Saved);
    fixture.break_it().await;
    let removed = fixture.store().save_phone(&user, None, &stamp("two"), &stamp("three")).await;
    failed("save_phone", removed);
    fixture.repair().await;
    has(fixture, &user, Some(&phone), "two").await;
}
