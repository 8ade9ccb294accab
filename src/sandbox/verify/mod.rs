//! The rules of Verify, and nothing else: no HTTP, no clock, no randomness. The time and what must
//! be fresh are arguments, so that the same calls always have the same outcome.

mod account;
mod answer;
mod behaviour;
mod destination;
mod features;
mod rate_limit;
mod refusal;
mod rules;
mod sending;
mod service;
mod services;
mod sna;
mod start;
#[cfg(test)]
mod tests;
mod verification;
mod verifications;

pub(crate) use account::Verify;
pub(crate) use answer::{Answer, Checked, Ending};
pub use behaviour::{
    AfterMaxChecks, Behaviour, CheckStatus, FriendlyNameDigits, SidAndTo, UndefinedRateLimit,
    UnsupportedLocale,
};
pub(crate) use destination::{Destination, Line, mask};
pub use features::Features;
pub use rate_limit::RateLimit;
pub(crate) use rate_limit::{Counters, POLLING, Window};
pub(crate) use refusal::{Block, Refusal};
pub(crate) use rules::{CODE_LENGTH, Rules, is_code};
pub(crate) use sending::{Attempt, Sending, Sent};
pub(crate) use service::{Service, ServiceSettings};
pub(crate) use services::{Cursor, Open, Services};
pub(crate) use sna::{Sna, SnaError};
pub(crate) use start::{NumberFacts, Start, Transaction};
pub(crate) use verification::Verification;
pub(crate) use verifications::{Target, Verifications};
