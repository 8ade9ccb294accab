//! What is worked on, and what was answered lately.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode},
};
use tokio::{sync::watch, time};

pub(super) type Hash = [u8; 32];
pub(super) type Answer = (StatusCode, HeaderMap, Bytes);
pub(super) type Waiting = watch::Receiver<Option<Answer>>;

/// What is worked on, and what was answered lately.
#[derive(Clone)]
pub(crate) struct Idempotency {
    pub(super) cookie: &'static str,
    forms: Arc<Mutex<Forms>>,
}

#[derive(Default)]
pub(super) struct Forms {
    pub(super) in_progress: HashMap<Hash, Waiting>,
    /// By session: the form that was answered last, and how.
    pub(super) answered: HashMap<Hash, (Hash, Answer)>,
}

/// Goes with a request: whether its form is one of this site's own.
#[derive(Clone, Default)]
pub(crate) struct Accepted(Arc<AtomicBool>);

impl Accepted {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

pub(super) enum Entered {
    Answered(Answer),
    Waiting(Waiting),
    First(Waiting, Work),
}

/// The first of equal forms, until it is answered.
pub(super) struct Work {
    idempotency: Idempotency,
    session: Hash,
    form: Hash,
    answer: watch::Sender<Option<Answer>>,
}

impl Idempotency {
    /// For sessions whose id is in `cookie`.
    pub(crate) fn new(cookie: &'static str) -> Self {
        Self { cookie, forms: Arc::default() }
    }

    pub(super) fn enter(&self, session: Hash, form: Hash) -> Entered {
        let mut forms = self.lock();
        if let Some(waiting) = forms.in_progress.get(&form) {
            return Entered::Waiting(waiting.clone());
        }
        match forms.answered.get(&session) {
            Some((same, answer)) if *same == form => return Entered::Answered(answer.clone()),
            _ => {}
        }
        let (answer, waiting) = watch::channel(None);
        forms.in_progress.insert(form, waiting.clone());
        Entered::First(waiting, Work { idempotency: self.clone(), session, form, answer })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Forms> {
        self.forms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work {
    /// Answers, and keeps the answer for a while.
    pub(super) async fn finish(self, answer: Answer, accepted: &Accepted) {
        let is_stored = accepted.is_set() && self.store(&answer);
        self.answer.send_replace(Some(answer));
        let (forms, session, form) = (self.idempotency.clone(), self.session, self.form);
        drop(self);
        if is_stored {
            wait(REMEMBERED).await;
            forms.forget(session, form);
        }
    }

    fn store(&self, answer: &Answer) -> bool {
        let (mut forms, (status, headers, body)) = (self.idempotency.lock(), answer);
        let is_new = !forms.answered.contains_key(&self.session);
        let is_small = body.is_empty() && size(headers) <= LARGEST;
        if *status != StatusCode::SEE_OTHER || !is_small || (is_new && forms.answered.len() >= MOST)
        {
            return false;
        }
        forms.answered.insert(self.session, (self.form, answer.clone()));
        true
    }
}

/// Also when the work panics.
impl Drop for Work {
    fn drop(&mut self) {
        self.idempotency.lock().in_progress.remove(&self.form);
    }
}

impl Idempotency {
    fn forget(&self, session: Hash, form: Hash) {
        let mut forms = self.lock();
        if forms.answered.get(&session).is_some_and(|(same, _)| *same == form) {
            forms.answered.remove(&session);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the answer goes though nobody asks any more")]
async fn wait(time: Duration) {
    time::sleep(time).await;
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// Longer than anybody clicks.
pub(super) const REMEMBERED: Duration = Duration::from_secs(60);
/// Sessions whose last answer is stored, and bytes of each: 8 MB, if somebody tries.
pub(super) const MOST: usize = 4_096;
pub(super) const LARGEST: usize = 2 * 1024;
