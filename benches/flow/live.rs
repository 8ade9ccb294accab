//! Logins that wait for their codes.

use std::{fs, ops::Range};

use verify_mfa::{
    MfaFlow,
    flow::{Challenge, Policy},
    store::{MemoryState, StateStore},
};

use crate::{Server, login, runtime};

/// Begins a login of each user, and gives the last.
pub(crate) async fn fill(flow: &MfaFlow, users: Range<u32>) -> Option<Challenge> {
    let mut last = None;
    for number in users {
        last = Some(login::begin(flow, number).await);
    }
    last
}

/// Begins `count` logins, and says what they weigh.
pub(crate) fn weigh(count: u32, policy: Policy) {
    let (runtime, server) = (runtime(), Server::start());
    let service = login::service(&server.url);
    // What a connection and the first calls take is no part of it.
    runtime.block_on(fill(&login::flow(&service, &MemoryState::new(), policy.clone()), 0..100));
    let (state, before) = (MemoryState::new(), resident());
    let flow = login::flow(&service, &state, policy);
    let last = runtime.block_on(fill(&flow, 0..count)).unwrap();
    let megabytes = resident().saturating_sub(before) as f64 / 1e6;
    // An id begins with the key of the record.
    let record = runtime.block_on(state.load(&last.id.as_str()[..32])).unwrap().record.unwrap();
    println!("a record: {} bytes", record.bytes.len());
    println!("{}", String::from_utf8_lossy(&record.bytes));
    println!("{count} live challenges, {state:?}");
    println!("megabytes more than empty: {megabytes:.1}");
}

/// What the process occupies, in bytes.
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4_096
}
