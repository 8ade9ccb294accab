//! Giving a phone: to enable two-factor login, and to change to another one.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use verify_mfa::{
    Channel, Country, Error, InvalidPhone, PhoneNumber,
    flow::{Action, Enroll, Started},
};

use super::{Page, confirm, echoed, show as html, show_again};
use crate::{
    app::App,
    country_picker::CountryPicker,
    csrf::Posted,
    messages::Language,
    notice::Notice,
    session::{Member, Pending, Purpose},
    trouble::Trouble,
};

#[derive(Template)]
#[template(path = "phone.html")]
struct PhonePage {
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

#[derive(Deserialize)]
pub(crate) struct Form {
    country: Country,
    phone: String,
    notice: Option<String>,
}

pub(crate) async fn show_enable(
    State(app): State<App>,
    member: Member,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    show(&app, member, &headers, Purpose::Enable).await
}

pub(crate) async fn show_change(
    State(app): State<App>,
    member: Member,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    show(&app, member, &headers, Purpose::OldPhone).await
}

async fn show(
    app: &App,
    mut member: Member,
    headers: &HeaderMap,
    purpose: Purpose,
) -> Result<Response, Trouble> {
    if let Some(elsewhere) = confirm::first(&member, purpose.start(), app) {
        return Ok(elsewhere);
    }
    let page = Page::new(&mut member.visitor, headers, app).await?;
    let countries = choices(app, page.language, Country::US);
    let (phone, texts, picker) = (String::new(), texts(page.language), app.picker.clone());
    html(&PhonePage { page, purpose, countries, phone, picker, texts })
}

pub(crate) async fn enable(
    State(app): State<App>,
    member: Member,
    Posted(form): Posted<Form>,
) -> Result<Response, Trouble> {
    submit(&app, member, form, Purpose::Enable).await
}

pub(crate) async fn change(
    State(app): State<App>,
    member: Member,
    Posted(form): Posted<Form>,
) -> Result<Response, Trouble> {
    submit(&app, member, form, Purpose::OldPhone).await
}

async fn submit(
    app: &App,
    mut member: Member,
    form: Form,
    purpose: Purpose,
) -> Result<Response, Trouble> {
    if let Some(elsewhere) = confirm::first(&member, purpose.start(), app) {
        return Ok(elsewhere);
    }
    let problem = match PhoneNumber::parse_in(&form.phone, form.country) {
        Err(invalid) => Notice::problem(problem(invalid)),
        Ok(phone) => match begin(app, &member, phone, &form, purpose).await {
            Ok(Started::Challenged(challenge)) => {
                member.visitor.wait_for(Some(Pending::new(&challenge, purpose))).await?;
                return Ok(Redirect::to("/code").into_response());
            }
            Ok(Started::Refused(refusal)) => Notice::refusal(&refusal, app.now()),
            Err(error) => Notice::unsent(&error),
        },
    };
    let page = Page::again(&member.visitor, problem, app)?;
    let countries = choices(app, page.language, form.country);
    let (phone, texts, picker) =
        (echoed(&form.phone, LONGEST_PHONE), texts(page.language), app.picker.clone());
    show_again(&PhonePage { page, purpose, countries, phone, picker, texts })
}

/// Sends the first code, which costs money.
async fn begin(
    app: &App,
    member: &Member,
    phone: PhoneNumber,
    form: &Form,
    purpose: Purpose,
) -> Result<Started, Error> {
    let (user, session) = (&member.user.id, member.visitor.mfa_session()?);
    if purpose == Purpose::OldPhone {
        let action = Action::ChangePhone(phone);
        return app.mfa.step_up(user, &session, action, Channel::Sms).await;
    }
    let enroll = Enroll::new(Channel::Sms);
    let enroll = if form.notice.is_some() { enroll.notice_acknowledged() } else { enroll };
    app.mfa.enroll(user, &session, &phone, enroll).await
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

fn problem(invalid: InvalidPhone) -> &'static str {
    match invalid {
        InvalidPhone::Empty => "phone.empty",
        InvalidPhone::TooLong => "phone.too_long",
        InvalidPhone::Character(_) => "phone.character",
        InvalidPhone::MisplacedPlus => "phone.plus",
        InvalidPhone::Extension => "phone.extension",
        InvalidPhone::MissingCountryCode | InvalidPhone::UnknownCountryCode => "phone.country",
        InvalidPhone::TooShort => "phone.too_short",
        InvalidPhone::TooManyDigits => "phone.too_many",
        InvalidPhone::NotPossible => "phone.length",
        _ => "phone.invalid",
    }
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
