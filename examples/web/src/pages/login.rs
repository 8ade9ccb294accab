//! Logging in: the password, and then what the library decides.

use askama::Template;
use axum::{
    extract::{FromRequestParts, Query, State},
    http::{HeaderMap, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use secrecy::SecretString;
use serde::Deserialize;
use verify_mfa::{
    BoxError, NextPath,
    flow::{Decision, Login, LoginGrant},
};

use super::{LONGEST_NAME, Page, echoed, home, show as html, show_again, too_many};
use crate::{
    app::App,
    csrf::Posted,
    flash::Flash,
    page_error::PageError,
    session::{Pending, Purpose, Visitor},
    users::User,
};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    page: Page,
    name: String,
    remember: bool,
    next: Option<NextPath>,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    pub(crate) next: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        let Query(asked) = Query::try_from_uri(&parts.uri).map_err(|_| PageError::BadRequest)?;
        Ok(asked)
    }
}

#[derive(Deserialize)]
pub(crate) struct Form {
    name: String,
    password: SecretString,
    remember: Option<String>,
    next: Option<String>,
}

/// What shall be true once the login is complete. The library keeps it until then.
#[derive(Default)]
pub(crate) struct Wish {
    remember: bool,
    next: Option<NextPath>,
}

pub(crate) async fn show(
    State(app): State<App>,
    mut visitor: Visitor,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let next = own_path(asked.next);
    if visitor.user().is_some() {
        return Ok(Redirect::to(next.as_ref().map_or(home(), NextPath::as_str)).into_response());
    }
    let page = Page::new(&mut visitor, &headers, &app).await?;
    html(&LoginPage { page, name: String::new(), remember: false, next })
}

pub(crate) async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    Posted(form): Posted<Form>,
) -> Result<Response, PageError> {
    let Form { name, password, remember, next } = form;
    let wish = Wish { remember: remember.is_some(), next: own_path(next) };
    match first_factor(&app, &visitor, &name, password).await? {
        Ok(user) => after_first_factor(&app, visitor, &user, wish).await,
        Err(problem) => {
            let page = Page::again(&visitor, problem, &app)?;
            let Wish { remember, next } = wish;
            show_again(&LoginPage { page, name: echoed(&name, LONGEST_NAME), remember, next })
        }
    }
}

/// Never a page of another site, whatever the link to this one said.
pub(crate) fn own_path(next: Option<String>) -> Option<NextPath> {
    next.and_then(|next| next.parse().ok())
}

/// Says and takes the same whether or not there is such a user.
async fn first_factor(
    app: &App,
    visitor: &Visitor,
    name: &str,
    password: SecretString,
) -> Result<Result<User, Flash>, BoxError> {
    let attempt = match app.counters.attempt_login(visitor.caller, name, app.now()).await? {
        Ok(attempt) => attempt,
        Err(until) => return Ok(Err(too_many(until, app))),
    };
    let (user, hash) = app.users.by_name(name).await?.unzip();
    let is_right = app.passwords.is_right(password, hash).await?;
    match user {
        Some(user) if is_right => {
            attempt.take_back().await?;
            return Ok(Ok(user));
        }
        Some(user) => app.events.tell(&user.id, "password_failed", app.now()),
        None => {}
    }
    Ok(Err(Flash::problem("wrong_credentials")))
}

/// The one way from a right password into a session, for whatever else checks passwords too.
pub(crate) async fn after_first_factor(
    app: &App,
    mut visitor: Visitor,
    user: &User,
    wish: Wish,
) -> Result<Response, PageError> {
    visitor.first_factor(&user.id, app.now()).await?;
    let login = Login::new().next(wish.next).remember(wish.remember);
    match app.mfa.challenge(&user.id, &visitor.mfa_session()?, login).await {
        Ok(Decision::NotEnrolled(grant)) => log_in(visitor, grant).await,
        Ok(Decision::Challenged(challenge)) => {
            visitor.set_pending(Some(Pending::new(&challenge, Purpose::Login))).await?;
            Ok(Redirect::to("/code").into_response())
        }
        Ok(Decision::Refused(refusal)) => Ok(Flash::refusal(&refusal, app.now()).on("/login", app)),
        Err(error) => Ok(Flash::unsent(&error).on("/login", app)),
    }
}

/// Completes the login that the grant is for.
pub(crate) async fn log_in(mut visitor: Visitor, grant: LoginGrant) -> Result<Response, PageError> {
    let next = grant.next().cloned();
    visitor.log_in(grant).await?;
    Ok(Redirect::to(next.as_ref().map_or(home(), NextPath::as_str)).into_response())
}
