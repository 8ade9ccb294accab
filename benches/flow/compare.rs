//! Logins and pairs of bare calls in turn, so that a busy machine is as busy for both.

use std::{cell::Cell, fs, thread, time::Duration};

use criterion::{Criterion, Throughput};
use verify_mfa::store::MemoryState;

use crate::{Server, calls, live, login, runtime};

pub(crate) fn all(most: u32) {
    let (runtime, server) = (runtime(), Server::start());
    let service = login::service(&server.url);
    let state = MemoryState::new();
    let flow = login::flow(&service, &state, login::policy());
    // Those who log in are others than those who wait.
    let next = Cell::new(4_000_000);
    let number = || next.replace(next.get() + 1);
    let log_in = || runtime.block_on(login::log_in(&flow, number()));
    let calls = || runtime.block_on(calls::create_and_check(&service, number()));
    let mut waiting = 0;
    for count in [1, 1_000, most] {
        runtime.block_on(live::fill(&flow, waiting..count));
        waiting = count;
        in_turn(count, &log_in, &calls);
    }
    with_criterion(&log_in, &calls);
}

fn in_turn(waiting: u32, login: &dyn Fn(), calls: &dyn Fn()) {
    let mut logins = Vec::with_capacity(ROUNDS);
    let mut pairs = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        logins.push(time(login));
        pairs.push(time(calls));
    }
    let mut beyond: Vec<_> =
        logins.iter().zip(&pairs).map(|(a, b)| micros(*a) - micros(*b)).collect();
    beyond.sort_unstable_by(f64::total_cmp);
    let (login, pair) = (median(logins), median(pairs));
    println!(
        "{waiting:>7} waiting: CPU of a login {login:?}, of its two calls {pair:?}: {:.1} µs more, {:.3} times",
        beyond[ROUNDS / 2],
        micros(login) / micros(pair),
    );
}

/// The CPU time of one of many.
fn time(call: &dyn Fn()) -> Duration {
    let before = on_cpu();
    (0..CALLS).for_each(|_| call());
    (on_cpu() - before) / CALLS
}

/// How long this thread has been running. The kernel adds up when a thread yields.
fn on_cpu() -> Duration {
    thread::yield_now();
    let times = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(times.split(' ').next().unwrap().parse().unwrap())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn with_criterion(login: &dyn Fn(), calls: &dyn Fn()) {
    let mut criterion = Criterion::default().without_plots();
    let mut group = criterion.benchmark_group("challenge and approve");
    group.throughput(Throughput::Elements(1));
    group.bench_function("flow", |bench| bench.iter(login));
    group.bench_function("bare client", |bench| bench.iter(calls));
    group.finish();
    criterion.final_summary();
}

const ROUNDS: usize = 61;
const CALLS: u32 = 300;
