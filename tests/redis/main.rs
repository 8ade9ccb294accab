//! Pending state in a real Redis: the one at `VERIFY_MFA_TEST_REDIS`, by default at the standard port
//! of this machine, and private ones, which the tests kill, fill and flush.

#[cfg(feature = "redis-cluster")]
mod cluster;
mod engine;
mod flow;
mod outages;
mod proxy;
mod server;
mod support;
mod unreliable;

/// Over the connection that connects again, through a proxy that can be cut.
mod connection_manager {
    use crate::support::ThroughProxy;

    verify_mfa::state_store_conformance!(ThroughProxy::new);
}

mod multiplexed_connection {
    use crate::support::Direct;

    verify_mfa::state_store_conformance!(
        Direct::new,
        cannot_fail = "a cut one stays cut: the proxy is tested with the other connection"
    );
}
