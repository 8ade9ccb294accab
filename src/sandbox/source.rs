//! Where codes, SIDs and tokens come from.

use std::{
    collections::VecDeque,
    fmt::{self, Write},
    io,
    str::FromStr,
};

use sha2::{Digest, Sha256};

use crate::types::Code;

/// Endless sequences that their key determines: one of codes, and one of everything else, so that a
/// code does not depend on how many requests were made before it.
#[derive(Clone)]
pub(crate) struct Source {
    key: [u8; 32],
    count: u64,
    codes: u64,
    prepared: VecDeque<Code>,
    seeded: bool,
}

impl Source {
    /// The same sequence for the same seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { seeded: true, ..Self::new(Sha256::digest(seed.to_be_bytes()).into()) }
    }

    /// A sequence that nobody has seen before.
    pub(crate) fn random() -> io::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Self::new(key))
    }

    /// Gives these codes first.
    pub(crate) fn prepare(&mut self, codes: impl IntoIterator<Item = Code>) {
        self.prepared.extend(codes);
    }

    /// The sequence from `beginning` on once more, if it comes from a seed. If it is random, only
    /// the prepared codes come again: a SID should never mean two things.
    pub(crate) fn restarted(&self, beginning: &Self) -> Self {
        if beginning.seeded {
            return beginning.clone();
        }
        Self { prepared: beginning.prepared.clone(), ..self.clone() }
    }

    /// A code that was prepared, or `length` digits.
    pub(crate) fn code(&mut self, length: u8) -> Code {
        loop {
            let prepared = self.prepared.pop_front();
            if let Some(code) = prepared.or_else(|| Code::parse(&self.digits(length)).ok()) {
                return code;
            }
        }
    }

    /// `prefix` must be the one of the SID that is asked for.
    pub(crate) fn sid<S: FromStr>(&mut self, prefix: &str) -> S {
        loop {
            if let Ok(sid) = format!("{prefix}{}", self.hexadecimal()).parse() {
                return sid;
            }
        }
    }

    /// 32 hexadecimal digits.
    pub(crate) fn hexadecimal(&mut self) -> String {
        let mut digits = String::with_capacity(32);
        for byte in self.next().iter().take(16) {
            // Writing to a `String` cannot fail.
            let _ = write!(digits, "{byte:02x}");
        }
        digits
    }

    fn new(key: [u8; 32]) -> Self {
        Self { key, count: 0, codes: 0, prepared: VecDeque::new(), seeded: false }
    }

    fn digits(&mut self, length: u8) -> String {
        // Out of these bounds no code can be made.
        let length = length.clamp(4, 10).into();
        self.codes += 1;
        let block = self.block("code", self.codes);
        block.iter().take(length).map(|byte| char::from(b'0' + byte % 10)).collect()
    }

    fn next(&mut self) -> [u8; 32] {
        self.count += 1;
        self.block("name", self.count)
    }

    fn block(&self, sequence: &str, place: u64) -> [u8; 32] {
        Sha256::new()
            .chain_update(self.key)
            .chain_update(sequence)
            .chain_update(place.to_be_bytes())
            .finalize()
            .into()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("count", &self.count).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Source;
    use crate::types::VerificationSid;

    #[test]
    fn the_same_seed_gives_the_same_sequence() {
        let [mut first, mut second] = [Source::seeded(7), Source::seeded(7)];
        assert_eq!(first.code(6).expose_secret(), second.code(6).expose_secret());
        assert_eq!(first.sid::<VerificationSid>("VE"), second.sid("VE"));
    }

    #[test]
    fn a_code_has_the_length_that_was_asked_for() {
        let mut source = Source::seeded(7);
        for length in 4..=10 {
            assert_eq!(source.code(length).expose_secret().len(), usize::from(length));
        }
    }
}
