//! The page on which a code is entered, whatever the code is for.

use askama::Template;
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use verify_mfa::{
    Channel, Error,
    flow::{Approval, Ended, Refusal, Resend, Resent},
};

use super::{Page, home, login, show as html};
use crate::{
    app::App,
    csrf::Posted,
    notice::{Notice, seconds},
    session::{Pending, Purpose, Visitor},
    trouble::Trouble,
};

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    page: Page,
    challenge: String,
    purpose: Purpose,
    masked_phone: String,
    is_call: bool,
    /// Seconds until a call can be asked for, if one can.
    call_wait: Option<u64>,
    left: String,
    expires: String,
    /// Seconds until the code can be sent again.
    wait: u64,
}

#[derive(Deserialize)]
pub(crate) struct Code {
    code: SecretString,
    challenge: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Again {
    how: String,
    challenge: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Cancel {
    challenge: Option<String>,
}

/// Asking for the page, or reloading it, sends nothing.
pub(crate) async fn show(
    State(app): State<App>,
    mut visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let Some(pending) = visitor.pending().cloned() else { return Ok(nothing_pending(&visitor)) };
    let challenge = app.mfa.pending(&pending.id(), &visitor.mfa_session()?).await?;
    let (now, language) = (app.now(), visitor.language);
    let Some(challenge) = challenge else {
        let is_expired = now >= pending.expires_at;
        let ended = if is_expired { Ended::Expired } else { Ended::Unknown };
        return Ok(Notice::refusal(&ended.into(), now).on(pending.purpose.start(), &app));
    };
    html(&CodePage {
        purpose: pending.purpose,
        is_call: challenge.channel == Channel::Call,
        call_wait: challenge.next_call_at.map(|time| seconds(time, now)),
        left: language.count("code.left", challenge.checks_left.into()),
        expires: language.count("code.expires", seconds(challenge.expires_at, now)),
        wait: seconds(challenge.next_resend_at, now),
        masked_phone: challenge.masked_phone,
        challenge: challenge.id.as_str().to_owned(),
        page: Page::new(&mut visitor, &headers, &app).await?,
    })
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
            Err(Box::new(Notice::problem("earlier_code").on("/code", app)))
        }
        _ => Ok(pending.clone()),
    }
}

pub(crate) async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    Posted(Code { code, challenge }): Posted<Code>,
) -> Result<Response, Trouble> {
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
) -> Result<Response, Trouble> {
    match approval {
        Approval::LoggedIn(grant) => login::log_in(visitor, grant).await,
        Approval::Enrolled => changed(app, visitor, "enabled").await,
        // Whoever knows the user's e-mail address writes to it now: see `Notice` in the library.
        Approval::Disabled { .. } => changed(app, visitor, "disabled").await,
        Approval::PhoneChanged { .. } => changed(app, visitor, "phone_changed").await,
        Approval::Continue(challenge) => {
            visitor.wait_for(Some(Pending::new(&challenge, Purpose::NewPhone))).await?;
            Ok(Notice::done("new_phone").on("/code", app))
        }
        Approval::Incorrect { left } => {
            Ok(Notice::problem("incorrect").number(left.into()).on("/code", app))
        }
        Approval::Refused(refusal) => refused(app, visitor, pending, &refusal).await,
        _ => Err(Trouble::Internal),
    }
}

async fn changed(app: &App, mut visitor: Visitor, done: &str) -> Result<Response, Trouble> {
    visitor.factor_changed(app).await?;
    Ok(Notice::done(done).on(home(), app))
}

/// Goes back to where it began when no code can be right any more.
async fn refused(
    app: &App,
    mut visitor: Visitor,
    pending: &Pending,
    refusal: &Refusal,
) -> Result<Response, Trouble> {
    let notice = Notice::refusal(refusal, app.now());
    if !matches!(refusal, Refusal::Ended(_) | Refusal::Locked { .. }) {
        return Ok(notice.on("/code", app));
    }
    visitor.wait_for(None).await?;
    let is_locked = matches!(refusal, Refusal::Locked { .. }) && visitor.user().is_some();
    Ok(notice.on(if is_locked { home() } else { pending.purpose.start() }, app))
}

async fn failed(
    app: &App,
    mut visitor: Visitor,
    pending: &Pending,
    error: &Error,
) -> Result<Response, Trouble> {
    let notice = Notice::outage(error);
    if !error.is_ambiguous() {
        return Ok(notice.on("/code", app));
    }
    visitor.wait_for(None).await?;
    Ok(notice.on(pending.purpose.start(), app))
}

pub(crate) async fn resend(
    State(app): State<App>,
    visitor: Visitor,
    Posted(Again { how, challenge }): Posted<Again>,
) -> Result<Response, Trouble> {
    let pending = match asked_for(&visitor, challenge.as_deref(), &app) {
        Ok(pending) => pending,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let how = if how == "call" { Resend::Call } else { Resend::Same };
    match app.mfa.resend(&pending.id(), &visitor.mfa_session()?, how).await {
        Ok(Resent::Sent(challenge)) => {
            let is_call = challenge.channel == Channel::Call;
            Ok(Notice::done(if is_call { "called" } else { "sent" }).on("/code", &app))
        }
        Ok(Resent::Refused(refusal)) => refused(&app, visitor, &pending, &refusal).await,
        Err(error) => Ok(Notice::unsent(&error).on("/code", &app)),
    }
}

pub(crate) async fn cancel(
    State(app): State<App>,
    mut visitor: Visitor,
    Posted(Cancel { challenge }): Posted<Cancel>,
) -> Result<Response, Trouble> {
    let pending = match asked_for(&visitor, challenge.as_deref(), &app) {
        Ok(pending) => pending,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    app.mfa.cancel(&pending.id(), &visitor.mfa_session()?).await?;
    visitor.wait_for(None).await?;
    let page = visitor.user().map_or("/login", |_| home());
    Ok(Notice::done("canceled").on(page, &app))
}
