//! What browsers and nodes say to each other, and what a node tells the driver.

use std::{fmt, net::SocketAddr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The password was right: `POST /challenge`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Challenge {
    pub(crate) user: u32,
    pub(crate) session: String,
}

/// A code was typed: `POST /approve`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Approve {
    pub(crate) id: String,
    pub(crate) session: String,
    pub(crate) code: String,
}

/// No code has arrived: `POST /resend`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Resend {
    pub(crate) id: String,
    pub(crate) session: String,
}

/// What a node answers to all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Reply {
    Challenged {
        id: String,
    },
    Resent,
    LoggedIn {
        user: u32,
    },
    Incorrect,
    /// By a stable code.
    Refused {
        code: String,
    },
    /// With the status 503: it could not be found out, and may be asked again. By a stable code.
    Failed {
        code: String,
    },
}

/// What a node writes to its standard output, a line each. It is in the pipe before the browser has
/// its answer, so the driver also knows of the grants of nodes that were killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    Listening(SocketAddr),
    Granted { challenge: String, user: u32 },
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listening(address) => write!(f, "listening {address}"),
            Self::Granted { challenge, user } => write!(f, "granted {challenge} {user}"),
        }
    }
}

impl Told {
    pub(crate) fn parse(line: &str) -> Option<Self> {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["listening", address] => Some(Self::Listening(address.parse().ok()?)),
            ["granted", challenge, user] => {
                Some(Self::Granted { challenge: (*challenge).to_owned(), user: user.parse().ok()? })
            }
            _ => None,
        }
    }
}

/// What a challenge is called where its id may not stand.
pub(crate) fn name_of(id: &str) -> String {
    let hash: [u8; 32] = Sha256::digest(id).into();
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_tells_is_read_back() {
        for told in [
            Told::Listening(([127, 0, 0, 1], 8642).into()),
            Told::Granted { challenge: name_of("an id"), user: 7 },
        ] {
            assert_eq!(Told::parse(&told.to_string()), Some(told));
        }
        assert_eq!(Told::parse("something else"), None);
    }
}
