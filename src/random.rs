//! The only place that asks for randomness.

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
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.map(|digit| digit + if digit < 10 { b'0' } else { b'a' - 10 });
    String::from_utf8(digits.collect()).unwrap_or_default()
}
