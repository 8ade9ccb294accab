//! Where codes are sent.

use std::collections::BTreeSet;

use crate::Country;

/// Where codes are sent. It has to be chosen.
///
/// When a country is taken from the list, its users are not let in without a code: their logins are
/// refused as [`PhoneNotAllowed`](super::Refusal::PhoneNotAllowed) until the application has
/// given them another phone.
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
