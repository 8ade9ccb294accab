//! Requests to the nodes, with what they took and what went wrong.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use serde::Serialize;
use tokio::time::{Instant, timeout};

use crate::{figures::Figures, protocol::Reply};

/// Where each node listened last, as a load balancer knows it: it may be dead meanwhile.
pub(crate) type Addresses = Arc<RwLock<Vec<SocketAddr>>>;

/// The browsers of one kind of people.
pub(crate) struct Browsers {
    http: reqwest::Client,
    addresses: Addresses,
    figures: Mutex<Figures>,
}

impl Browsers {
    pub(crate) fn new(http: reqwest::Client, addresses: Addresses) -> Self {
        Self { http, addresses, figures: Mutex::default() }
    }

    pub(crate) fn figures(&self) -> MutexGuard<'_, Figures> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a node answers, if it does.
    pub(crate) async fn post(
        &self,
        node: usize,
        path: &'static str,
        body: &(impl Serialize + Sync),
    ) -> Option<Reply> {
        self.post_within(PATIENCE, node, path, body).await
    }

    /// The same for somebody who closes the connection after a while.
    pub(crate) async fn post_within(
        &self,
        patience: Duration,
        node: usize,
        path: &'static str,
        body: &(impl Serialize + Sync),
    ) -> Option<Reply> {
        let began = Instant::now();
        let reply = timeout(patience, self.ask(node, path, body)).await;
        let reply = reply.unwrap_or(Err("no answer"));
        self.figures().note(path, began.elapsed(), reply.as_ref().map_err(|error| *error));
        reply.ok()
    }

    async fn ask(
        &self,
        node: usize,
        path: &'static str,
        body: &(impl Serialize + Sync),
    ) -> Result<Reply, &'static str> {
        let address = self.address(node).ok_or("no node")?;
        let request = self.http.post(format!("http://{address}{path}")).json(body);
        let sent = request.send().await;
        let lost =
            |error: reqwest::Error| if error.is_connect() { "not reached" } else { "no answer" };
        sent.map_err(lost)?.json().await.map_err(lost)
    }

    fn address(&self, node: usize) -> Option<SocketAddr> {
        let addresses = self.addresses.read().unwrap_or_else(PoisonError::into_inner);
        addresses.get(node % addresses.len().max(1)).copied()
    }
}

/// The HTTP client that everybody shares.
pub(crate) fn http() -> reqwest::Result<reqwest::Client> {
    // The TLS that a bare client needs, unless another feature brings one.
    #[cfg(feature = "rustls-ring")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build()
}

const PATIENCE: Duration = Duration::from_secs(15);
