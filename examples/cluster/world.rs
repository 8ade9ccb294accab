//! What everybody in the driver shares.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;
use verify_mfa::sandbox::Sandbox;

use crate::{
    browser::Browsers,
    ledger::{Heard, Ledger, Typed},
    people,
    protocol::{Reply, name_of},
    wire::Wire,
};

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) wire: Wire,
    pub(crate) honest: Browsers,
    pub(crate) attackers: Browsers,
    pub(crate) ledger: Arc<Mutex<Ledger>>,
    /// How many honest logins have ended.
    pub(crate) finished: watch::Sender<u32>,
    /// How much of the planned trouble was made.
    pub(crate) made: watch::Sender<usize>,
    pub(crate) seed: u64,
    pub(crate) nodes: usize,
}

impl World {
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }

    /// The code in the last message to a user.
    pub(crate) fn code_for(&self, user: u32) -> Option<String> {
        self.sandbox.code_for(people::phone(user))
    }

    /// Notes what somebody typed, after the answer came or did not come.
    pub(crate) fn note(&self, id: &str, user: u32, rightful: bool, reply: Option<&Reply>) {
        let heard = match reply {
            Some(Reply::LoggedIn { .. }) => Heard::LetIn,
            Some(Reply::Incorrect) => Heard::Incorrect,
            _ => Heard::Other,
        };
        self.ledger().typed.push(Typed { challenge: name_of(id), user, rightful, heard });
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Real processes take real time.
#[expect(
    clippy::disallowed_methods,
    reason = "people wait, and other processes do not wait for us"
)]
pub(crate) async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}
