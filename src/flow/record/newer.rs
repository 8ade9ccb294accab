//! Records that a newer release wrote: before a rollback, or while both run together.

use std::time::SystemTime;

use serde::{Deserialize, de::IgnoredAny};

use crate::UserId;

use super::{
    super::{challenge::PendingChallenge, compact},
    UserRecord,
    failures::Locked,
    sends::Claim,
};

/// A record some of whose challenges, or whose lock, are of a kind that this release does not know.
#[derive(Deserialize)]
pub(super) struct NewerRecord {
    #[serde(rename = "u")]
    user: UserId,
    #[serde(default)]
    failures: u32,
    #[serde(default)]
    locked: Option<Known<Locked>>,
    #[serde(default)]
    lock_untold: bool,
    #[serde(rename = "s", default, with = "compact::times")]
    sends: Vec<SystemTime>,
    #[serde(default)]
    claims: Vec<Claim>,
    #[serde(rename = "c")]
    challenges: Vec<Known<PendingChallenge>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Known<T> {
    Yes(T),
    No(IgnoredAny),
}

/// A challenge that is not understood is over: nothing can be approved with it. A lock that is not
/// understood does not end by itself.
impl From<NewerRecord> for UserRecord {
    fn from(newer: NewerRecord) -> Self {
        let NewerRecord { user, failures, lock_untold, sends, claims, .. } = newer;
        let locked = newer.locked.map(|lock| lock.known().unwrap_or(Locked::Hard));
        let challenges = newer.challenges.into_iter().filter_map(Known::known).collect();
        Self { failures, locked, lock_untold, sends, claims, challenges, ..Self::new(&user) }
    }
}

impl<T> Known<T> {
    fn known(self) -> Option<T> {
        match self {
            Self::Yes(value) => Some(value),
            Self::No(IgnoredAny) => None,
        }
    }
}
