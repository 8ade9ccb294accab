//! In the place of an engine whose feature is off.

use std::path::PathBuf;

use verify_mfa::{BoxError, store::MemoryState};

use super::Server;

pub(super) async fn start(_: PathBuf) -> Result<Box<dyn Server>, BoxError> {
    Err(ABSENT.into())
}

pub(super) async fn state(_: &str) -> Result<MemoryState, BoxError> {
    Err(ABSENT.into())
}

const ABSENT: &str = "this engine is not built in";
