//! The Verify v2 API, typed. Nothing here knows of users, stores or flows.
//!
//! [`VerifyClient`] holds the connection pool and the credentials; [`ServiceClient`] is bound to one
//! service and sends and checks codes.
//!
//! ```
//! # #[cfg(feature = "sandbox")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use verify_mfa::{Channel, PhoneNumber, Code};
//! use verify_mfa::client::{CheckOutcome, CreateVerification, CreateVerificationCheck};
//!
//! # let sandbox = verify_mfa::sandbox::Sandbox::start().await?;
//! # let service = sandbox.service();
//! # if false {
//! let client = verify_mfa::VerifyClient::from_env()?;
//! let service = client.service(verify_mfa::ServiceSid::from_env()?);
//! # }
//! let phone = PhoneNumber::parse("+1 415 555 0100")?;
//! let verification = service          // sends a text message, which costs money
//!     .verifications()
//!     .create(&CreateVerification::new(&phone, Channel::Sms))
//!     .await?;
//!
//! # let typed = sandbox.code_for(phone.as_str()).unwrap_or_default();
//! let code = Code::parse(&typed)?;    // what the person typed
//! let check = CreateVerificationCheck::new(&verification.sid).code(&code);
//! let outcome = service.verification_checks().create(&check).await?;
//! assert!(matches!(outcome, CheckOutcome::Approved(_)));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "sandbox"))]
//! # fn main() {}
//! ```

use std::{fmt, sync::Arc, time::Duration};

use reqwest::header::HeaderMap;
use url::Url;

use crate::{AccountSid, ServiceSid};

mod builder;
mod credentials;
mod environment;
mod optional;
mod page;
mod parameters;
mod redact;
mod reply;
mod request;
mod service;
mod service_parameters;
mod services;
mod time;
mod tls;
mod verification;
mod verification_check;
mod verification_parameters;
mod verifications;

pub use builder::VerifyClientBuilder;
pub use credentials::Credentials;
pub use page::Page;
pub use service::{
    PasskeySettings, PushSettings, RelyingParty, Service, TotpSettings, WhatsAppSettings,
};
pub use service_parameters::{CreateService, UpdateService};
pub use services::{ServiceClient, Services};
pub use verification::{Carrier, Lookup, SendCodeAttempt, Sna, Verification, VerificationId};
pub use verification_check::{
    CheckOutcome, CreateVerificationCheck, SnaAttemptErrorCode, VerificationCheck,
};
pub use verification_parameters::{CreateVerification, EmailConfiguration, RiskCheck};
pub use verifications::{VerificationChecks, Verifications};

/// A client of the Verify API. Clones share one connection pool and one set of credentials: make
/// one per process.
///
/// Dropping the future of a call cancels the request; a write may then have happened all the same.
///
/// Calls that write are never repeated by this client.
#[derive(Clone)]
pub struct VerifyClient(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    headers: HeaderMap,
    /// The same with the content type of a form.
    form_headers: HeaderMap,
    timeout: Duration,
    services: Url,
    account_sid: AccountSid,
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
