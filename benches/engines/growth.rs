//! What an operation costs with many live records, next to the same with a thousand.

use verify_mfa::store::{StateStore, Swap};

use crate::{
    compare::replace,
    engine::{Engine, LENGTH, LIFETIME, key},
    times::Pair,
};

/// In turn over both, so that a busy machine is as busy for both.
pub(crate) async fn in_turn<E: Engine>(engine: &E, live: u32) {
    let (large, small) = (engine.state(), engine.small_state().await);
    for user in 0..FEW {
        small.delete(&key(user)).await.unwrap();
        let created = small.save(&key(user), &[b'x'; LENGTH], None, LIFETIME).await.unwrap();
        assert!(matches!(created, Swap::Stored(_)));
    }
    let [mut loads, mut saves, mut increments] =
        [Pair::default(), Pair::default(), Pair::default()];
    let bytes = vec![b'y'; LENGTH];
    for at in 0..OPERATIONS {
        let many = key((u64::from(at) * 7_919 % u64::from(live)) as u32);
        let few = key(at * 7 % FEW);
        let (of_many, of_few) = loads.add(load(large, &many), load(&small, &few)).await;
        let save = replace(large, &many, &bytes, of_many);
        assert_eq!(saves.add(save, replace(&small, &few, &bytes, of_few)).await, (true, true));
        increments.add(increment(large, &many), increment(&small, &few)).await;
    }
    for (name, mut pair) in [("load", loads), ("save", saves), ("increment", increments)] {
        let [many, few] = pair.medians().map(crate::compare::micros);
        println!(
            "{:10}  {live:>12}  {name:9}  {many:>8.1} µs  {few:>8.1} µs with {FEW}: {:.2} to 1",
            "",
            many / few,
        );
    }
}

async fn load(state: &impl StateStore, key: &str) -> verify_mfa::store::Version {
    state.load(key).await.unwrap().record.unwrap().version
}

async fn increment(state: &impl StateStore, key: &str) {
    assert!(state.increment(key, 1, LIFETIME, u32::MAX).await.unwrap().allowed);
}

const FEW: u32 = 1_000;
const OPERATIONS: u32 = 5_000;
