//! How many digits national numbers have.

/// A set of lengths below 32.
#[derive(Clone, Copy, Default)]
pub(super) struct Lengths(u32);

/// What a number's length says about it.
pub(crate) enum Fit {
    TooShort,
    LocalOnly,
    Possible,
    Between,
    TooLong,
}

impl Lengths {
    pub(super) fn new(lengths: &[u16]) -> Self {
        Self(lengths.iter().fold(0, |set, length| set | bit(usize::from(*length))))
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn contains(self, length: usize) -> bool {
        self.0 & bit(length) != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How `length` fits into these, `local` being the lengths that work only within an area.
    pub(super) fn fit(self, local: Self, length: usize) -> Fit {
        let below = bit(length).wrapping_sub(1);
        match () {
            () if local.contains(length) => Fit::LocalOnly,
            () if self.contains(length) => Fit::Possible,
            () if self.0 & below == 0 => Fit::TooShort,
            () if self.0 & !below == 0 => Fit::TooLong,
            () => Fit::Between,
        }
    }
}

fn bit(length: usize) -> u32 {
    u32::try_from(length).ok().and_then(|length| 1_u32.checked_shl(length)).unwrap_or(0)
}
