//! What is dialed before a number within its country.

use std::borrow::Cow;

use phonenumber::Metadata;

use super::pattern::{Pattern, expand};

/// The prefix that is dialed only within a country, often `0`.
///
/// Some prefixes stand for other digits, an area code that was left out or a carrier's code: those
/// have a rule that says what to write instead.
pub(super) struct NationalPrefix {
    pattern: Pattern,
    rule: Option<&'static str>,
}

impl NationalPrefix {
    pub(super) fn new(metadata: &'static Metadata) -> Option<Self> {
        let pattern = match metadata.national_prefix_for_parsing() {
            Some(pattern) => pattern.as_str(),
            None => metadata.national_prefix()?,
        };
        let rule = metadata.national_prefix_transform_rule();
        Some(Self { pattern: Pattern::beginning(pattern), rule })
    }

    /// The number without the prefix, if it begins with it.
    pub(super) fn strip<'t>(&self, national: &'t str) -> Option<Cow<'t, str>> {
        let rest = self.pattern.strip(national)?;
        let replacement = self.rule.and_then(|rule| self.replacement(rule, national));
        Some(replacement.map_or(rest.into(), |digits| (digits + rest).into()))
    }

    /// A rule counts only if the last group took part in the match.
    fn replacement(&self, rule: &str, national: &str) -> Option<String> {
        let captures = self.pattern.captures(national)?;
        captures.iter().last()??;
        Some(expand(rule, &captures))
    }
}
