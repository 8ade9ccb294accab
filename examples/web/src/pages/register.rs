//! Making an account.

use askama::Template;
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use verify_mfa::{BoxError, UserId};

use super::{LONGEST_NAME, Page, echoed, home, login, show as html, show_again, too_many};
use crate::{
    app::App, csrf::Posted, flash::Flash, page_error::PageError, session::Visitor, users::User,
};

#[derive(Template)]
#[template(path = "register.html")]
struct Register {
    page: Page,
    name: String,
}

#[derive(Deserialize)]
pub(crate) struct Form {
    name: String,
    password: SecretString,
}

pub(crate) async fn show(
    State(app): State<App>,
    mut visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    if visitor.user().is_some() {
        return Ok(Redirect::to(home()).into_response());
    }
    let page = Page::new(&mut visitor, &headers, &app).await?;
    html(&Register { page, name: String::new() })
}

pub(crate) async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    Posted(form): Posted<Form>,
) -> Result<Response, PageError> {
    let name = echoed(&form.name, LONGEST_NAME);
    match register(&app, &visitor, form).await? {
        Ok(user) => {
            app.events.tell(&user.id, "registered", app.now());
            login::after_first_factor(&app, visitor, &user, login::Wish::default()).await
        }
        Err(problem) => {
            let page = Page::again(&visitor, problem, &app)?;
            show_again(&Register { page, name })
        }
    }
}

/// That a name is taken can be learned here: by a name alone, whoever registers has to hear it.
/// Counting by address makes it slow.
async fn register(
    app: &App,
    visitor: &Visitor,
    form: Form,
) -> Result<Result<User, Flash>, BoxError> {
    if let Err(problem) = check(&form) {
        return Ok(Err(problem));
    }
    if let Err(until) = app.counters.attempt_registration(visitor.caller, app.now()).await? {
        return Ok(Err(too_many(until, app)));
    }
    let hash = app.passwords.hash(form.password).await?;
    let added = app.users.add(random_id()?, &form.name, &hash).await?;
    Ok(added.ok_or_else(|| Flash::problem("name_taken")))
}

fn check(form: &Form) -> Result<(), Flash> {
    let is_named = (3..=LONGEST_NAME).contains(&form.name.len())
        && form.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    match form.password.expose_secret().chars().count() {
        _ if !is_named => Err(Flash::problem("name_invalid")),
        // NIST SP 800-63B rev 4 §3.1.1.2 asks for 15 where a password can be the only factor.
        ..15 => Err(Flash::problem("password_short")),
        15..=200 => Ok(()),
        _ => Err(Flash::problem("password_long")),
    }
}

fn random_id() -> Result<UserId, BoxError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id)?;
    Ok(UserId::new(format!("{:032x}", u128::from_ne_bytes(id)))?)
}
