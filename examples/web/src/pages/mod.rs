//! The pages, a file each.

pub(crate) mod code;
pub(crate) mod confirm;
pub(crate) mod disable;
pub(crate) mod events;
pub(crate) mod login;
pub(crate) mod logout;
mod page;
pub(crate) mod phone;
pub(crate) mod profile;
pub(crate) mod register;

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use crate::{app::App, messages::Language, page_error::PageError};
pub(crate) use page::Page;

/// Shows a page.
fn show(template: &impl Template) -> Result<Response, PageError> {
    Ok(Html(template.render()?).into_response())
}

/// Shows a form again, with what is wrong in it.
fn show_again(template: &impl Template) -> Result<Response, PageError> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(template.render()?)).into_response())
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    text: &'static str,
}

pub(crate) fn error(error: PageError, language: Language) -> Response {
    let template = ErrorPage { page: Page::bare(language), text: language.text(error.key()) };
    let html = template.render().unwrap_or_default();
    (error.status(), Html(html)).into_response()
}

/// What was typed, as far as it can be right.
fn echoed(typed: &str, longest: usize) -> String {
    typed.chars().take(longest).collect()
}

const LONGEST_NAME: usize = 40;

/// Where somebody goes who has just logged in.
fn home() -> &'static str {
    "/profile"
}

/// Since when a password was tried too often, as people are told.
fn too_many(until: std::time::SystemTime, app: &App) -> crate::flash::Flash {
    crate::flash::Flash::problem("too_many_attempts").until(until, app.now())
}
