//! Lets one racer go at a time, one step at a time.

use std::{future::poll_fn, task::Poll};

use super::{
    explore::{Explorer, Next, Ready},
    gate::Gate,
    race::{For, Race, Racer},
    told::Told,
};

/// The orders in which the steps of some racers can be taken.
pub(super) struct Orders<F> {
    purpose: For,
    racers: F,
    race: Race,
    explorer: Explorer,
    run: usize,
    ended: bool,
}

impl<const N: usize, F: Fn(&Race) -> [Racer; N] + Send> Orders<F> {
    /// All of them: hundreds, when one racer stops the other early.
    pub(super) async fn all(racers: F) -> Self {
        Self::of(For::Login, racers, Explorer::of_all()).await
    }

    /// Those that can end differently. Of two racers that do not stop each other there are thousands
    /// of orders, but most are another one with two steps swapped that have nothing to do with each
    /// other.
    pub(super) async fn distinct(racers: F) -> Self {
        Self::of(For::Login, racers, Explorer::of_distinct()).await
    }

    pub(super) async fn of(purpose: For, racers: F, explorer: Explorer) -> Self {
        Self { purpose, racers, race: Race::new().await, explorer, run: 0, ended: false }
    }

    /// Runs the next order, in a race of its own, and gives what the racers were told.
    pub(super) async fn next(&mut self) -> Option<(&Race, [Told; N])> {
        while !self.ended {
            self.race.restart(self.purpose).await;
            let racers = (self.racers)(&self.race).map(Running::new);
            let told = run(racers, &self.race.gate, &mut self.explorer).await;
            self.ended = !self.explorer.next_run();
            if let Some(told) = told {
                self.race.assert_gated();
                self.run += 1;
                return Some((&self.race, told));
            }
        }
        None
    }

    /// A search that found almost nothing proves nothing.
    #[track_caller]
    pub(super) fn were_at_least(&self, expected: usize) {
        println!("{} orders", self.run);
        assert!(self.ended && self.run >= expected, "only {} orders", self.run);
    }
}

/// The racers until all have ended; or until what follows is known from an earlier run.
async fn run<const N: usize>(
    mut racers: [Running; N],
    gate: &Gate,
    explorer: &mut Explorer,
) -> Option<[Told; N]> {
    // Up to its first gate, a racer does nothing that another one could notice.
    for (who, racer) in racers.iter_mut().enumerate() {
        racer.step(who, gate).await;
    }
    loop {
        let ready: Vec<_> = racers.iter().filter_map(|racer| racer.ready).collect();
        match explorer.choose(&ready) {
            Next::Step(who) => racers[who].step(who, gate).await,
            Next::Known => return None,
            Next::End => break,
        }
    }
    Some(racers.map(|racer| racer.told.expect("it has ended")))
}

struct Running {
    racer: Racer,
    ready: Option<Ready>,
    told: Option<Told>,
}

impl Running {
    fn new(racer: Racer) -> Self {
        Self { racer, ready: None, told: None }
    }

    /// One act, and whatever follows up to the next gate or the end. Asking Twilio is one act, with
    /// the way there and back: nobody can tell whether somebody else acts while the question or the
    /// answer is on its way, or while this one waits at the gate before or after it.
    async fn step(&mut self, who: usize, gate: &Gate) {
        gate.begin_step(who);
        self.ready = poll_fn(|context| match self.racer.as_mut().poll(context) {
            Poll::Ready(told) => {
                self.told = Some(told);
                Poll::Ready(None)
            }
            Poll::Pending => match gate.waiting() {
                Some(act) => Poll::Ready(Some(Ready { who, act })),
                None => Poll::Pending,
            },
        })
        .await;
    }
}
