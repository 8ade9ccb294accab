//! What a test or a page does with a sandbox besides talking to it.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{Fault, InjectedFault, Message, ReceivedRequest, Sandbox, verify::Destination};
use crate::clock::ManualClock;

impl Sandbox {
    /// The clock that decides what has expired, to share it with other parts of a test.
    pub fn clock(&self) -> ManualClock {
        self.simulator.clock.clone()
    }

    /// The sandbox's time.
    pub fn now(&self) -> SystemTime {
        self.simulator.now()
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.simulator.clock.advance(by);
        self.simulator.announce();
    }

    /// The code that was last sent to a number or e-mail address, over any channel and service, as
    /// long as its verification is remembered.
    pub fn code_for(&self, destination: impl AsRef<str>) -> Option<String> {
        let destination = Destination::parse(destination.as_ref())?;
        let account = self.simulator.account();
        account.verify.code_for(&destination).map(|code| code.expose_secret().to_owned())
    }

    /// What was sent, newest last. The last 10,000 are kept. A silent network authentication sends
    /// no message.
    pub fn messages(&self) -> Vec<Message> {
        self.simulator.account().inbox.messages()
    }

    /// What was asked, newest last. The last 10,000 are kept.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.simulator.account().requests.iter().cloned().collect()
    }

    /// Lets something go wrong from now on.
    pub fn inject(&self, fault: Fault) -> InjectedFault {
        let (id, hits) = self.simulator.account().faults.inject(fault);
        self.simulator.announce();
        InjectedFault::new(id, hits, Arc::clone(&self.simulator))
    }

    /// The faults that can still happen, in the order in which they were injected.
    pub fn faults(&self) -> Vec<Fault> {
        self.simulator.account().faults.list()
    }

    /// Makes everything as it was at the start: one service with its first settings, no
    /// verifications, messages, requests and faults; codes that were given come again, and with a
    /// seed everything that is made up. The clock stays where it is. Requests that a fault holds go
    /// on.
    pub fn reset(&self) {
        self.simulator.reset();
    }
}
