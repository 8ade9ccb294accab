//! The only place that asks for randomness.

use std::fmt::Write;

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

/// 128 random bits in hexadecimal.
pub(crate) fn hexadecimal() -> Result<String, Error> {
    bytes::<16>().map(|bytes| encode(&bytes))
}

/// Lower-case hexadecimal.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
