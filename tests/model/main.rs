//! Whatever people, attackers, Twilio, stores and crashes do in whatever order: some things never
//! happen, and the flow can always go on.
//!
//! A history is played against the sandbox. Each verb runs on a node of its own, which sees stores
//! and Twilio through gates; what passes them is written down. The rules are checked against that
//! and against what the test itself did, never against what the flow has stored.

mod chronicle;
mod driver;
mod gate;
mod history;
mod ledger;
mod resolve;
mod rules;
mod stores;
mod strategy;
mod trouble;
mod wire;
mod world;

use std::env;

use proptest::test_runner::{Config, TestRunner};

#[test]
fn any_history_keeps_the_promises() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let mut config = Config { source_file: Some(file!()), ..Config::default() };
    if env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    let mut runner = TestRunner::new(config);
    let played =
        runner.run(&strategy::history(), |history| runtime.block_on(driver::play(&history)));
    if let Err(broken) = played {
        panic!("{broken}\n{runner}");
    }
}

const CASES: u32 = 200;
