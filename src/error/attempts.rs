//! How much was tried before something was given up.

use std::{fmt, time::Duration};

/// How often a call was made, and how long that took.
///
/// `Display` is the end of a sentence, empty for a single attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempts {
    /// How often the request was tried, the first time included.
    pub count: u32,
    /// From the beginning of the call to its failure, with the waits.
    pub elapsed: Duration,
}

impl fmt::Display for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            0 | 1 => Ok(()),
            count => write!(f, ", after {count} attempts in {:.1?}", self.elapsed),
        }
    }
}
