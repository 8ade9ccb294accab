//! Whole logins over an engine, and over memory, with a provider that answers at once.

use std::sync::atomic::{AtomicU32, Ordering};

use verify_mfa::store::MemoryState;

use crate::{
    compare::micros,
    engine::Engine,
    login::{flow, log_in, policy, service},
    times::Pair,
};

/// `challenge` and `approve`, each of another user.
pub(crate) async fn in_turn<E: Engine>(engine: &E, url: &str, live: u32) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let service = service(url);
    let over_engine = flow(&service, engine.state(), policy());
    let over_memory = flow(&service, &MemoryState::new(), policy());
    // The first connects.
    log_in(&over_memory, NEXT.fetch_add(1, Ordering::Relaxed)).await;
    let mut pair = Pair::default();
    for _ in 0..LOGINS {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        pair.add(log_in(&over_engine, number), log_in(&over_memory, number)).await;
    }
    let [engine, memory] = pair.medians().map(micros);
    println!("{:10}  {live:>12}  login      {engine:>8.1} µs  {memory:>8.1} µs in memory", "");
}

const LOGINS: u32 = 1_000;
