//! Chance that can be repeated.

/// `SplitMix64`: what a seed gives is the same everywhere.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// A stream of its own for everybody who needs chance, whatever the others take from theirs.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut random = Self(seed ^ stream.wrapping_mul(0xD134_2543_DE82_EF95));
        random.next();
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.next() % u64::from(end.max(1))).unwrap_or_default()
    }

    pub(crate) fn in_a_hundred(&mut self, cases: u32) -> bool {
        self.below(100) < cases
    }

    /// What a web application keeps in a session.
    pub(crate) fn session(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_streams_differ() {
        let session = |seed, stream| Random::new(seed, stream).session();
        assert_eq!(session(1, 2), session(1, 2));
        assert_ne!(session(1, 2), session(1, 3));
        assert_ne!(session(1, 2), session(2, 2));
    }

    #[test]
    fn everything_below_the_end_comes() {
        let mut random = Random::new(1, 0);
        let mut seen = [false; 6];
        for _ in 0..200 {
            seen[random.below(6) as usize] = true;
        }
        assert_eq!(seen, [true; 6]);
    }
}
