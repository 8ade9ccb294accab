//! What the benches need of an engine: its store, and the same operations by hand.

use std::{ops::Range, time::Duration};

use verify_mfa::store::StateStore;

/// The operations are those of the bare driver, on the connections that the store has too.
pub(crate) trait Engine {
    const NAME: &'static str;
    type State: StateStore + Clone;

    fn state(&self) -> &Self::State;

    /// Another store, of its own, with nothing in it.
    async fn small_state(&self) -> Self::State;

    /// The whole key of a record (`r`) or of a counter (`c`).
    fn whole_key(&self, _kind: char, key: &str) -> String {
        key.to_owned()
    }

    /// The version of the record.
    async fn load(&self, key: &str) -> Option<u64>;

    /// Replaces the record, and tells whether it did.
    async fn save(&self, key: &str, bytes: &[u8], version: u64, expected: u64) -> bool;

    /// Adds 1, and tells whether it did.
    async fn increment(&self, key: &str) -> bool;

    /// Inserts records and counters that live for a day, many at a time.
    async fn fill(&self, users: Range<u32>);

    /// After the last of them, what the engine would do in its own time.
    async fn settle(&self) {}

    async fn clean_up(&self);
}

/// An engine that has to sweep.
pub(crate) trait SqlEngine: Engine {
    /// A store that has not swept yet.
    fn fresh_state(&self) -> Self::State;

    async fn fill_expired(&self, users: Range<u32>);

    async fn has_expired(&self) -> bool;

    /// How the engine finds what the statements ask for.
    async fn print_plans(&self);
}

/// A statement or script as it stands in the source of a store, from `before` to the next quotation
/// mark: so both sides run the same.
pub(crate) fn text(source: &'static str, before: &str) -> &'static str {
    let (_, text) = source.split_once(before).unwrap();
    text.split_once('"').unwrap().0
}

/// A statement over the tables of the benches, as a constant of an application would be, with or without
/// what is in brackets.
pub(crate) fn statement(before: &str, now: &str, has_whole_keys: bool) -> &'static str {
    let text = text(include_str!("../../src/store/sql.rs"), before);
    let parts = text.split(['[', ']']).enumerate();
    let parts = parts.filter(|(at, _)| has_whole_keys || at % 2 == 0).map(|(_, part)| part);
    over_own_tables(&parts.collect::<String>().replace("{now}", now))
}

pub(crate) fn over_own_tables(text: &str) -> &'static str {
    text.replace("verify_mfa_", PREFIX).leak()
}

/// 32 hexadecimal digits, as the flow's keys have.
pub(crate) fn key(user: u32) -> String {
    format!("{:032x}", u128::from(user).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

pub(crate) fn milliseconds(time: Duration) -> i64 {
    time.as_millis() as i64
}

pub(crate) const PREFIX: &str = "verify_mfa_bench_";
pub(crate) const SMALL_PREFIX: &str = "verify_mfa_small_bench_";
pub(crate) const LOAD: &str = "const LOAD: &str = \"";
pub(crate) const REPLACE: &str = "const REPLACE: &str = \"";
pub(crate) const INCREMENT: &str = "const INCREMENT: &str = \"";
/// Before what removes expired records, in the source of an engine over SQL.
pub(crate) const SWEEP: &str = "sweeps: &[\n        \"";

/// As long as the record of a login that waits for its code.
pub(crate) const LENGTH: usize = 407;
pub(crate) const LIFETIME: Duration = Duration::from_secs(1_200);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);
