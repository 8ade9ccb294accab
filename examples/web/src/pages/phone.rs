//! Giving a phone: to enable two-factor login, and to change to another one.

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

use super::{Page, confirm, show as html, show_again};
use crate::{
    app::App,
    csrf::Posted,
    flash::Flash,
    page_error::PageError,
    session::{Member, Pending, Purpose},
};

mod page;

use page::PhonePage;

#[derive(Deserialize)]
pub(crate) struct Form {
    country: Country,
    phone: String,
    consent: Option<String>,
}

pub(crate) async fn show_enable(
    State(app): State<App>,
    member: Member,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    show(&app, member, &headers, Purpose::Enable).await
}

pub(crate) async fn show_change(
    State(app): State<App>,
    member: Member,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    show(&app, member, &headers, Purpose::OldPhone).await
}

async fn show(
    app: &App,
    mut member: Member,
    headers: &HeaderMap,
    purpose: Purpose,
) -> Result<Response, PageError> {
    if let Some(elsewhere) = confirm::first(&member, purpose.start(), app) {
        return Ok(elsewhere);
    }
    let page = Page::new(&mut member.visitor, headers, app).await?;
    html(&PhonePage::new(page, purpose, Country::US, "", app))
}

pub(crate) async fn enable(
    State(app): State<App>,
    member: Member,
    Posted(form): Posted<Form>,
) -> Result<Response, PageError> {
    submit(&app, member, form, Purpose::Enable).await
}

pub(crate) async fn change(
    State(app): State<App>,
    member: Member,
    Posted(form): Posted<Form>,
) -> Result<Response, PageError> {
    submit(&app, member, form, Purpose::OldPhone).await
}

async fn submit(
    app: &App,
    mut member: Member,
    form: Form,
    purpose: Purpose,
) -> Result<Response, PageError> {
    if let Some(elsewhere) = confirm::first(&member, purpose.start(), app) {
        return Ok(elsewhere);
    }
    let problem = match PhoneNumber::parse_in(&form.phone, form.country) {
        Err(invalid) => Flash::problem(problem(invalid)),
        Ok(phone) => match begin(app, &member, phone, &form, purpose).await {
            Ok(Started::Challenged(challenge)) => {
                member.visitor.set_pending(Some(Pending::new(&challenge, purpose))).await?;
                return Ok(Redirect::to("/code").into_response());
            }
            Ok(Started::Refused(refusal)) => Flash::refusal(&refusal, app.now()),
            Err(error) => Flash::unsent(&error),
        },
    };
    let page = Page::again(&member.visitor, problem, app)?;
    show_again(&PhonePage::new(page, purpose, form.country, &form.phone, app))
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
    let enroll = if form.consent.is_some() { enroll.notice_acknowledged() } else { enroll };
    app.mfa.enroll(user, &session, &phone, enroll).await
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
