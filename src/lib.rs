//! Twilio Verify as a second factor.
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

mod clock;
mod types;

pub use clock::{Clock, ManualClock, SystemClock};
pub use types::{
    AccountSid, ApiKeySid, CredentialSid, InvalidSid, MessagingServiceSid, ServiceSid, TemplateSid,
    VerificationAttemptSid, VerificationSid,
};
pub use types::{Channel, Code, InvalidCode, VerificationStatus};
pub use types::{Country, InvalidCountry, InvalidPhone, LineType, PhoneNumber};
pub use types::{InvalidUserId, UserId};
