//! Switching two-factor login off, which takes a fresh code.

use askama::Template;
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use verify_mfa::{
    Channel,
    flow::{Action, Started},
};

use super::{Page, confirm, logout::Form, show as html};
use crate::{
    app::App,
    csrf::Posted,
    flash::Flash,
    page_error::PageError,
    session::{Member, Pending, Purpose},
};

#[derive(Template)]
#[template(path = "disable.html")]
struct Disable {
    page: Page,
}

pub(crate) async fn show(
    State(app): State<App>,
    mut member: Member,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    if let Some(elsewhere) = confirm::first(&member, Purpose::Disable.start(), &app) {
        return Ok(elsewhere);
    }
    html(&Disable { page: Page::new(&mut member.visitor, &headers, &app).await? })
}

pub(crate) async fn submit(
    State(app): State<App>,
    mut member: Member,
    _: Posted<Form>,
) -> Result<Response, PageError> {
    if let Some(elsewhere) = confirm::first(&member, Purpose::Disable.start(), &app) {
        return Ok(elsewhere);
    }
    let session = member.visitor.mfa_session()?;
    match app.mfa.step_up(&member.user.id, &session, Action::Disable, Channel::Sms).await {
        Ok(Started::Challenged(challenge)) => {
            let pending = Pending::new(&challenge, Purpose::Disable);
            member.visitor.set_pending(Some(pending)).await?;
            Ok(Redirect::to("/code").into_response())
        }
        Ok(Started::Refused(refusal)) => {
            Ok(Flash::refusal(&refusal, app.now()).on(Purpose::Disable.start(), &app))
        }
        Err(error) => Ok(Flash::unsent(&error).on(Purpose::Disable.start(), &app)),
    }
}
