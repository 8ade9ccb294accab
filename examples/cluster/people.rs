//! The users: a table that every node knows, and that nobody changes.

use async_trait::async_trait;
use verify_mfa::{
    BoxError, InvalidUserId, PhoneNumber, UserId,
    store::{PhoneUpdate, SecurityStamp, UserFactors, UserStore},
};

/// As many as there are phones that are reserved for such purposes.
pub(crate) const ALL: u32 = 100;
/// The last of them, whose passwords are known to an attacker.
pub(crate) const ATTACKED: u32 = 10;
/// The others.
pub(crate) const HONEST: u32 = ALL - ATTACKED;

pub(crate) fn user(number: u32) -> Result<UserId, InvalidUserId> {
    UserId::new(format!("user-{number:02}"))
}

pub(crate) fn phone(number: u32) -> String {
    format!("+14155550{}", 100 + number)
}

pub(crate) fn number(user: &UserId) -> Option<u32> {
    user.as_str().strip_prefix("user-")?.parse().ok().filter(|number| *number < ALL)
}

/// Everybody has a phone of their own.
pub(crate) struct People;

#[async_trait]
impl UserStore for People {
    async fn load(&self, user: &UserId) -> Result<Option<UserFactors>, BoxError> {
        let Some(number) = number(user) else { return Ok(None) };
        let phone = Some(PhoneNumber::from_e164(&phone(number))?);
        Ok(Some(UserFactors { phone, stamp: SecurityStamp::new(format!("stamp-{number}")) }))
    }

    async fn save_phone(
        &self,
        _: &UserId,
        _: Option<&PhoneNumber>,
        _: &SecurityStamp,
        _: &SecurityStamp,
    ) -> Result<PhoneUpdate, BoxError> {
        Ok(PhoneUpdate::Stale)
    }
}
