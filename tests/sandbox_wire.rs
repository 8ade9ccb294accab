//! The sandbox as any HTTP client sees it.
#![cfg(feature = "sandbox")]

#[path = "sandbox/bad_input.rs"]
mod bad_input;
#[path = "sandbox/faults.rs"]
mod faults;
#[path = "sandbox/golden.rs"]
mod golden;
#[path = "sandbox/handle.rs"]
mod handle;
#[path = "sandbox/outcomes.rs"]
mod outcomes;
#[path = "sandbox/properties.rs"]
mod properties;
#[path = "sandbox/raw.rs"]
mod raw;
#[path = "sandbox/schema.rs"]
mod schema;
#[path = "sandbox/services.rs"]
mod services;
#[path = "sandbox/support.rs"]
mod support;
#[path = "sandbox/switches.rs"]
mod switches;
#[path = "sandbox/verifications.rs"]
mod verifications;
