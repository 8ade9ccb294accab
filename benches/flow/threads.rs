//! Whether users wait for each other: our own part of `challenge`, by one thread and by several.
//! Each of these loads, decides and saves twice, and counts in five counters, of which that of the
//! country and that of the application are shared by all. Nothing is sent.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::{ops::Range, thread, time::Instant};

use futures_util::FutureExt;
use verify_mfa::{
    MfaFlow,
    flow::{Decision, Login},
    store::MemoryState,
};

use crate::{
    calls::NothingIsSent,
    login,
    users::{session, user},
};

pub(crate) fn all() {
    let service = login::service("http://127.0.0.1:9");
    let flow = login::flow(&service, &MemoryState::new(), login::policy()).with_risk(NothingIsSent);
    let processors = thread::available_parallelism().unwrap().get() as u32;
    let mut next = 0;
    let mut rate = |threads: u32| {
        let users = next..next + threads * CHALLENGES;
        next = users.end;
        challenges_a_second(&flow, users, threads)
    };
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(rate(1));
        together.push(rate(processors));
    }
    let (alone, together) = (median(alone), median(together));
    println!("our part of a challenge, 1 thread: {alone:.0} a second");
    println!(
        "the same, {processors} threads: {together:.0} a second, {:.2} times",
        together / alone
    );
}

fn challenges_a_second(flow: &MfaFlow, users: Range<u32>, threads: u32) -> f64 {
    let begin = Instant::now();
    thread::scope(|scope| {
        for thread in 0..threads {
            let first = users.start + thread * CHALLENGES;
            scope.spawn(move || (first..first + CHALLENGES).for_each(|user| refuse(flow, user)));
        }
    });
    users.len() as f64 / begin.elapsed().as_secs_f64()
}

fn refuse(flow: &MfaFlow, number: u32) {
    let (user, session) = (user(number), session(number));
    let decision = flow.challenge(&user, &session, Login::new()).now_or_never().unwrap().unwrap();
    assert!(matches!(decision, Decision::Refused(_)), "{decision:?}");
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_unstable_by(f64::total_cmp);
    rates[rates.len() / 2]
}

const ROUNDS: usize = 21;
const CHALLENGES: u32 = 10_000;
