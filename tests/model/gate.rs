//! Where a verb can be stopped: on its way to a store or to Twilio, and on its way back.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use tokio::sync::Notify;
use verify_mfa::BoxError;

use crate::history::{Kind, Mishap};

/// All the gates of one verb.
#[derive(Default)]
pub(crate) struct Gate {
    plan: Option<(u32, Plan)>,
    pace: u8,
    passed: AtomicU32,
    struck: AtomicBool,
    reached: Notify,
    open: Notify,
    abandoned: AtomicBool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Plan {
    Fail,
    Stop,
}

/// What was to pass is lost.
pub(crate) struct Lost;

impl Gate {
    pub(crate) fn new(pace: u8, mishap: Option<&Mishap>) -> Self {
        let plan = mishap.map(|mishap| match mishap.kind {
            Kind::Fails => (mishap.gate, Plan::Fail),
            Kind::Crashes | Kind::Waits(_) => (mishap.gate, Plan::Stop),
        });
        Self { plan, pace, ..Self::default() }
    }

    pub(crate) async fn pass(&self) -> Result<(), Lost> {
        let number = self.passed.fetch_add(1, Ordering::Relaxed);
        if self.pace >> (number % 8) & 1 == 1 {
            tokio::task::yield_now().await;
        }
        let Some((_, plan)) = self.plan.filter(|(gate, _)| *gate == number) else { return Ok(()) };
        self.struck.store(true, Ordering::Relaxed);
        if plan == Plan::Fail {
            return Err(Lost);
        }
        self.reached.notify_one();
        self.open.notified().await;
        if self.abandoned.load(Ordering::Relaxed) { Err(Lost) } else { Ok(()) }
    }

    /// Both gates around an operation of a store.
    pub(crate) async fn around<T>(
        &self,
        operation: impl Future<Output = Result<T, BoxError>>,
    ) -> Result<T, BoxError> {
        let lost = |Lost| BoxError::from("the store does not answer");
        self.pass().await.map_err(lost)?;
        let done = operation.await?;
        self.pass().await.map_err(lost)?;
        Ok(done)
    }

    /// Until the verb stands before the gate at which it is to stop.
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    pub(crate) fn open(&self) {
        self.open.notify_one();
    }

    /// Whoever waits here for the verb waits no longer: it is gone.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
        self.open.notify_one();
    }

    /// Whether the mishap came about.
    pub(crate) fn was_struck(&self) -> bool {
        self.struck.load(Ordering::Relaxed)
    }
}
