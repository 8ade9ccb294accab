//! What the nodes share: one of three engines, by feature.

#[cfg(not(all(feature = "postgres", feature = "redis")))]
mod absent;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
mod sqlite;

use std::{fmt, path::PathBuf};

use async_trait::async_trait;
use verify_mfa::{BoxError, MfaFlow, flow::StateKey};

#[cfg(not(feature = "postgres"))]
use self::absent as postgres;
#[cfg(not(feature = "redis"))]
use self::absent as redis;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
    Redis,
}

/// A private engine, for one run. It ends, and what it wrote is removed, when it is dropped.
#[async_trait]
pub(crate) trait Server: Send + Sync {
    /// Where the nodes find it.
    fn address(&self) -> String;

    /// Whether there is a process that can be restarted.
    fn is_process(&self) -> bool {
        true
    }

    /// Ends it as a crash does, and starts it again over what is on disk.
    async fn restart(&mut self) -> Result<(), BoxError>;
}

impl Engine {
    /// Starts one that keeps everything in `directory`, which is not there yet.
    pub(crate) async fn start(self, directory: PathBuf) -> Result<Box<dyn Server>, BoxError> {
        self.require()?;
        match self {
            Self::Sqlite => sqlite::start(directory).await,
            Self::Postgres => postgres::start(directory).await,
            Self::Redis => redis::start(directory).await,
        }
    }

    /// The same flow with its pending challenges in the engine at `address`.
    pub(crate) async fn attach(
        self,
        mfa: MfaFlow,
        address: &str,
        key: StateKey,
    ) -> Result<MfaFlow, BoxError> {
        self.require()?;
        Ok(match self {
            Self::Sqlite => mfa.with_state(sqlite::state(address).await?, key),
            Self::Postgres => mfa.with_state(postgres::state(address).await?, key),
            Self::Redis => mfa.with_state(redis::state(address).await?, key),
        })
    }

    fn require(self) -> Result<(), BoxError> {
        let built_in = match self {
            Self::Sqlite => true,
            Self::Postgres => cfg!(feature = "postgres"),
            Self::Redis => cfg!(feature = "redis"),
        };
        if built_in {
            return Ok(());
        }
        Err(format!(
            "the engine {self} is not built in: cargo run --example cluster --features {self} -- \
             --engine {self}"
        )
        .into())
    }
}

/// As it is chosen, which is also the name of its feature.
impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Redis => "redis",
        })
    }
}

/// A port that nothing listens on.
#[cfg(any(feature = "postgres", feature = "redis"))]
fn free_port() -> std::io::Result<u16> {
    let listener = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
