//! What sending and checking a code costs through the client, next to the same two calls written by
//! hand on bare `reqwest`.
//!
//! `cargo bench --bench client` measures time: both against one server in this process, in one run.
//!
//! `.ci/long/client_instructions.sh` counts instructions. For that, `client serve` is the server, in
//! a process of its own, and `client ours|hand URL PAIRS` makes that many pairs of calls.

use std::{env, net::TcpListener};

use criterion::{Criterion, Throughput};
use tokio::runtime::{Builder, Runtime};

mod by_hand;
mod ours;
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
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    server::run(&listener);
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
    let url = server::start();
    let (ours, by_hand) = (ours::Client::new(&url), by_hand::Client::new(&url));
    let runtime = runtime();
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("create and check");
    group.throughput(Throughput::Elements(2));
    group.bench_function("verify-mfa", |bench| {
        bench.iter(|| runtime.block_on(ours.create_and_check()));
    });
    group.bench_function("by hand", |bench| {
        bench.iter(|| runtime.block_on(by_hand.create_and_check()));
    });
    group.finish();
    criterion.final_summary();
}
