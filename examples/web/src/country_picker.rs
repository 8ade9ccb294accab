//! Where browsers get intl-tel-input from, the country picker of the phone field.
//!
//! When it is installed with `npm ci`, this site serves it. Otherwise browsers get it from a public copy of
//! npm, which cannot change a byte of what runs: the page says what the files have to be. Without it, and
//! without scripts, the field is a plain one beside a list of countries.

use std::{fs, path::Path};

use crate::files::{CSS, File, JAVASCRIPT};

#[derive(Debug, Clone)]
pub(crate) struct CountryPicker {
    /// What the addresses of its files begin with.
    pub(crate) base: &'static str,
}

impl CountryPicker {
    /// This site's, if it is installed.
    pub(crate) fn find() -> Self {
        let is_installed = read(SCRIPT).is_some();
        Self { base: if is_installed { INSTALLED } else { PUBLIC } }
    }

    pub(crate) fn script(&self) -> String {
        format!("{}{SCRIPT}", self.base)
    }

    pub(crate) fn style(&self) -> String {
        format!("{}{STYLE}", self.base)
    }

    pub(crate) fn script_hash(&self) -> &'static str {
        SCRIPT_HASH
    }

    pub(crate) fn style_hash(&self) -> &'static str {
        STYLE_HASH
    }

    /// What this site serves of it.
    pub(crate) fn files(&self) -> impl Iterator<Item = File> {
        let files = [
            (SCRIPT, JAVASCRIPT),
            (STYLE, CSS),
            ("/img/flags.webp", "image/webp"),
            ("/img/flags@2x.webp", "image/webp"),
        ];
        let base = self.base;
        let own = files.into_iter().filter(move |_| base == INSTALLED);
        own.filter_map(|(path, kind)| Some((format!("{INSTALLED}{path}"), kind, read(path)?)))
    }

    /// For the content security policy, when it is not this site's.
    pub(crate) fn foreign_source(&self) -> String {
        if self.base == PUBLIC { format!(" {PUBLIC}/") } else { String::new() }
    }
}

fn read(path: &str) -> Option<Vec<u8>> {
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/intl-tel-input/dist");
    fs::read(Path::new(installed).join(path.trim_start_matches('/'))).ok()
}

const INSTALLED: &str = "/static/intl-tel-input";
const PUBLIC: &str = "https://cdn.jsdelivr.net/npm/intl-tel-input@29.5.1/dist";
const SCRIPT: &str = "/js/intlTelInputWithUtils.min.js";
const STYLE: &str = "/css/intlTelInput.min.css";
const SCRIPT_HASH: &str = "sha384-Fh1l5KIgah76I/XuBok5ReGH6a/uK5nNVOklDWPQQoNs061sE12BeP4i4McpJvcn";
const STYLE_HASH: &str = "sha384-khdvUrzJNN6Jw9yHboN6430RRijNf+nAlKcZv0a5IrkTjwZpwgJ9fzD3kjbqhOyZ";

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use sha2::{Digest, Sha384};

    use super::*;

    #[test]
    fn the_public_copy_has_the_version_of_the_lock_file() {
        let lock: serde_json::Value =
            serde_json::from_str(include_str!("../package-lock.json")).unwrap();
        let version = lock["packages"]["node_modules/intl-tel-input"]["version"].as_str().unwrap();
        assert!(PUBLIC.ends_with(&format!("/intl-tel-input@{version}/dist")));
    }

    /// Only where it is installed, which `npm ci` checks against the lock file.
    #[test]
    fn the_hashes_are_those_of_the_files() {
        for (path, expected) in [(SCRIPT, SCRIPT_HASH), (STYLE, STYLE_HASH)] {
            if let Some(bytes) = read(path) {
                let hash = BASE64_STANDARD.encode(Sha384::digest(bytes));
                assert_eq!(format!("sha384-{hash}"), expected, "{path}");
            }
        }
    }

    #[test]
    fn only_what_is_not_served_here_needs_a_foreign_source() {
        let (own, public) = (CountryPicker { base: INSTALLED }, CountryPicker { base: PUBLIC });
        assert_eq!(own.foreign_source(), "");
        assert_eq!(public.foreign_source(), format!(" {PUBLIC}/"));
        assert_eq!(public.files().count(), 0);
    }
}
