//! Stores and a way to Twilio that wait at the gate.

use std::{iter, net::SocketAddr, time::Duration};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use verify_mfa::{
    BoxError, Credentials, PhoneNumber, UserId, VerifyClient,
    sandbox::Sandbox,
    store::{
        Increment, Loaded, MemoryState, MemoryUsers, PhoneUpdate, SecurityStamp, StateStore, Swap,
        UserFactors, UserStore, Version,
    },
};

use super::gate::{Act, Gate};

pub(super) struct GatedState {
    pub(super) gate: Gate,
    pub(super) state: MemoryState,
}

#[async_trait::async_trait]
impl StateStore for GatedState {
    async fn load(&self, key: &str) -> Result<Loaded, BoxError> {
        self.gate.wait(Act::LoadState).await;
        self.gate.note(Act::LoadState);
        self.state.load(key).await
    }

    async fn save(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Option<Version>,
        time_to_live: Duration,
    ) -> Result<Swap, BoxError> {
        self.gate.wait(Act::SaveState).await;
        let swap = self.state.save(key, bytes, expected, time_to_live).await?;
        if swap != Swap::Stale {
            self.gate.note(Act::SaveState);
        }
        Ok(swap)
    }

    async fn delete(&self, key: &str) -> Result<(), BoxError> {
        self.gate.wait(Act::SaveState).await;
        self.state.delete(key).await
    }

    async fn increment(
        &self,
        key: &str,
        by: u32,
        window: Duration,
        limit: u32,
    ) -> Result<Increment, BoxError> {
        self.gate.wait(Act::SaveState).await;
        self.state.increment(key, by, window, limit).await
    }
}

pub(super) struct GatedUsers {
    pub(super) gate: Gate,
    pub(super) users: MemoryUsers,
}

#[async_trait::async_trait]
impl UserStore for GatedUsers {
    async fn load(&self, user: &UserId) -> Result<Option<UserFactors>, BoxError> {
        self.gate.wait(Act::LoadUser).await;
        self.gate.note(Act::LoadUser);
        self.users.load(user).await
    }

    async fn save_phone(
        &self,
        user: &UserId,
        phone: Option<&PhoneNumber>,
        expected: &SecurityStamp,
        next: &SecurityStamp,
    ) -> Result<PhoneUpdate, BoxError> {
        self.gate.wait(Act::SaveUser).await;
        let update = self.users.save_phone(user, phone, expected, next).await?;
        if update == PhoneUpdate::Saved {
            self.gate.note(Act::SaveUser);
        }
        Ok(update)
    }
}

/// Looking the host up is the first thing that a request on a connection of its own does: there it
/// waits, with nothing sent yet.
struct GatedHost {
    gate: Gate,
    address: SocketAddr,
}

impl Resolve for GatedHost {
    fn resolve(&self, _: Name) -> Resolving {
        let (gate, address) = (self.gate.clone(), self.address);
        Box::pin(async move {
            gate.wait(Act::AskTwilio).await;
            gate.note(Act::AskTwilio);
            Ok(Box::new(iter::once(address)) as Addrs)
        })
    }
}

/// A client that makes a connection for each request, to stop at the gate each time.
pub(super) fn gated_client(sandbox: &Sandbox, gate: &Gate) -> VerifyClient {
    #[cfg(feature = "rustls-ring")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    let address = sandbox.base_url().strip_prefix("http://").expect("a plain loopback address");
    let address: SocketAddr = address.parse().expect("an address and a port");
    let http = reqwest::Client::builder()
        .dns_resolver(GatedHost { gate: gate.clone(), address })
        .pool_max_idle_per_host(0)
        .no_proxy()
        .build();
    let (account, token) = (sandbox.account_sid().clone(), sandbox.auth_token());
    VerifyClient::builder(Credentials::auth_token(account, token))
        .base_url(format!("http://localhost:{}", address.port()))
        .http_client(http.expect("a client"))
        .build()
        .expect("a client")
}
