//! As many users as wanted, each with a phone and an address, without a table of them.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::LazyLock,
};

use async_trait::async_trait;
use verify_mfa::{
    BoxError, PhoneNumber, UserId,
    flow::Session,
    store::{PhoneUpdate, SecurityStamp, UserFactors, UserStore},
};

pub(crate) struct Users;

#[async_trait]
impl UserStore for Users {
    async fn load(&self, user: &UserId) -> Result<Option<UserFactors>, BoxError> {
        let phone = Some(phone(user.as_str().parse()?));
        Ok(Some(UserFactors { phone, stamp: STAMP.clone() }))
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

static STAMP: LazyLock<SecurityStamp> =
    LazyLock::new(|| SecurityStamp::new("5f2d0a8c41b97e3664aa10c2d8e39b57"));

pub(crate) fn user(number: u32) -> UserId {
    i64::from(number).into()
}

pub(crate) fn phone(number: u32) -> PhoneNumber {
    let mut text = *b"+14150000000";
    let mut rest = 2_000_000 + number;
    for digit in text.iter_mut().skip(5).rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    PhoneNumber::from_e164(str::from_utf8(&text).unwrap()).unwrap()
}

pub(crate) fn session(number: u32) -> Session {
    let address = IpAddr::V4(Ipv4Addr::from_bits(number));
    Session::new(u128::from(number).to_be_bytes()).unwrap().caller(address)
}
