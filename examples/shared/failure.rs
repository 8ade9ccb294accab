//! Why a program ends without success.

use std::{error::Error, fmt};

use verify_mfa::{BoxError, flow::Refusal};

use super::wording;

/// Ends the program with exit code 1. `main` shows it with `Debug`, which is made for people here:
/// the error and, after it, each of its causes.
pub(crate) struct Failure(BoxError);

impl Failure {
    pub(crate) fn because(text: impl Into<String>) -> Self {
        Self(text.into().into())
    }

    pub(crate) fn refused(refusal: &Refusal) -> Self {
        Self::because(wording::refusal(refusal))
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&wording::chain(self.0.as_ref()))
    }
}
