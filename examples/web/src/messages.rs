//! Everything that people read, in their language.

use std::{collections::HashMap, sync::LazyLock};

use axum::http::{HeaderMap, header};

/// A language with a file of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

impl Language {
    /// The first of ours that the browser asks for.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        preferred(accepted.unwrap_or_default())
    }

    /// For `lang` attributes.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The text of that name; the name itself if there is none.
    pub(crate) fn text(self, key: &'static str) -> &'static str {
        self.find(key).unwrap_or(key)
    }

    pub(crate) fn find(self, key: &str) -> Option<&'static str> {
        self.texts().get(key).copied()
    }

    /// The text of that name, for so many.
    pub(crate) fn count(self, key: &str, number: u64) -> String {
        let one = (number == 1).then(|| self.find(&format!("{key}.one"))).flatten();
        let text = one.or_else(|| self.find(key)).unwrap_or_default();
        let text = text.replace("{count}", &number.to_string());
        if text.contains("{wait}") { text.replace("{wait}", &self.wait(number)) } else { text }
    }

    /// So many seconds, as people say it.
    pub(crate) fn wait(self, seconds: u64) -> String {
        match seconds {
            ..=90 => self.count("wait.seconds", seconds),
            91..=5400 => self.count("wait.minutes", seconds.div_ceil(60)),
            _ => self.count("wait.hours", seconds.div_ceil(3600)),
        }
    }

    fn texts(self) -> &'static HashMap<&'static str, &'static str> {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }
}

fn preferred(accepted: &str) -> Language {
    let mut ranges: Vec<_> = accepted.split(',').map(range).collect();
    ranges.sort_by(|one, other| other.1.total_cmp(&one.1));
    let found = ranges.into_iter().filter(|(_, quality)| *quality > 0.0).find_map(|(tag, _)| {
        match tag.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "en" => Some(Language::English),
            "de" => Some(Language::German),
            _ => None,
        }
    });
    found.unwrap_or(Language::English)
}

fn range(text: &str) -> (&str, f32) {
    let (tag, quality) = text.split_once(";q=").unwrap_or((text, "1"));
    (tag.trim(), quality.trim().parse().unwrap_or(0.0))
}

/// Lines of the form `key = text`; `#` begins a comment.
fn read(file: &'static str) -> HashMap<&'static str, &'static str> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs.map(|(key, text)| (key.trim(), text.trim())).collect()
}

static ENGLISH: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| read(include_str!("../messages/en.txt")));
static GERMAN: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| read(include_str!("../messages/de.txt")));

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_first_language_that_we_have_is_taken() {
        assert_eq!(preferred("de-CH,de;q=0.9,en;q=0.8"), Language::German);
        assert_eq!(preferred("fr, en;q=0.5, de;q=0.7"), Language::German);
        assert_eq!(preferred("de;q=0, en"), Language::English);
        assert_eq!(preferred(""), Language::English);
        assert_eq!(preferred("fr;q=x,;,"), Language::English);
    }

    #[test]
    fn both_languages_say_the_same_with_the_same_numbers() {
        let places = |text: &str| ["{count}", "{wait}"].map(|place| text.contains(place));
        for (key, english) in ENGLISH.iter().filter(|(key, _)| !key.ends_with(".one")) {
            let german = GERMAN.get(key).unwrap_or_else(|| panic!("{key} is not in German"));
            assert_eq!(places(english), places(german), "{key}");
        }
        GERMAN.keys().for_each(|key| assert!(ENGLISH.contains_key(key), "{key} is not in English"));
    }

    #[test]
    fn every_text_that_a_template_names_is_there() {
        let mut named = 0;
        for file in std::fs::read_dir("templates").unwrap() {
            let template = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for call in template.split("page.t(\"").skip(1) {
                let key = call.split('"').next().unwrap_or_default();
                assert!(ENGLISH.contains_key(key), "{key}");
                named += 1;
            }
        }
        assert!(named > 50);
    }

    /// The names that the library gives to what happens: `=> "name"` in its source.
    fn names(file: &str) -> Vec<String> {
        let source = std::fs::read_to_string(format!("../../src/flow/{file}.rs")).unwrap();
        let found = source.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next());
        let is_name =
            |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        found.filter(is_name).map(str::to_owned).collect()
    }

    #[test]
    fn every_refusal_of_the_library_has_a_text() {
        let refusals = names("refusal");
        assert!(refusals.len() > 20, "{refusals:?}");
        for name in refusals {
            assert!(ENGLISH.contains_key(&*format!("problem.{name}")), "{name}");
        }
    }

    /// Notices are for e-mails, which this application does not write.
    #[test]
    fn every_event_of_the_library_has_a_text() {
        let source = std::fs::read_to_string("../../src/flow/event.rs").unwrap();
        let kinds =
            source.split("impl EventKind").nth(1).unwrap().split("impl Notice").next().unwrap();
        let names: Vec<_> = names("event")
            .into_iter()
            .filter(|name| kinds.contains(&format!("\"{name}\"")))
            .collect();
        assert!(names.len() > 20, "{names:?}");
        for name in names {
            assert!(ENGLISH.contains_key(&*format!("event.{name}")), "{name}");
        }
    }

    #[test]
    fn no_text_is_there_for_nothing() {
        let mut used = format!("{:?}", ["refusal", "event"].map(names));
        let mut directories = vec![PathBuf::from("src"), PathBuf::from("templates")];
        while let Some(directory) = directories.pop() {
            for file in std::fs::read_dir(directory).unwrap().flatten() {
                match std::fs::read_to_string(file.path()) {
                    Ok(text) => used += &text,
                    Err(_) => directories.push(file.path()),
                }
            }
        }
        let countries = |key: &str| key.starts_with("country.") || key.starts_with("channel.");
        for key in ENGLISH.keys().filter(|key| !countries(key)) {
            let whole = key.strip_suffix(".one").unwrap_or(key);
            let name = whole.split_once('.').unwrap_or_default().1;
            let is_used = [whole, name].iter().any(|name| used.contains(&format!("\"{name}\"")));
            assert!(is_used, "{key}");
        }
    }

    #[test]
    fn numbers_are_said_as_people_say_them() {
        assert_eq!(Language::English.wait(1), "1 second");
        assert_eq!(Language::English.wait(90), "90 seconds");
        assert_eq!(Language::German.wait(91), "2 Minuten");
        assert_eq!(Language::English.wait(24 * 3600), "24 hours");
        assert_eq!(
            Language::English.count("problem.incorrect", 1),
            "Wrong code. You have 1 try left."
        );
    }
}
