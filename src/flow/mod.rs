//! Two-factor login: enroll a phone, challenge it at login, approve the code, switch it off.
//!
//! [`MfaFlow`] has the verbs. Every verb loads the user's record, decides, saves what
//! it is about to do, does it, and saves what came of it. Whoever loses a save to another request
//! gets nothing.

mod approve;
mod challenge;
mod compact;
mod grant;
mod key;
pub(crate) mod mfa_flow;
mod outcome;
mod policy;
mod provider;
mod record;
mod refusal;
mod send;
mod session;
mod state;

pub use grant::{LoginGrant, Method, StepUp};
pub use key::{ChallengeId, StateKey};
use mfa_flow::MfaFlow;
pub use outcome::{Approval, Challenge, Decision, Resent, Started};
pub use policy::{Countries, Policy};
pub use refusal::{ChannelUnavailable, Ended, PhoneNotAllowed, Refusal};
pub use session::{Action, Login, Resend, Session};
