//! "Hi NAME", and what there is to switch.

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};

use super::{Page, show as html};
use crate::{app::App, notice::Notice, session::Member, trouble::Trouble};

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
) -> Result<Response, Trouble> {
    let status = app.mfa.status(&user.id).await?;
    let locked = status.locked.map(|refusal| Notice::refusal(&refusal, status.now));
    html(&Profile {
        locked: locked.map(|notice| notice.text(visitor.language)),
        page: Page::new(&mut visitor, &headers, &app).await?,
        name: user.name,
        masked_phone: status.masked_phone,
    })
}
