//! Where a future waits before everything it does.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard},
    task::Poll,
};

/// What a future does in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    LoadState,
    SaveState,
    LoadUser,
    SaveUser,
    AskTwilio,
}

impl Act {
    /// Whether it makes no difference which of two futures acts first: they touch different things,
    /// or only look. All keys of the state store count as one thing, and so does all of Twilio.
    pub(super) fn commutes_with(self, other: Self) -> bool {
        use Act::{AskTwilio, LoadState, LoadUser, SaveState, SaveUser};
        let only_looks = |act| matches!(act, LoadState | LoadUser);
        let same_thing = match self {
            LoadState | SaveState => matches!(other, LoadState | SaveState),
            LoadUser | SaveUser => matches!(other, LoadUser | SaveUser),
            AskTwilio => other == AskTwilio,
        };
        !same_thing || (only_looks(self) && only_looks(other))
    }
}

/// A future that waits here goes on when it is polled again.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<Mutex<Turn>>);

#[derive(Default)]
struct Turn {
    who: usize,
    waiting: Option<Act>,
    done: Vec<(usize, Act)>,
}

impl Gate {
    /// Ends the step, so that `act` happens in the next one.
    pub(super) async fn wait(&self, act: Act) {
        let mut waited = false;
        poll_fn(|_| {
            if waited {
                return Poll::Ready(());
            }
            waited = true;
            self.turn().waiting = Some(act);
            Poll::Pending
        })
        .await;
    }

    /// Notes that the future whose turn it is has done `act`.
    pub(super) fn note(&self, act: Act) {
        let mut turn = self.turn();
        let who = turn.who;
        turn.done.push((who, act));
    }

    pub(super) fn reset(&self) {
        *self.turn() = Turn::default();
    }

    pub(super) fn begin_step(&self, who: usize) {
        let mut turn = self.turn();
        turn.who = who;
        turn.waiting = None;
    }

    /// What the future that was polled last is about to do, if it waits.
    pub(super) fn waiting(&self) -> Option<Act> {
        self.turn().waiting
    }

    /// Who has done what, in order. Of the saves, those of a record or phone that came in time.
    pub(super) fn done(&self) -> Vec<(usize, Act)> {
        self.turn().done.clone()
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.0.lock().expect("no test panics while it holds this")
    }
}
