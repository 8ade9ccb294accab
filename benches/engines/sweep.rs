//! Whether a sweep is felt.

use verify_mfa::store::StateStore;

use crate::{
    compare::replace,
    engine::{Engine, LENGTH, SqlEngine, key},
    times::Times,
};

/// Loads and saves before and during the sweep of many expired rows, which the first save begins.
pub(crate) async fn beside_the_flow<E: SqlEngine>(engine: &E) {
    let quiet = engine.fresh_state();
    let mut before = Times::default();
    for at in 0..OPERATIONS {
        load_and_save::<E>(&quiet, at, &mut before).await;
    }
    // The planner does not know of them yet.
    engine.fill_expired(FIRST..FIRST + EXPIRED).await;
    let (sweeping, mut during) = (engine.fresh_state(), Times::default());
    for at in 0.. {
        load_and_save::<E>(&sweeping, at % OPERATIONS, &mut during).await;
        if at % 20 == 19 && !engine.has_expired().await {
            break;
        }
    }
    print("a load and a save without a sweep", &mut before);
    print(&format!("the same while {EXPIRED} expired records are removed"), &mut during);
}

async fn load_and_save<E: Engine>(state: &E::State, at: u32, times: &mut Times) {
    let (key, bytes) = (key(at), [b'z'; LENGTH]);
    let saved = times.add(async {
        let record = state.load(&key).await.unwrap().record.unwrap();
        replace(state, &key, &bytes, record.version).await
    });
    assert!(saved.await);
}

fn print(what: &str, times: &mut Times) {
    let [median, most, slowest] = [500, 990, 1_000].map(|count| times.of_a_thousand(count));
    println!(
        "{what}: median {median:.1?}, 99 of 100 at most {most:.1?}, slowest {slowest:.1?}; {} in {:.1?}",
        times.len(),
        times.total(),
    );
}

/// Users that nobody else is.
const FIRST: u32 = 3_000_000_000;
const EXPIRED: u32 = 100_000;
const OPERATIONS: u32 = 1_000;
