//! The store and the bare driver in turn.

use std::{ops::Range, time::Duration};

use verify_mfa::store::{StateStore, Swap, Version};

use crate::{
    engine::{Engine, LENGTH, LIFETIME, key},
    times::Pair,
};

/// Adds live records and counters of these users.
pub(crate) async fn fill<E: Engine>(engine: &E, users: Range<u32>) {
    for begin in users.clone().step_by(CHUNK as usize) {
        let end = users.end.min(begin + CHUNK);
        engine.fill(begin..end).await;
        if end.is_multiple_of(10 * CHUNK) {
            eprintln!("{}: {end} of {} records", E::NAME, users.end);
        }
    }
    engine.settle().await;
}

pub(crate) async fn in_turn<E: Engine>(engine: &E, live: u32) {
    let mut rounds = Vec::with_capacity(ROUNDS as usize);
    for number in 0..=ROUNDS {
        rounds.push(round(engine, live, number).await);
    }
    // The first prepares the statements.
    let rounds = &rounds[1..];
    for (at, operation) in ["load", "save", "increment"].into_iter().enumerate() {
        let [store, by_hand] =
            [0, 1].map(|side| median_of(rounds, |round| micros(round[at][side])));
        let ratio = |round: &Round| micros(round[at][0]) / micros(round[at][1]);
        let (least, most) = (of(rounds, ratio)[0], of(rounds, ratio)[rounds.len() - 1]);
        println!(
            "{:10}  {live:>12}  {operation:9}  {store:>8.1} µs  {by_hand:>8.1} µs  {:.3} times ({least:.2} to {most:.2})",
            "",
            median_of(rounds, ratio),
        );
    }
}

/// The medians of one round: of each operation, through the store and by hand.
type Round = [[Duration; 2]; 3];

async fn round<E: Engine>(engine: &E, live: u32, number: u32) -> Round {
    let [mut loads, mut saves, mut increments] =
        [Pair::default(), Pair::default(), Pair::default()];
    let (state, bytes) = (engine.state(), vec![b'y'; LENGTH]);
    for at in number * OPERATIONS..(number + 1) * OPERATIONS {
        // Users all over the store, another one for each side.
        let [ours, other] = [2 * at, 2 * at + 1].map(|at| key(at * 7_919 % live));
        let [record, counter] = ['r', 'c'].map(|kind| engine.whole_key(kind, &other));
        let load = async { state.load(&ours).await.unwrap().record.unwrap().version };
        let (version, expected) = loads.add(load, async { engine.load(&record).await }).await;
        let save = replace(state, &ours, &bytes, version);
        let by_hand = engine.save(&record, &bytes, u64::from(at), expected.unwrap());
        assert_eq!(saves.add(save, by_hand).await, (true, true));
        let increment = async { state.increment(&ours, 1, LIFETIME, u32::MAX).await.unwrap() };
        let (counted, allowed) = increments.add(increment, engine.increment(&counter)).await;
        assert!(counted.allowed && allowed);
    }
    [loads, saves, increments].map(|mut pair| pair.medians())
}

pub(crate) async fn replace(
    state: &impl StateStore,
    key: &str,
    bytes: &[u8],
    expected: Version,
) -> bool {
    let swap = state.save(key, bytes, Some(expected), LIFETIME).await.unwrap();
    matches!(swap, Swap::Stored(_))
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn of(rounds: &[Round], number: impl Fn(&Round) -> f64) -> Vec<f64> {
    let mut numbers: Vec<_> = rounds.iter().map(number).collect();
    numbers.sort_unstable_by(f64::total_cmp);
    numbers
}

fn median_of(rounds: &[Round], number: impl Fn(&Round) -> f64) -> f64 {
    of(rounds, number)[rounds.len() / 2]
}

const CHUNK: u32 = 10_000;
const ROUNDS: u32 = 9;
const OPERATIONS: u32 = 400;
