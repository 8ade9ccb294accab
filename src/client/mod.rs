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
//! # let typed = sandbox.code_for(&phone).unwrap_or_default();
//! let code = Code::parse(&typed)?;    // what the person typed
//! let check = CreateVerificationCheck::new(&verification.sid).code(&code);
//! let outcome = service.verification_checks().create(&check).await?;
//! assert!(matches!(outcome, CheckOutcome::Approved(_)));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "sandbox"))]
//! # fn main() {}
//! ```

mod builder;
pub(crate) mod credentials;
mod environment;
mod error_reply;
mod exchange;
#[cfg(feature = "_fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod optional;
mod pace;
mod page;
mod parameters;
mod redact;
mod reply;
mod request;
mod retry;
mod service;
mod service_parameters;
pub(crate) mod services;
mod span;
mod time;
mod tls;
mod verification;
mod verification_check;
mod verification_parameters;
mod verifications;
pub(crate) mod verify_client;
mod watch;

pub use builder::VerifyClientBuilder;
pub use page::Page;
pub use retry::Retry;
pub use service::{
    PasskeySettings, PushSettings, RelyingParty, Service, TotpSettings, WhatsAppSettings,
};
pub use service_parameters::{CreateService, UpdateService};
use services::ServiceClient;
pub use services::Services;
pub use verification::{Carrier, Lookup, SendCodeAttempt, Sna, Verification, VerificationId};
pub use verification_check::{
    CheckOutcome, CreateVerificationCheck, SnaAttemptErrorCode, VerificationCheck,
};
pub use verification_parameters::{CreateVerification, EmailConfiguration, RiskCheck};
pub use verifications::{VerificationChecks, Verifications};
use verify_client::{Inner, VerifyClient};
