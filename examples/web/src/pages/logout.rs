//! Logging out, here and everywhere.

use axum::{extract::State, response::Response};
use serde::Deserialize;

use crate::{
    app::App,
    csrf::Posted,
    flash::Flash,
    page_error::PageError,
    session::{Member, Visitor},
};

/// Nothing but the token.
#[derive(Deserialize)]
pub(crate) struct Form {}

pub(crate) async fn here(
    State(app): State<App>,
    mut visitor: Visitor,
    _: Posted<Form>,
) -> Result<Response, PageError> {
    visitor.log_out().await?;
    Ok(Flash::done("logged_out").on("/login", &app))
}

/// With another security stamp every session of the user is over, and every challenge too.
pub(crate) async fn everywhere(
    State(app): State<App>,
    Member { mut visitor, user }: Member,
    _: Posted<Form>,
) -> Result<Response, PageError> {
    app.users.factors.change_stamp(&user.id).await?;
    app.events.tell(&user.id, "logged_out_everywhere", app.now());
    visitor.log_out().await?;
    Ok(Flash::done("logged_out_everywhere").on("/login", &app))
}
