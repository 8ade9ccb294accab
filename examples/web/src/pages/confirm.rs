//! The password once more, before the second factor is changed.

use askama::Template;
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use secrecy::SecretString;
use serde::Deserialize;
use verify_mfa::NextPath;

use super::{
    Page, home,
    login::{Asked, own_path},
    show as html, show_again, too_many,
};
use crate::{
    app::App,
    csrf::Posted,
    flash::Flash,
    page_error::PageError,
    session::{Member, with_next},
};

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm {
    page: Page,
    name: String,
    next: Option<NextPath>,
}

#[derive(Deserialize)]
pub(crate) struct Form {
    password: SecretString,
    next: Option<String>,
}

/// Where to go first, when the password was given too long ago for `page`.
pub(crate) fn first(member: &Member, page: &str, app: &App) -> Option<Response> {
    (!member.is_fresh(app.now())).then(|| with_next("/confirm", page).into_response())
}

pub(crate) async fn show(
    State(app): State<App>,
    Member { mut visitor, user }: Member,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let page = Page::new(&mut visitor, &headers, &app).await?;
    html(&Confirm { page, name: user.name, next: own_path(asked.next) })
}

pub(crate) async fn submit(
    State(app): State<App>,
    Member { mut visitor, user }: Member,
    Posted(form): Posted<Form>,
) -> Result<Response, PageError> {
    let next = own_path(form.next);
    let counted = app.counters.attempt_confirmation(&user.id, visitor.secret(), app.now()).await?;
    let problem = match counted {
        Err(until) => too_many(until, &app),
        Ok(attempt) => {
            let hash = app.users.by_name(&user.name).await?.map(|(_, hash)| hash);
            if app.passwords.is_right(form.password, hash).await? {
                attempt.take_back().await?;
                visitor.confirm(app.now()).await?;
                let next = next.as_ref().map_or(home(), NextPath::as_str);
                return Ok(Redirect::to(next).into_response());
            }
            app.events.tell(&user.id, "password_failed", app.now());
            Flash::problem("wrong_password")
        }
    };
    let page = Page::again(&visitor, problem, &app)?;
    show_again(&Confirm { page, name: user.name, next })
}
