//! One country's numbering plan.

use std::borrow::Cow;

use phonenumber::Metadata;

use super::{
    super::LineType, format::Format, kinds::Kinds, lengths::Fit, pattern::Pattern,
    prefix::NationalPrefix,
};
use crate::types::Country;

/// A country's numbering plan, or the plan of a calling code that belongs to no country.
pub(in crate::types::phone) struct Region {
    /// None if the calling code belongs to no country.
    pub(in crate::types::phone) country: Option<Country>,
    kinds: Kinds,
    /// What all numbers of this region begin with, if no other region's do.
    leading_digits: Option<Pattern>,
    international_prefix: Option<Pattern>,
    national_prefix: Option<NationalPrefix>,
    pub(super) national_prefix_digits: &'static str,
    pub(super) formats: Vec<Format>,
    pub(super) international_formats: Vec<Format>,
}

impl Region {
    pub(super) fn new(metadata: &'static Metadata) -> Self {
        let international_prefix = metadata.international_prefix();
        Self {
            country: metadata.id().parse().ok(),
            kinds: Kinds::new(metadata.descriptors()),
            leading_digits: metadata.leading_digits().map(|it| Pattern::beginning(it.as_str())),
            international_prefix: international_prefix.map(|it| Pattern::beginning(it.as_str())),
            national_prefix: NationalPrefix::new(metadata),
            national_prefix_digits: metadata.national_prefix().unwrap_or_default(),
            formats: Format::all(metadata.formats()),
            international_formats: Format::all(metadata.international_formats()),
        }
    }

    /// Whether a number begins as all numbers of this region and no other do; None if the region's
    /// numbers cannot be told so.
    pub(super) fn claims(&self, national: &str) -> Option<bool> {
        self.leading_digits.as_ref().map(|digits| digits.is_match(national))
    }

    /// The type of a national number, [`LineType::Unknown`] if the region has no such number.
    pub(super) fn line_type(&self, national: &str) -> LineType {
        self.kinds.line_type(national)
    }

    /// Whether the region has such a national number, of whatever type.
    pub(super) fn knows(&self, national: &str) -> bool {
        self.kinds.contain(national)
    }

    /// How the length of a national number fits the region's numbers.
    pub(in crate::types::phone) fn fit(&self, national: &str) -> Fit {
        self.kinds.fit(national)
    }

    /// What follows the prefix that is dialed here before a calling code, `00` or `011`.
    pub(in crate::types::phone) fn strip_international_prefix<'t>(
        &self,
        digits: &'t str,
    ) -> Option<&'t str> {
        let international = self.international_prefix.as_ref()?.strip(digits)?;
        (!international.starts_with('0')).then_some(international)
    }

    /// What follows `code`, the region's own calling code, typed without a plus sign. A number
    /// that makes sense as it is was not typed so.
    pub(in crate::types::phone) fn strip_calling_code<'t>(
        &self,
        digits: &'t str,
        code: u16,
    ) -> Option<Cow<'t, str>> {
        let national = self.strip_national_prefix(digits.strip_prefix(&code.to_string())?);
        let is_clearer = !self.kinds.is_viable(digits) && self.kinds.is_viable(&national);
        (is_clearer || matches!(self.fit(digits), Fit::TooLong)).then_some(national)
    }

    /// The national number without the prefix that is dialed only within the country, if it has
    /// one and what is left can be a number.
    pub(in crate::types::phone) fn significant<'t>(&self, national: &'t str) -> Cow<'t, str> {
        let stripped = self.strip_national_prefix(national);
        match self.fit(&stripped) {
            Fit::Possible | Fit::TooLong => stripped,
            Fit::TooShort | Fit::LocalOnly | Fit::Between => national.into(),
        }
    }

    fn strip_national_prefix<'t>(&self, national: &'t str) -> Cow<'t, str> {
        let is_viable = |number: &str| self.kinds.is_viable(number);
        let stripped = self.national_prefix.as_ref().and_then(|prefix| prefix.strip(national));
        match stripped {
            Some(stripped) if !is_viable(national) || is_viable(&stripped) => stripped,
            _ => national.into(),
        }
    }
}
