//! Two-factor login: enroll a phone, challenge it at login, approve the code, switch it off.
//!
//! [`MfaFlow`] has the verbs. Every verb loads the user's record, decides, saves what
//! it is about to do, does it, and saves what came of it. Whoever loses a save to another request
//! gets nothing.

mod approve;
mod challenge;
mod compact;
mod configuration;
mod cool_down;
mod countries;
mod emit;
mod event;
mod grant;
mod key;
mod limit;
mod limits;
pub(crate) mod mfa_flow;
mod outcome;
mod policy;
mod provider;
mod record;
mod refusal;
mod sealed_phone;
mod send;
mod session;
mod state;
mod status;
mod unlock;

pub use cool_down::CoolDown;
pub use countries::Countries;
pub use event::{ChallengePurpose, EventKind, EventSink, Notice, SecurityEvent};
pub use grant::{LoginGrant, Method, StepUp};
pub use key::{ChallengeId, StateKey};
pub use limit::Limit;
pub use limits::{PlannedSend, Risk, RiskAssessment};
use mfa_flow::MfaFlow;
pub use outcome::{Approval, Challenge, Decision, Resent, Started};
pub use policy::{Calls, Policy};
pub use refusal::{ChannelUnavailable, Ended, PhoneNotAllowed, RESTRICTED_NOTICE, Refusal};
pub use session::{Action, Enroll, Login, Resend, Session};
pub use status::Status;
