#![doc = include_str!("../README.md")]
//!
//! # Layers
//!
//! [`flow`] decides and remembers, over the contracts in [`store`]; [`client`] talks to Twilio and
//! knows nothing of users; the types at the root are parsed once and trusted afterwards.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::print_stdout,
        clippy::unwrap_used
    )
)]

pub mod client;
mod clock;
mod error;
pub mod flow;
#[cfg(doc)]
#[doc = include_str!("guide.md")]
pub mod guide {}
#[cfg(feature = "metrics")]
#[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
pub mod measure;
#[cfg(not(feature = "metrics"))]
#[path = "unmeasured.rs"]
mod measure;
mod random;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;
pub mod store;
mod types;
#[cfg(feature = "webhook")]
#[cfg_attr(docsrs, doc(cfg(feature = "webhook")))]
pub mod webhook;

pub use client::{credentials::Credentials, services::ServiceClient, verify_client::VerifyClient};
pub use clock::{Clock, ManualClock, SystemClock};
pub use error::{
    Attempts, BoxError, Error, FixedBy, Meaning, Operation, RetryAdvice, RetryAfter, TwilioError,
};
pub use flow::mfa_flow::MfaFlow;
pub use types::{
    AccountSid, ApiKeySid, Channel, Code, Country, CredentialSid, Destination, EmailAddress,
    InvalidCode, InvalidCountry, InvalidEmailAddress, InvalidNextPath, InvalidPhone, InvalidSid,
    InvalidUserId, LineType, MessagingServiceSid, NextPath, PhoneNumber, ServiceSid, TemplateSid,
    UserId, VerificationAttemptSid, VerificationSid, VerificationStatus,
};
