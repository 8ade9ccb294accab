//! The form in which a code is entered, whatever the code is for.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use verify_mfa::{
    Error,
    flow::{Approval, Refusal},
    store::SecurityStamp,
};

use super::{home, login};
use crate::{
    app::App,
    csrf::Posted,
    flash::Flash,
    page_error::PageError,
    session::{Pending, Purpose, Visitor},
};

mod page;
mod resend;

pub(crate) use page::show;
pub(crate) use resend::{cancel, resend};

#[derive(Deserialize)]
pub(crate) struct Code {
    code: SecretString,
    challenge: Option<String>,
}

/// Of a form that was sent in two tabs the second comes here after the first has logged in.
fn nothing_pending(visitor: &Visitor) -> Response {
    let page = visitor.user().map_or("/login", |_| home());
    Redirect::to(page).into_response()
}

/// The challenge that a form is about. A page of an earlier one says so, and costs no try of the newer;
/// which of them is approved is never the form's choice.
fn asked_for(
    visitor: &Visitor,
    challenge: Option<&str>,
    app: &App,
) -> Result<Pending, Box<Response>> {
    let pending = visitor.pending().ok_or_else(|| Box::new(nothing_pending(visitor)))?;
    match challenge {
        Some(other) if !pending.is(other) => {
            Err(Box::new(Flash::problem("earlier_code").on("/code", app)))
        }
        _ => Ok(pending.clone()),
    }
}

pub(crate) async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    Posted(Code { code, challenge }): Posted<Code>,
) -> Result<Response, PageError> {
    let pending = match asked_for(&visitor, challenge.as_deref(), &app) {
        Ok(pending) => pending,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let session = visitor.mfa_session()?;
    // The library wants this to run to its end, so the whole form has a task of its own: see `idempotency`.
    match app.mfa.approve(&pending.id(), &session, code.expose_secret().trim()).await {
        Ok(approval) => approved(&app, visitor, &pending, approval).await,
        Err(error) => failed(&app, visitor, &pending, &error).await,
    }
}

async fn approved(
    app: &App,
    mut visitor: Visitor,
    pending: &Pending,
    approval: Approval,
) -> Result<Response, PageError> {
    match approval {
        Approval::LoggedIn(grant) => login::log_in(visitor, grant).await,
        Approval::Enrolled { stamp } => changed(app, visitor, stamp, "enabled").await,
        // Whoever knows the user's e-mail address writes to it now: see `Notice` in the library.
        Approval::Disabled { stamp, .. } => changed(app, visitor, stamp, "disabled").await,
        Approval::PhoneChanged { stamp, .. } => changed(app, visitor, stamp, "phone_changed").await,
        Approval::Continue(challenge) => {
            visitor.set_pending(Some(Pending::new(&challenge, Purpose::NewPhone))).await?;
            Ok(Flash::done("new_phone").on("/code", app))
        }
        Approval::Incorrect { left } => {
            Ok(Flash::problem("incorrect").number(left.into()).on("/code", app))
        }
        Approval::Refused(refusal) => refused(app, visitor, pending, &refusal).await,
        _ => Err(PageError::Internal),
    }
}

async fn changed(
    app: &App,
    mut visitor: Visitor,
    stamp: SecurityStamp,
    done: &str,
) -> Result<Response, PageError> {
    visitor.factor_changed(stamp).await?;
    Ok(Flash::done(done).on(home(), app))
}

/// Goes back to where it began when no code can be right any more.
async fn refused(
    app: &App,
    mut visitor: Visitor,
    pending: &Pending,
    refusal: &Refusal,
) -> Result<Response, PageError> {
    let flash = Flash::refusal(refusal, app.now());
    if !matches!(refusal, Refusal::Ended(_) | Refusal::Locked { .. }) {
        return Ok(flash.on("/code", app));
    }
    visitor.set_pending(None).await?;
    let is_locked = matches!(refusal, Refusal::Locked { .. }) && visitor.user().is_some();
    Ok(flash.on(if is_locked { home() } else { pending.purpose.start() }, app))
}

async fn failed(
    app: &App,
    mut visitor: Visitor,
    pending: &Pending,
    error: &Error,
) -> Result<Response, PageError> {
    let flash = Flash::outage(error);
    if !error.is_ambiguous() {
        return Ok(flash.on("/code", app));
    }
    visitor.set_pending(None).await?;
    Ok(flash.on(pending.purpose.start(), app))
}
