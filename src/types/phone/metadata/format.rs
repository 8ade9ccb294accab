//! How a country writes its numbers.

use phonenumber::metadata;

use super::{
    Plan,
    pattern::{Pattern, expand},
};

/// How some numbers of a country are written.
pub(super) struct Format {
    pattern: Pattern,
    leading_digits: Option<Pattern>,
    template: &'static str,
    prefix_rule: Option<&'static str>,
}

impl Plan {
    /// The number as it is written abroad, after the calling code.
    pub(in crate::types::phone) fn international(&self, national: &str) -> String {
        let formats = match self.main.international_formats.as_slice() {
            [] => &self.main.formats,
            formats => formats,
        };
        match choose(formats, national) {
            Some(format) => format.write(national, format.template),
            None => national.to_owned(),
        }
    }

    /// The number as it is written in its country.
    pub(in crate::types::phone) fn national(&self, national: &str) -> String {
        match choose(&self.main.formats, national) {
            Some(format) => {
                let template = format.with_prefix(self.main.national_prefix_digits);
                format.write(national, &template)
            }
            None => national.to_owned(),
        }
    }
}

fn choose<'f>(formats: &'f [Format], national: &str) -> Option<&'f Format> {
    formats.iter().find(|format| format.fits(national))
}

impl Format {
    pub(super) fn all(formats: &'static [metadata::Format]) -> Vec<Self> {
        formats.iter().map(Self::new).collect()
    }

    fn new(format: &'static metadata::Format) -> Self {
        Self {
            pattern: Pattern::whole(format.pattern().as_str()),
            // Each of these says more than the one before, for numbers that are still being typed.
            leading_digits: format
                .leading_digits()
                .last()
                .map(|it| Pattern::beginning(it.as_str())),
            template: format.format(),
            prefix_rule: format.national_prefix(),
        }
    }

    fn fits(&self, national: &str) -> bool {
        let leads = self.leading_digits.as_ref().is_none_or(|digits| digits.is_match(national));
        leads && self.pattern.is_match(national)
    }

    fn write(&self, national: &str, template: &str) -> String {
        match self.pattern.captures(national) {
            Some(captures) => expand(template, &captures),
            None => national.to_owned(),
        }
    }

    /// The template with the national prefix where the country's rule puts it around the first
    /// group: `$NP` stands for the prefix, `$FG` for the group.
    fn with_prefix(&self, prefix: &str) -> String {
        let group = self.template.find('$').and_then(|at| self.template.get(at..at + 2));
        match (self.prefix_rule, group) {
            (Some(rule), Some(group)) => {
                let first = rule.replace("$NP", prefix).replace("$FG", group);
                self.template.replacen(group, &first, 1)
            }
            _ => self.template.to_owned(),
        }
    }
}
