//! The page on which a phone is given.

use std::collections::BTreeMap;

use askama::Template;
use verify_mfa::Country;

use crate::{
    app::App,
    country_picker::CountryPicker,
    messages::Language,
    pages::{Page, echoed},
    session::Purpose,
};

#[derive(Template)]
#[template(path = "phone.html")]
pub(super) struct PhonePage {
    page: Page,
    purpose: Purpose,
    countries: Vec<Choice>,
    phone: String,
    picker: CountryPicker,
    /// What the script says.
    texts: BTreeMap<&'static str, &'static str>,
}

struct Choice {
    country: Country,
    name: String,
    is_chosen: bool,
}

impl PhonePage {
    /// With what was chosen and typed so far.
    pub(super) fn new(
        page: Page,
        purpose: Purpose,
        country: Country,
        typed: &str,
        app: &App,
    ) -> Self {
        let (countries, texts) = (choices(app, page.language, country), texts(page.language));
        let (phone, picker) = (echoed(typed, LONGEST_PHONE), app.picker.clone());
        Self { page, purpose, countries, phone, picker, texts }
    }
}

fn choices(app: &App, language: Language, chosen: Country) -> Vec<Choice> {
    let choice = |country: &Country| {
        let name = language.find(&format!("country.{country}")).unwrap_or(country.as_str());
        Choice { country: *country, name: name.to_owned(), is_chosen: *country == chosen }
    };
    let mut choices: Vec<_> = app.countries.iter().map(choice).collect();
    choices.sort_by(|one, other| one.name.cmp(&other.name));
    choices
}

fn texts(language: Language) -> BTreeMap<&'static str, &'static str> {
    TEXTS.into_iter().map(|(name, key)| (name, language.text(key))).collect()
}

/// As typed, with whatever is between the digits.
const LONGEST_PHONE: usize = 64;
const TEXTS: [(&str, &str); 14] = [
    ("selected", "picker.selected"),
    ("select", "picker.select"),
    ("list", "picker.list"),
    ("search", "picker.search"),
    ("clear", "picker.clear"),
    ("close", "picker.close"),
    ("none", "picker.none"),
    ("found", "picker.found"),
    ("empty", "problem.phone.empty"),
    ("too_short", "problem.phone.too_short"),
    ("too_many", "problem.phone.too_many"),
    ("country", "problem.phone.country"),
    ("length", "problem.phone.length"),
    ("invalid", "problem.phone.invalid"),
];
