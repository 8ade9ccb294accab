//! Which TLS implementation `reqwest` gets, by feature. With several, the first in this file.

use reqwest::ClientBuilder;

use crate::Error;

/// Rustls with ring, handed to this one client: nothing is installed for the process.
#[cfg(feature = "rustls-ring")]
pub(super) fn configure(builder: ClientBuilder, https: bool) -> Result<ClientBuilder, Error> {
    use std::sync::Arc;

    use rustls::{ClientConfig, RootCertStore, crypto::ring};
    use rustls_platform_verifier::BuilderVerifierExt;

    let tls = |error: rustls::Error| Error::Configuration {
        problem: "TLS could not be set up with the trust roots of this machine".into(),
        source: Some(error.into()),
    };
    let versions = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(tls)?;
    // Reading the trust roots is the slow part, and a loopback sandbox needs none.
    let verified = if https {
        versions.with_platform_verifier().map_err(tls)?
    } else {
        versions.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.tls_backend_preconfigured(verified.with_no_client_auth()))
}

#[cfg(all(
    not(feature = "rustls-ring"),
    any(feature = "rustls-aws-lc-rs", feature = "native-tls")
))]
#[expect(clippy::unnecessary_wraps, reason = "the other features can fail")]
pub(super) fn configure(builder: ClientBuilder, _https: bool) -> Result<ClientBuilder, Error> {
    Ok(builder)
}

#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs", feature = "native-tls")))]
pub(super) fn configure(builder: ClientBuilder, https: bool) -> Result<ClientBuilder, Error> {
    if https {
        return Err(Error::configuration(
            "https needs one of the features rustls-ring, rustls-aws-lc-rs and native-tls, or an own reqwest::Client",
        ));
    }
    Ok(builder)
}
