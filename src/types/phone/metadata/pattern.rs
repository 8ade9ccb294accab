//! One regular expression of the metadata, compiled when it is first needed and never again.

use std::sync::OnceLock;

use regex::{Captures, Regex, RegexBuilder};

/// A pattern over ASCII digits.
///
/// Each has its own lock, taken once: no lock is shared between patterns or held while matching.
pub(super) struct Pattern {
    source: &'static str,
    extent: Extent,
    regex: OnceLock<Option<Regex>>,
}

enum Extent {
    Whole,
    Beginning,
}

impl Pattern {
    /// Matches whole texts only.
    pub(super) fn whole(source: &'static str) -> Self {
        Self { source, extent: Extent::Whole, regex: OnceLock::new() }
    }

    /// Matches the beginning of a text.
    pub(super) fn beginning(source: &'static str) -> Self {
        Self { source, extent: Extent::Beginning, regex: OnceLock::new() }
    }

    pub(super) fn is_match(&self, digits: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(digits))
    }

    /// What follows the match.
    pub(super) fn strip<'t>(&self, digits: &'t str) -> Option<&'t str> {
        digits.get(self.regex()?.find(digits)?.end()..)
    }

    pub(super) fn captures<'t>(&self, digits: &'t str) -> Option<Captures<'t>> {
        self.regex()?.captures(digits)
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| self.compile()).as_ref()
    }

    /// Without Unicode, because `\d` would otherwise be hundreds of ranges in each pattern.
    fn compile(&self) -> Option<Regex> {
        let end = match self.extent {
            Extent::Whole => "$",
            Extent::Beginning => "",
        };
        RegexBuilder::new(&format!("^(?:{}){end}", self.source))
            .unicode(false)
            .ignore_whitespace(true)
            .build()
            .ok()
    }
}

/// Writes `template` with its `$1`, `$2`… replaced by what the groups matched.
pub(super) fn expand(template: &str, captures: &Captures<'_>) -> String {
    let mut text = String::with_capacity(template.len() + 16);
    let mut characters = template.chars();
    while let Some(character) = characters.next() {
        if character == '$' {
            let group = characters.next().and_then(|digit| digit.to_digit(10));
            let matched = group.and_then(|group| captures.get(group as usize));
            text.push_str(matched.map_or("", |matched| matched.as_str()));
        } else {
            text.push(character);
        }
    }
    text
}
