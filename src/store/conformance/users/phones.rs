//! Phones and stamps.

use super::super::UserFixture;
use super::support::{has, load, phone, save, stamp};
use crate::store::PhoneUpdate::{Saved, Stale};

/// A user that does not exist is none.
pub async fn nobody_is_none(fixture: &impl UserFixture) {
    fixture.add(&stamp("one")).await;
    let nobody = load(fixture, &fixture.nobody()).await;
    assert!(nobody.is_none(), "an id that no user has was loaded");
}

/// A user without a verification phone is a user: there is a stamp, which may be empty.
pub async fn a_user_without_a_phone_has_a_stamp(fixture: &impl UserFixture) {
    for text in ["", "one"] {
        let user = fixture.add(&stamp(text)).await;
        has(fixture, &user, None, text).await;
    }
}

/// Phones are read back equal, the longest too.
pub async fn a_phone_is_read_back_as_it_was_saved(fixture: &impl UserFixture) {
    let user = fixture.add(&stamp("0")).await;
    for (at, phone) in PHONES.map(phone).iter().enumerate() {
        let [before, after] = [at, at + 1].map(|number| number.to_string());
        let update = save(fixture, &user, Some(phone), &before, &after).await;
        assert_eq!(update, Saved, "a save under the current stamp");
        has(fixture, &user, Some(phone), &after).await;
    }
}

/// Under another stamp than the user's nothing is saved; saving changes the stamp, so that the same
/// save again is stale.
pub async fn a_phone_is_saved_only_under_the_expected_stamp(fixture: &impl UserFixture) {
    let user = fixture.add(&stamp("old")).await;
    let [first, second, _] = PHONES.map(phone);
    let early = save(fixture, &user, Some(&first), "another", "new").await;
    assert_eq!(early, Stale, "a save under another stamp");
    has(fixture, &user, None, "old").await;
    assert_eq!(save(fixture, &user, Some(&first), "old", "new").await, Saved);
    let again = save(fixture, &user, Some(&second), "old", "newer").await;
    assert_eq!(again, Stale, "a save under a former stamp");
    has(fixture, &user, Some(&first), "new").await;
}

/// A save for a user that does not exist is stale, and makes no user.
pub async fn a_save_for_nobody_is_stale(fixture: &impl UserFixture) {
    let [first, ..] = PHONES.map(phone);
    for expected in ["", "one"] {
        let update = save(fixture, &fixture.nobody(), Some(&first), expected, "new").await;
        assert_eq!(update, Stale, "a save for nobody");
    }
    nobody_is_none(fixture).await;
}

/// Saving no phone removes the one there is, under the same condition.
pub async fn a_phone_can_be_removed(fixture: &impl UserFixture) {
    let user = fixture.add(&stamp("old")).await;
    let [first, ..] = PHONES.map(phone);
    assert_eq!(save(fixture, &user, Some(&first), "old", "new").await, Saved);
    assert_eq!(save(fixture, &user, None, "old", "newer").await, Stale, "a late removal");
    has(fixture, &user, Some(&first), "new").await;
    assert_eq!(save(fixture, &user, None, "new", "newer").await, Saved, "a removal");
    has(fixture, &user, None, "newer").await;
}

/// Stamps are equal when every byte is: case, blanks and accents count.
pub async fn stamps_compare_exactly(fixture: &impl UserFixture) {
    let user = fixture.add(&stamp("stamp")).await;
    let [first, ..] = PHONES.map(phone);
    for other in ["", "Stamp", "STAMP", "stamp ", " stamp", "stam", "stamp\u{301}", "st_mp", "%"] {
        let update = save(fixture, &user, Some(&first), other, "new").await;
        assert_eq!(update, Stale, "{other:?} was taken for the stamp \"stamp\"");
    }
    assert_eq!(save(fixture, &user, Some(&first), "stamp", "STAMP ").await, Saved);
    has(fixture, &user, Some(&first), "STAMP ").await;
}

/// A save changes one user, even where two have the same stamp.
pub async fn users_do_not_touch_each_other(fixture: &impl UserFixture) {
    let [ada, bob] = [fixture.add(&stamp("one")).await, fixture.add(&stamp("one")).await];
    let [first, ..] = PHONES.map(phone);
    assert_eq!(save(fixture, &ada, Some(&first), "one", "two").await, Saved);
    has(fixture, &ada, Some(&first), "two").await;
    has(fixture, &bob, None, "one").await;
}

const PHONES: [&str; 3] = ["+14155550100", "+442079460000", "+4915123456789"];
