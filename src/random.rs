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
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
    text
}
