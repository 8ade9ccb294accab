//! Very many calls against a sandbox where one in twenty runs into a fault of some kind: whether each call
//! ends as what it was, whether more was sent than was told, and whether memory grows.
//!
//! `cargo bench --bench soak -- 200000`; Linux only, because it reads `/proc`. It fails when a call
//! ends otherwise than its fault lets it, and when memory grows after a quarter of the rounds.
#![expect(clippy::disallowed_methods, reason = "the progress tells the real time")]

use std::{env, error::Error, fs, io::Write, process::ExitCode, time::Instant};

use tally::Tally;
use tokio::{runtime::Builder, task::JoinSet};
use worker::Worker;

mod tally;
mod trouble;
mod worker;

fn main() -> Result<ExitCode, Box<dyn Error + Send + Sync>> {
    let calls = env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(20_000);
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(soak(calls))
}

async fn soak(calls: u32) -> Result<ExitCode, Box<dyn Error + Send + Sync>> {
    let (worker, begin) = (Worker::start().await?, Instant::now());
    let mut total = Tally::default();
    let mut resident = Vec::new();
    for round in 1..=ROUNDS {
        let mut of_round = one_round(&worker, calls / ROUNDS).await?;
        of_round.compare_with_sent(worker.sent());
        worker.forget();
        total.add(of_round);
        resident.push(resident_bytes()?);
        println!(
            "round {round:2} of {ROUNDS}: {} calls in {:.0} s, {:.1} MB",
            total.calls(),
            begin.elapsed().as_secs_f64(),
            resident[resident.len() - 1] as f64 / 1e6,
        );
        std::io::stdout().flush()?;
    }
    println!("{total}");
    // The first quarter warms up. Half of what is left is compared with the other half.
    let (earlier, later) = resident[resident.len() / 4..].split_at(ROUNDS as usize * 3 / 8);
    let [earlier, later] = [earlier, later].map(|sizes| sizes.iter().max().copied().unwrap_or(0));
    let grown = later as f64 / earlier as f64;
    println!(
        "memory at most {:.1} MB, then {:.1} MB: {grown:.3} times",
        earlier as f64 / 1e6,
        later as f64 / 1e6
    );
    let is_well = total.is_as_expected() && grown < 1.03;
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// So many calls, by 64 workers at once.
async fn one_round(worker: &Worker, calls: u32) -> Result<Tally, Box<dyn Error + Send + Sync>> {
    let mut workers = JoinSet::new();
    for number in 0..CONCURRENCY {
        let worker = worker.clone();
        workers.spawn(async move { worker.make(calls / CONCURRENCY, number).await });
    }
    let mut tally = Tally::default();
    while let Some(done) = workers.join_next().await {
        tally.add(done?);
    }
    Ok(tally)
}

/// What the process occupies.
fn resident_bytes() -> Result<usize, Box<dyn Error + Send + Sync>> {
    let pages = fs::read_to_string("/proc/self/statm")?;
    let pages: usize = pages.split(' ').nth(1).ok_or("no second field")?.parse()?;
    Ok(pages * 4_096)
}

const ROUNDS: u32 = 20;
const CONCURRENCY: u32 = 64;
