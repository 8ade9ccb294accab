//! What a million live challenges weigh in memory, and whether an operation depends on how many
//! there are. A load is the first to touch its record, which is out of the processor's caches when
//! there are many; the save after it and the increments of 1,000 phones find theirs there.
//!
//! Linux only, because it reads `/proc`. A record is as long as that of a login that waits for its
//! code; pass another number of bytes for another one.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::{
    error::Error,
    fs,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use verify_mfa::store::{MemoryState, StateStore, Swap};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let length = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(407);
    let (store, before) = (MemoryState::new(), resident()?);
    let mut live = 0;
    for count in [1_000, 100_000, 1_000_000] {
        let slowest = fill(&store, live..count, length)?;
        live = count;
        let weight = resident()?.saturating_sub(before) as f64 / 1e6;
        println!("{count:>9} records of {length} bytes: {weight:5.1} MB more than empty");
        println!(
            "          the slowest create took {slowest:?}; medians: {}",
            medians(&store, count, length)?
        );
    }
    println!("resident: {:.1} MB", resident()? as f64 / 1e6);
    several_threads(&store, length)
}

/// Creates records like those of live challenges, and gives the longest time that one took.
fn fill(store: &MemoryState, users: std::ops::Range<u32>, length: usize) -> Outcome<Duration> {
    let mut slowest = Duration::ZERO;
    for user in users {
        let (key, bytes) = (key(user), vec![b'x'; length]);
        let begin = Instant::now();
        let swap = now(store.save(&key, &bytes, None, LIFETIME))?;
        slowest = slowest.max(begin.elapsed());
        stored(swap)?;
    }
    Ok(slowest)
}

/// Loads, replaces and counts for users all over the store.
fn medians(store: &MemoryState, live: u32, length: usize) -> Outcome<String> {
    let (mut loads, mut saves, mut increments) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..OPERATIONS {
        let key = key((at * 7_919) % live);
        let begin = Instant::now();
        let record = now(store.load(&key))?.record.ok_or("a record is absent")?;
        loads.push(begin.elapsed());
        let (bytes, begin) = (vec![b'y'; length], Instant::now());
        let swap = now(store.save(&key, &bytes, Some(record.version), LIFETIME))?;
        saves.push(begin.elapsed());
        stored(swap)?;
        let (phone, begin) = (format!("phone:{}", at % 1_000), Instant::now());
        let _ = now(store.increment(&phone, 1, LIFETIME, u32::MAX))?;
        increments.push(begin.elapsed());
    }
    let [load, save, increment] = [loads, saves, increments].map(median);
    Ok(format!("load {load:?}, save {save:?}, increment {increment:?}"))
}

/// Loads and saves by one thread and by as many as there are processors, each with its own users.
fn several_threads(store: &MemoryState, length: usize) -> Outcome<()> {
    let processors = std::thread::available_parallelism()?.get() as u32;
    for threads in [1, processors] {
        let begin = Instant::now();
        std::thread::scope(|scope| -> Outcome<()> {
            let running: Vec<_> =
                (0..threads).map(|at| scope.spawn(move || replace(store, at, length))).collect();
            running.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a panic")?)
        })?;
        let rate = f64::from(threads * OPERATIONS) / begin.elapsed().as_secs_f64();
        println!("{threads} threads: {rate:.0} loads and saves a second");
    }
    Ok(())
}

fn replace(store: &MemoryState, thread: u32, length: usize) -> Outcome<()> {
    let bytes = vec![b'z'; length];
    for at in 0..OPERATIONS {
        let key = key(thread * OPERATIONS + at);
        let record = now(store.load(&key))?.record.ok_or("a record is absent")?;
        stored(now(store.save(&key, &bytes, Some(record.version), LIFETIME))?)?;
    }
    Ok(())
}

/// Memory answers at once.
fn now<T>(operation: impl Future<Output = Result<T, verify_mfa::BoxError>>) -> Outcome<T> {
    operation.now_or_never().ok_or("memory did not answer at once")?
}

fn stored(swap: Swap) -> Outcome<()> {
    if swap == Swap::Stale { Err("a save was stale".into()) } else { Ok(()) }
}

/// 32 hexadecimal digits, as the flow's keys have.
fn key(user: u32) -> String {
    format!("{:032x}", u128::from(user).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// What the process occupies, in bytes.
fn resident() -> Outcome<usize> {
    let pages = fs::read_to_string("/proc/self/statm")?;
    let pages: usize = pages.split(' ').nth(1).ok_or("no resident pages")?.parse()?;
    Ok(pages * 4_096)
}

const LIFETIME: Duration = Duration::from_secs(1_200);
const OPERATIONS: u32 = 100_000;
