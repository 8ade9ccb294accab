//! "Hi NAME", and what there is to switch.

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};

use super::{Page, show as html};
use crate::{app::App, flash::Flash, page_error::PageError, session::Member};

#[derive(Template)]
#[template(path = "profile.html")]
struct Profile {
    page: Page,
    name: String,
    masked_phone: Option<String>,
    locked: Option<String>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Member { mut visitor, user }: Member,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let status = app.mfa.status(&user.id).await?;
    let locked = status.locked.map(|refusal| Flash::refusal(&refusal, status.now));
    html(&Profile {
        locked: locked.map(|flash| flash.text(visitor.language)),
        page: Page::new(&mut visitor, &headers, &app).await?,
        name: user.name,
        masked_phone: status.masked_phone,
    })
}
