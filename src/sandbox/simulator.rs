//! What the handle and the HTTP face share: one account and everything that happens in it.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use super::{
    credentials::Credentials,
    inbox::{Inbox, KEPT, Message},
    request::ReceivedRequest,
    source::Source,
    verify::{Refusal, Start, Verification, Verify},
};
use crate::{
    clock::{Clock, ManualClock},
    types::{AccountSid, ServiceSid},
};

#[derive(Debug)]
pub(crate) struct Simulator {
    pub(crate) account_sid: AccountSid,
    pub(crate) credentials: Credentials,
    /// Scheme, address and port: what every link in a reply starts with.
    pub(crate) base_url: String,
    pub(crate) clock: ManualClock,
    pub(crate) account: Mutex<Account>,
}

/// What changes. One lock around it makes every request atomic.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) verify: Verify,
    pub(crate) inbox: Inbox,
    pub(crate) source: Source,
    pub(crate) requests: VecDeque<ReceivedRequest>,
}

impl Simulator {
    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    pub(crate) fn new(verify: Verify, source: Source) -> Self {
        Self { verify, inbox: Inbox::default(), source, requests: VecDeque::new() }
    }

    /// Starts or resends, and delivers the message.
    pub(crate) fn start(
        &mut self,
        service: &ServiceSid,
        start: Start,
        now: SystemTime,
    ) -> Result<&Verification, Refusal> {
        let sent = self.verify.start(service, start, now, &mut self.source)?;
        self.inbox.deliver(Message::new(&sent), &sent.verification.to);
        Ok(sent.verification)
    }

    /// Remembers the request and gives it the identifier that its reply carries.
    pub(crate) fn record(&mut self, request: ReceivedRequest) -> String {
        if self.requests.len() >= KEPT {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
        format!("RQ{}", self.source.hexadecimal())
    }
}
