//! What a test needs around a store.

use std::{pin::Pin, sync::Arc, time::Duration};

use crate::{
    UserId,
    store::{SecurityStamp, StateStore, UserStore},
};

/// An empty state store of one test. Tests that run at the same time must not see each other's
/// records: give each a database, a schema or a prefix of its own, and clean up when it is dropped.
pub trait StateFixture: Send + Sync {
    /// The engine. Its clones share their contents.
    type Store: StateStore + Clone;

    /// The same store each time.
    fn store(&self) -> &Self::Store;

    /// Moves the engine's own clock forward, so that [`load`](StateStore::load) tells the later time
    /// and everything expires by it. An engine in this process has a
    /// [`ManualClock`](crate::ManualClock); one on a server adds an offset to the server's time. It
    /// must not wait: the tests advance by days. The clock may also run meanwhile.
    fn advance(&self, by: Duration) -> impl Future<Output = ()> + Send;
}

/// A users table of one test.
pub trait UserFixture: Send + Sync {
    /// The application's store.
    type Store: UserStore;

    /// The same store each time.
    fn store(&self) -> Arc<Self::Store>;

    /// Adds a user without a verification phone, under `stamp`. Each call adds another one.
    fn add(&self, stamp: &SecurityStamp) -> impl Future<Output = UserId> + Send;

    /// An id of the form that the store knows, which no user has.
    fn nobody(&self) -> UserId;
}

/// A fixture whose store fails on demand. Break what is below the store, so that its own handling
/// of errors is what runs: rename the table, close the pool, cut the connection.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot make its store fail",
    note = "implement `Breakable`, or name the reason: `…_conformance!(fixture, cannot_fail = \"…\")`"
)]
pub trait Breakable: Send + Sync {
    /// Makes the next operation of the store and of its clones fail before it changes anything, and
    /// those after it too, until [`repair`](Self::repair).
    fn break_it(&self) -> impl Future<Output = ()> + Send;

    /// Makes the store work again, with the contents that it had.
    fn repair(&self) -> impl Future<Output = ()> + Send;
}

/// One of many writers: whether it won.
pub type Task = Pin<Box<dyn Future<Output = bool> + Send>>;

/// Starts a task on the caller's runtime, beside the others, and gives what waits for it. The macros
/// give tokio's.
pub type Spawn = fn(Task) -> Task;
