//! The page of the sandbox, and the same as JSON.
#![cfg(feature = "sandbox")]

mod events;
mod faults;
mod guard;
mod listening;
mod page;
mod state;
mod support;
