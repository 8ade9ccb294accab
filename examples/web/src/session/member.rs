//! Whoever is logged in.

use std::time::{Duration, SystemTime};

use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use url::form_urlencoded;

use super::{data::LoginState, visitor::Visitor};
use crate::{app::App, users::User};

/// Taken by every page that only members see: to others it shows the login.
pub(crate) struct Member {
    pub(crate) visitor: Visitor,
    pub(crate) user: User,
}

impl Member {
    /// Whether the password was given so recently that the second factor may be changed.
    pub(crate) fn is_fresh(&self, now: SystemTime) -> bool {
        match self.visitor.login() {
            LoginState::Full { authenticated_at, .. } => {
                authenticated_at.checked_add(FRESH).is_some_and(|until| now < until)
            }
            _ => false,
        }
    }
}

impl FromRequestParts<App> for Member {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, app).await;
        let visitor = visitor.map_err(IntoResponse::into_response)?;
        match visitor.user().cloned() {
            Some(user) => Ok(Self { visitor, user }),
            None => Err(log_in_first(parts).into_response()),
        }
    }
}

/// And then comes back, if there is a page to come back to.
fn log_in_first(parts: &Parts) -> Redirect {
    let path = parts.uri.path_and_query().filter(|_| parts.method == Method::GET);
    path.map_or_else(|| Redirect::to("/login"), |path| with_next("/login", path.as_str()))
}

/// A redirect that tells where to go after it.
pub(crate) fn with_next(page: &str, next: &str) -> Redirect {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    Redirect::to(&format!("{page}?{query}"))
}

/// As long as the library lets a phone be enrolled after the first factor.
const FRESH: Duration = Duration::from_secs(5 * 60);
