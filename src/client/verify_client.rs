//! The client that everything else comes from.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::header::HeaderMap;
use tokio::sync::Semaphore;
use url::Url;

use super::{Retry, ServiceClient, Services, VerifyClientBuilder, pace::Pace};
use crate::{AccountSid, Credentials, ServiceSid};

/// A client of the Verify API. Clones share one connection pool and one set of credentials: make
/// one per process.
///
/// Dropping the future of a call cancels it: the connection is closed, nothing is sent again, and its
/// place among those [in flight](VerifyClientBuilder::max_in_flight) is free. A write may then have
/// happened all the same.
///
/// What Twilio never processed is sent again, and so is what only reads; a write whose fate is unknown
/// never is: [`Retry`].
///
/// Each call is one span of `tracing` at level INFO, target `verify_mfa::client`, with
/// OpenTelemetry's names: the operation, status, Twilio's code and request id, the number of attempts
/// and the duration. At DEBUG its end is an event too, and each failure that another attempt follows.
/// Phones, codes and secrets are in none of them.
#[derive(Clone)]
pub struct VerifyClient(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) http: reqwest::Client,
    pub(super) headers: HeaderMap,
    /// The same with the content type of a form.
    pub(super) form_headers: HeaderMap,
    pub(super) timeout: Duration,
    pub(super) first_byte_timeout: Duration,
    pub(super) retry: Retry,
    /// How many calls there may be at once, and the places that are left.
    pub(super) in_flight: Option<(usize, Semaphore)>,
    pub(super) pace: Arc<dyn Pace>,
    pub(super) services: Url,
    pub(super) account_sid: AccountSid,
}

impl VerifyClient {
    /// Settings for a client with these credentials.
    pub fn builder(credentials: Credentials) -> VerifyClientBuilder {
        VerifyClientBuilder::new(credentials)
    }

    /// The account that the credentials belong to.
    pub fn account_sid(&self) -> &AccountSid {
        &self.0.account_sid
    }

    /// The services of the account: create and list.
    pub fn services(&self) -> Services<'_> {
        Services::new(self)
    }

    /// One service. Nothing is sent: whether it exists shows at the first call.
    pub fn service(&self, sid: ServiceSid) -> ServiceClient {
        ServiceClient::new(self.clone(), sid)
    }
}

/// The host and the account; no secret.
impl fmt::Debug for VerifyClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyClient")
            .field("host", &self.0.services.host_str())
            .field("account_sid", &self.0.account_sid)
            .finish_non_exhaustive()
    }
}
