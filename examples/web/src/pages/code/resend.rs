//! The code once more, or no code any more.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use verify_mfa::{
    Channel,
    flow::{Resend, Resent},
};

use super::{asked_for, refused};
use crate::{
    app::App, csrf::Posted, flash::Flash, page_error::PageError, pages::home, session::Visitor,
};

#[derive(Deserialize)]
pub(crate) struct Again {
    how: String,
    challenge: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Cancel {
    challenge: Option<String>,
}

pub(crate) async fn resend(
    State(app): State<App>,
    visitor: Visitor,
    Posted(Again { how, challenge }): Posted<Again>,
) -> Result<Response, PageError> {
    let pending = match asked_for(&visitor, challenge.as_deref(), &app) {
        Ok(pending) => pending,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let how = if how == "call" { Resend::Call } else { Resend::Same };
    match app.mfa.resend(&pending.id(), &visitor.mfa_session()?, how).await {
        Ok(Resent::Sent(challenge)) => {
            let is_call = challenge.channel == Channel::Call;
            Ok(Flash::done(if is_call { "called" } else { "sent" }).on("/code", &app))
        }
        Ok(Resent::Refused(refusal)) => refused(&app, visitor, &pending, &refusal).await,
        Err(error) => Ok(Flash::unsent(&error).on("/code", &app)),
    }
}

pub(crate) async fn cancel(
    State(app): State<App>,
    mut visitor: Visitor,
    Posted(Cancel { challenge }): Posted<Cancel>,
) -> Result<Response, PageError> {
    let pending = match asked_for(&visitor, challenge.as_deref(), &app) {
        Ok(pending) => pending,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    app.mfa.cancel(&pending.id(), &visitor.mfa_session()?).await?;
    visitor.set_pending(None).await?;
    let page = visitor.user().map_or("/login", |_| home());
    Ok(Flash::done("canceled").on(page, &app))
}
