//! What the handle and the HTTP face share: one account and everything that happens in it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use tokio::sync::watch;

use super::{
    credentials::Credentials,
    fault::Faults,
    inbox::{Inbox, KEPT, Message},
    request::ReceivedRequest,
    source::Source,
    verify::{Refusal, Rules, ServiceSettings, Start, Verification, Verify},
};
use crate::{
    clock::{Clock, ManualClock},
    types::{AccountSid, Channel, ServiceSid},
};

#[derive(Debug)]
pub(crate) struct Simulator {
    pub(crate) account_sid: AccountSid,
    pub(crate) credentials: Credentials,
    /// Scheme, address and port: what every link in a reply starts with.
    pub(crate) base_url: String,
    pub(crate) clock: ManualClock,
    pub(crate) rules: Arc<Rules>,
    /// What the account begins with, again after a reset.
    pub(crate) beginning: Beginning,
    pub(crate) account: Mutex<Account>,
    /// Changes when the sandbox is dropped.
    pub(crate) stopped: watch::Receiver<()>,
    /// Changes when there may be something new for somebody who watches.
    pub(crate) changes: watch::Sender<()>,
}

/// The ready-made service, and a source that has given nothing away but the names of it all.
#[derive(Debug)]
pub(crate) struct Beginning {
    pub(crate) service_sid: ServiceSid,
    pub(crate) settings: ServiceSettings,
    pub(crate) source: Source,
}

/// What changes. One lock around it makes every request atomic.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) verify: Verify,
    pub(crate) inbox: Inbox,
    pub(crate) source: Source,
    pub(crate) faults: Faults,
    pub(crate) requests: VecDeque<ReceivedRequest>,
    /// How many requests there were since the start or the last reset.
    pub(crate) received: u64,
    /// How often everything was made as it was at the start.
    pub(crate) resets: u64,
}

impl Simulator {
    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it was at the start. The clock stays where it is.
    pub(crate) fn reset(&self) {
        let mut account = self.account();
        let source = account.source.restarted(&self.beginning.source);
        let resets = account.resets + 1;
        let beginning = self.beginning.account(&self.rules, source, self.now());
        *account = Account { resets, ..beginning };
        drop(account);
        self.announce();
    }

    /// Tells those who watch to look.
    pub(crate) fn announce(&self) {
        self.changes.send_replace(());
    }
}

impl Beginning {
    pub(crate) fn account(&self, rules: &Arc<Rules>, source: Source, now: SystemTime) -> Account {
        let mut verify = Verify::new(Arc::clone(rules));
        verify.services.create(self.service_sid.clone(), self.settings.clone(), now);
        Account {
            verify,
            inbox: Inbox::default(),
            source,
            faults: Faults::default(),
            requests: VecDeque::new(),
            received: 0,
            resets: 0,
        }
    }
}

impl Account {
    /// Starts or resends, and delivers the message.
    pub(crate) fn start(
        &mut self,
        service: &ServiceSid,
        start: Start,
        now: SystemTime,
    ) -> Result<&Verification, Refusal> {
        let number = self.faults.number(&start);
        let start = Start { number, ..start };
        let met = (number.landline || number.block.is_some()).then(|| start.clone());
        let sent = self.verify.start(service, start, now, &mut self.source);
        let is_answer = matches!(&sent, Ok(_) | Err(Refusal::Blocked(_) | Refusal::Landline));
        if let Some(start) = met.filter(|_| is_answer) {
            self.faults.note_met(&start);
        }
        let sent = sent?;
        if sent.verification.channel != Channel::Sna {
            let message = Message::new(&sent);
            tracing::debug!(?message, "sandbox message");
            self.inbox.deliver(message);
        }
        Ok(sent.verification)
    }

    /// Remembers the request and gives it the identifier that its reply carries.
    pub(crate) fn record(&mut self, request: ReceivedRequest) -> String {
        if self.requests.len() >= KEPT {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
        self.received += 1;
        format!("RQ{}", self.source.hexadecimal())
    }
}
