//! A fault at work.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::sandbox::simulator::Simulator;

/// A [`Fault`](super::Fault) that was [injected](crate::sandbox::Sandbox::inject). Dropping it
/// changes nothing.
#[derive(Clone)]
pub struct InjectedFault {
    id: u64,
    hits: Arc<AtomicU64>,
    simulator: Arc<Simulator>,
}

impl InjectedFault {
    pub(crate) fn new(id: u64, hits: Arc<AtomicU64>, simulator: Arc<Simulator>) -> Self {
        Self { id, hits, simulator }
    }

    /// How many requests ran into it so far.
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }

    /// Lets the requests go on that it delays or holds now. It stays, for those that come.
    pub fn release(&self) {
        self.simulator.account().faults.release(self.id);
    }

    /// Takes it away; requests that it delays or holds go on.
    pub fn remove(&self) {
        self.simulator.account().faults.remove(self.id);
        self.simulator.announce();
    }
}

impl fmt::Debug for InjectedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InjectedFault").field("hits", &self.hits()).finish_non_exhaustive()
    }
}
