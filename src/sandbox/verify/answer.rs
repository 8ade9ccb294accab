//! What ends a verification.

use secrecy::SecretString;

use super::{Transaction, Verification};
use crate::types::VerificationStatus;

/// What a verification can be ended as by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Approved,
    Canceled,
}

/// What was given to be compared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    /// None for a silent authentication.
    pub(crate) code: Option<SecretString>,
    pub(crate) transaction: Option<Transaction>,
    pub(crate) sna_client_token: Option<String>,
}

/// The outcome of a check that was answered.
#[derive(Debug)]
pub(crate) struct Checked<'a> {
    pub(crate) verification: &'a Verification,
    pub(super) approved: bool,
}

impl Checked<'_> {
    /// What the reply says: a wrong code leaves it pending, even the last one.
    pub(crate) fn status(&self) -> VerificationStatus {
        if self.approved { VerificationStatus::Approved } else { VerificationStatus::Pending }
    }
}
