//! The sandbox as any HTTP client sees it.
#![cfg(feature = "sandbox")]

#[path = "sandbox/bad_input.rs"]
mod bad_input;
#[path = "sandbox/handle.rs"]
mod handle;
#[path = "sandbox/services.rs"]
mod services;
#[path = "sandbox/support.rs"]
mod support;
#[path = "sandbox/verifications.rs"]
mod verifications;
