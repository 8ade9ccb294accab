//! The only place that asks for randomness.

use std::{
    ops::Deref,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use crate::Error;

/// Random bytes of the operating system.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Configuration {
        problem: "the operating system has no randomness to give".into(),
        source: Some(error.into()),
    })?;
    Ok(bytes)
}

/// Bits that nobody else uses, on this node or another, though they can be guessed: the operating system
/// is asked for some of them once, and the others count.
pub(crate) fn unique() -> Result<[u8; 16], Error> {
    static PROCESS: OnceLock<u64> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let process = match PROCESS.get() {
        Some(process) => *process,
        None => *PROCESS.get_or_init({
            let random = bytes().map(u64::from_ne_bytes)?;
            move || random
        }),
    };
    Ok((u128::from(process) << 64 | u128::from(COUNT.fetch_add(1, Relaxed))).to_ne_bytes())
}

/// Refuses a key that was forgotten: 32 zeros, or another byte 32 times.
pub(crate) fn check_key(bytes: &[u8; 32]) -> Result<(), Error> {
    match bytes.iter().all(|byte| Some(byte) == bytes.first()) {
        true => Err(Error::configuration("a key has 32 random bytes, not one byte 32 times")),
        false => Ok(()),
    }
}

/// 128 bits as text: lower-case hexadecimal. Aligned, as a text is checked by the word then.
#[derive(Clone, Copy)]
#[repr(align(8))]
pub(crate) struct Hexadecimal([u8; 32]);

impl Hexadecimal {
    pub(crate) fn new(bytes: [u8; 16]) -> Self {
        let digit = |digit: u8| digit + if digit < 10 { b'0' } else { b'a' - 10 };
        let (high, low) = (bytes.map(|byte| digit(byte >> 4)), bytes.map(|byte| digit(byte & 15)));
        let mut text = [0; 32];
        for ((pair, high), low) in text.chunks_exact_mut(2).zip(high).zip(low) {
            pair.copy_from_slice(&[high, low]);
        }
        Self(text)
    }

    pub(crate) fn random() -> Result<Self, Error> {
        bytes().map(Self::new)
    }
}

impl AsRef<[u8]> for Hexadecimal {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for Hexadecimal {
    type Target = str;
    fn deref(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, thread};

    use super::*;

    #[test]
    fn what_is_unique_is_so_over_all_threads() {
        let some = || (0..1_000).map(|_| unique().unwrap()).collect::<Vec<_>>();
        let threads = [thread::spawn(some), thread::spawn(some)];
        let all: HashSet<_> = threads.into_iter().flat_map(|own| own.join().unwrap()).collect();
        assert_eq!(all.len(), 2_000);
    }
}
