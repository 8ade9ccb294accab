//! What the promises about users share.

use super::super::{UserFixture, support::worked};
use crate::{
    PhoneNumber, UserId,
    store::{PhoneUpdate, SecurityStamp, UserFactors, UserStore},
};

pub(super) fn stamp(text: &str) -> SecurityStamp {
    SecurityStamp::new(text)
}

pub(super) fn phone(number: &str) -> PhoneNumber {
    match PhoneNumber::parse(number) {
        Ok(phone) => phone,
        Err(error) => panic!("{number} is no phone number: {error}"),
    }
}

pub(super) async fn load(fixture: &impl UserFixture, user: &UserId) -> Option<UserFactors> {
    worked("load", fixture.store().load(user).await)
}

pub(super) async fn save(
    fixture: &impl UserFixture,
    user: &UserId,
    phone: Option<&PhoneNumber>,
    expected: &str,
    next: &str,
) -> PhoneUpdate {
    let (expected, next) = (stamp(expected), stamp(next));
    worked("save_phone", fixture.store().save_phone(user, phone, &expected, &next).await)
}

/// That the user is there, with this phone under this stamp.
pub(super) async fn has(
    fixture: &impl UserFixture,
    user: &UserId,
    phone: Option<&PhoneNumber>,
    stamp: &str,
) {
    match load(fixture, user).await {
        Some(factors) => {
            assert!(factors.phone.as_ref() == phone, "the user has another phone than was saved");
            assert_eq!(factors.stamp.as_str(), stamp, "the user has another stamp");
        }
        None => panic!("a user that was added is absent"),
    }
}
