//! What sending and checking a code costs through the client, next to the same two calls written by
//! hand on bare `reqwest`.
//!
//! `cargo bench --bench client` measures time: both against one server in this process, in one run.
//!
//! `.ci/long/client_instructions.sh` counts instructions. For that, `client serve` is the server, in
//! a process of its own, and `client ours|hand URL PAIRS` makes that many pairs of calls.

use std::{env, time::Instant};

use criterion::{Criterion, Throughput};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
};

mod by_hand;
mod ours;
mod replies;
#[path = "../support/server.rs"]
mod server;

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const SERVICE: &str = "VA00000000000000000000000000000001";
const VERIFICATION: &str = "VE00000000000000000000000000000001";
const TOKEN: &str = "00000000000000000000000000000001";
const PHONE: &str = "+14155550100";
const CODE: &str = "123456";

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => serve(),
        ["ours", url, pairs] => make_ours(url, pairs.parse().unwrap()),
        ["hand", url, pairs] => make_by_hand(url, pairs.parse().unwrap()),
        _ => compare(),
    }
}

/// One thread, as a server's worker has it.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn serve() {
    runtime().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        server::run(listener, replies::answer()).await;
    });
}

fn make_ours(url: &str, pairs: usize) {
    let client = ours::Client::new(url);
    runtime().block_on(async {
        for _ in 0..pairs {
            client.create_and_check().await;
        }
    });
}

fn make_by_hand(url: &str, pairs: usize) {
    let client = by_hand::Client::new(url);
    runtime().block_on(async {
        for _ in 0..pairs {
            client.create_and_check().await;
        }
    });
}

fn compare() {
    let runtime = runtime();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // In the same thread: waking another one takes longer than a call, and varies more.
    runtime.spawn(server::run(listener, replies::answer()));
    let ours = ours::Client::new(&url);
    let by_hand = by_hand::Client::new(&url);
    let with_timeouts = by_hand::Client::with_timeouts(&url);
    let calls: [(&str, &dyn Fn()); 3] = [
        ("verify-mfa", &|| runtime.block_on(ours.create_and_check())),
        ("by hand with timeouts", &|| runtime.block_on(with_timeouts.create_and_check())),
        ("by hand without timeouts", &|| runtime.block_on(by_hand.create_and_check())),
    ];
    in_turn(&calls);
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("create and check");
    group.throughput(Throughput::Elements(2));
    for (name, call) in calls {
        group.bench_function(name, |bench| bench.iter(call));
    }
    group.finish();
    criterion.final_summary();
}

/// All in turn, so that a busy machine is as busy for each: the median of the rounds.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn in_turn(calls: &[(&str, &dyn Fn()); 3]) {
    let mut times = [(); 3].map(|()| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        for ((_, call), times) in calls.iter().zip(&mut times) {
            let start = Instant::now();
            (0..PAIRS).for_each(|_| call());
            times.push(start.elapsed() / PAIRS);
        }
    }
    for ((name, _), times) in calls.iter().zip(&mut times) {
        times.sort_unstable();
        println!("in turn, create and check, {name}: {:?}", times[ROUNDS / 2]);
    }
}

const ROUNDS: usize = 61;
const PAIRS: u32 = 500;
