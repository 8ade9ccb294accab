//! Where phones may be enrolled.

use std::collections::BTreeSet;

use crate::Country;

/// Where phones may be enrolled. It has to be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Countries(Option<BTreeSet<Country>>);

impl Countries {
    /// These countries and no others. An empty list refuses every phone.
    pub fn only(countries: impl IntoIterator<Item = Country>) -> Self {
        Self(Some(countries.into_iter().collect()))
    }

    /// Every country, and numbers that belong to none. Limit the countries at Twilio then.
    pub fn any() -> Self {
        Self(None)
    }

    pub(super) fn allow(&self, country: Option<Country>) -> bool {
        self.0.as_ref().is_none_or(|allowed| country.is_some_and(|own| allowed.contains(&own)))
    }
}
