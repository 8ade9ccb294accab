//! Where the country calling code ends.

use std::sync::LazyLock;

use crate::types::Country;

/// Splits the digits of an international number into its calling code and the rest.
/// No calling code is the beginning of another.
pub(super) fn split(digits: &str) -> Option<(u16, &str)> {
    if digits.starts_with('0') {
        return None;
    }
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let code = code.parse().ok()?;
        is_known(code).then_some((code, national))
    })
}

/// Every calling code once, in ascending order.
pub(super) fn all() -> &'static [u16] {
    &KNOWN
}

fn is_known(code: u16) -> bool {
    KNOWN.binary_search(&code).is_ok()
}

static KNOWN: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let countries = Country::ALL.iter().map(|country| country.calling_code());
    let mut codes: Vec<u16> = countries.chain(OF_NO_COUNTRY).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
});

/// The calling codes that belong to no country: satellite networks, international toll-free
/// numbers and the like. Source: ITU-T E.164.1, by libphonenumber.
const OF_NO_COUNTRY: [u16; 9] = [800, 808, 870, 878, 881, 882, 883, 888, 979];
