//! The promises of [`StateStore`](super::StateStore) and [`UserStore`](super::UserStore) as tests:
//! whoever writes a store runs them all with one line.
//!
//! Give an async function that makes a [`StateFixture`]: an empty store, a way to move its clock and,
//! by [`Breakable`], a way to make it fail. Then:
//!
//! ```
//! use std::time::Duration;
//! use verify_mfa::{ManualClock, store::{MemoryState, conformance::StateFixture}};
//!
//! struct Fixture {
//!     store: MemoryState,
//!     clock: ManualClock,
//! }
//!
//! impl StateFixture for Fixture {
//!     type Store = MemoryState;
//!
//!     fn store(&self) -> &MemoryState {
//!         &self.store
//!     }
//!
//!     async fn advance(&self, by: Duration) {
//!         self.clock.advance(by);
//!     }
//! }
//!
//! async fn fixture() -> Fixture {
//!     let clock = ManualClock::default();
//!     Fixture { store: MemoryState::with_clock(clock.clone()), clock }
//! }
//!
//! verify_mfa::state_store_conformance!(fixture, cannot_fail = "memory does not fail");
//! ```
//!
//! makes one test per promise, each with a fixture of its own. The tests run on tokio, which the
//! calling crate has with its features `macros` and `rt-multi-thread`. On another runtime, write the
//! tests by hand: each is a call of one function of [`state`] or [`users`].
//!
//! A store that fails on demand implements [`Breakable`] and leaves `cannot_fail` out. With it, the
//! promises about failures are left out.
#![expect(clippy::panic, reason = "a broken promise fails its test")]

mod fixture;
mod macros;
pub mod state;
mod support;
pub mod users;

pub use fixture::{Breakable, Spawn, StateFixture, Task, UserFixture};
