//! The faults that wait for their requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::watch;

use super::{Condition, Effect, Fault, FaultView};
use crate::{
    Operation,
    sandbox::verify::{Block, NumberFacts, Start},
};

/// In the order in which they were injected.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: Vec<Active>,
    last: u64,
}

/// What is known of a request before it is processed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen<'a> {
    pub(crate) operation: Option<Operation>,
    pub(crate) destination: Option<&'a str>,
}

/// A fault that a request ran into.
#[derive(Debug)]
pub(crate) struct Triggered {
    pub(crate) effect: Effect,
    pub(crate) after: bool,
    released: watch::Receiver<()>,
}

#[derive(Debug)]
struct Active {
    id: u64,
    fault: Fault,
    hits: Arc<AtomicU64>,
    release: watch::Sender<()>,
}

impl Faults {
    /// Gives the number by which it can be removed, and its count of hits.
    pub(crate) fn inject(&mut self, fault: Fault) -> (u64, Arc<AtomicU64>) {
        self.active.retain(|active| !active.is_used_up() || active.is_waited_for());
        self.last += 1;
        let hits = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&hits);
        let (release, _) = watch::channel(());
        self.active.push(Active { id: self.last, fault, hits, release });
        (self.last, counter)
    }

    /// Requests that it holds go on.
    pub(crate) fn remove(&mut self, id: u64) {
        self.active.retain(|active| active.id != id);
    }

    /// Those that can still happen or hold a request now, as they are told over HTTP.
    pub(crate) fn views(&self) -> Vec<FaultView> {
        let live = self.active.iter().filter(|active| !active.is_used_up() || active.holds());
        live.map(|active| {
            FaultView::new(active.id, &active.fault, active.hits.load(Ordering::Relaxed))
        })
        .collect()
    }

    /// Whether it is there, used up or not.
    pub(crate) fn has(&self, id: u64) -> bool {
        self.active.iter().any(|active| active.id == id)
    }

    /// Requests that any holds go on.
    pub(crate) fn clear(&mut self) {
        self.active.clear();
    }

    /// Lets what is held now go on, and holds what comes.
    pub(crate) fn release(&mut self, id: u64) {
        for active in self.active.iter_mut().filter(|active| active.id == id) {
            active.release = watch::channel(()).0;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.active.is_empty()
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        let live = self.active.iter().filter(|active| !active.is_used_up());
        live.map(|active| active.fault.clone()).collect()
    }

    /// What happens to a request: all delays, and the first of the other faults.
    pub(crate) fn trigger(&mut self, seen: Seen<'_>) -> Vec<Triggered> {
        let mut triggered: Vec<Triggered> = Vec::new();
        for active in self.active.iter_mut().filter(|active| active.fits(seen)) {
            let decided = triggered.iter().any(|other| !other.is_delay());
            let effect = &active.fault.effect;
            let is_delay = matches!(effect, Effect::Delay(_));
            if matches!(effect, Effect::Condition(_)) || (decided && !is_delay) {
                continue;
            }
            triggered.push(active.trigger());
        }
        triggered
    }

    /// What is to be taken for true of the number that a code shall be sent to. It counts as a hit
    /// only with [`note_met`](Self::note_met): something else may refuse the request.
    pub(crate) fn number(&self, start: &Start) -> NumberFacts {
        let mut facts = NumberFacts::default();
        for active in self.met(start) {
            facts.meet(active, start);
        }
        facts
    }

    /// Counts what [`number`](Self::number) said of the same start.
    pub(crate) fn note_met(&mut self, start: &Start) {
        let mut facts = NumberFacts::default();
        for active in self.met(start) {
            if facts.meet(active, start) {
                active.hit();
            }
        }
    }

    fn met(&self, start: &Start) -> impl Iterator<Item = &Active> {
        let operation = Some(Operation::CreateVerification);
        let seen = Seen { operation, destination: Some(start.to.as_str()) };
        self.active.iter().filter(move |active| active.fits(seen))
    }

    /// What the carrier answers to a silent authentication of this number, if it says no.
    pub(crate) fn sna(&mut self, destination: &str) -> Option<u32> {
        let seen = Seen { operation: None, destination: Some(destination) };
        for active in self.active.iter_mut().filter(|active| active.fits(seen)) {
            if let Effect::Condition(Condition::Sna(code)) = active.fault.effect {
                active.hit();
                return Some(code);
            }
        }
        None
    }
}

impl NumberFacts {
    /// Takes a fault for true, if it is about numbers and says something new.
    fn meet(&mut self, active: &Active, start: &Start) -> bool {
        match active.fault.effect {
            Effect::Condition(Condition::Landline) => self.landline = true,
            Effect::Condition(Condition::Block(block)) if self.takes(block, start) => {
                self.block = Some(block);
            }
            _ => return false,
        }
        true
    }

    fn takes(&self, block: Block, start: &Start) -> bool {
        self.block.is_none() && block.concerns(start, &start.channel)
    }
}

impl Active {
    fn fits(&self, seen: Seen<'_>) -> bool {
        let Fault { operation, destination, .. } = &self.fault;
        !self.is_used_up()
            && operation.is_none_or(|operation| seen.operation == Some(operation))
            && destination.as_deref().is_none_or(|wanted| seen.destination == Some(wanted))
    }

    /// It stays in the list, so that it can still be released.
    fn is_used_up(&self) -> bool {
        self.fault.times.is_some_and(|times| self.hits.load(Ordering::Relaxed) >= times)
    }

    fn holds(&self) -> bool {
        matches!(self.fault.effect, Effect::Delay(None)) && self.is_waited_for()
    }

    fn is_waited_for(&self) -> bool {
        self.release.receiver_count() > 0
    }

    fn hit(&self) {
        self.hits.fetch_add(1, Ordering::Relaxed);
    }

    fn trigger(&mut self) -> Triggered {
        self.hit();
        let Fault { effect, after, .. } = self.fault.clone();
        Triggered { effect, after, released: self.release.subscribe() }
    }
}

impl Triggered {
    pub(crate) fn is_delay(&self) -> bool {
        matches!(self.effect, Effect::Delay(_))
    }

    /// Until the time is over, the fault is released or removed, or the sandbox stops.
    pub(crate) async fn wait(&mut self) {
        if let Effect::Delay(by) = self.effect {
            // A delay that is released early ends with the sender.
            let _ = tokio::time::timeout(by.unwrap_or(FOREVER), self.released.changed()).await;
        }
    }
}

const FOREVER: Duration = Duration::from_secs(365 * 86_400);
