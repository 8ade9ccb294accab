//! The cookie of the session.

use axum::{
    extract::{Request, State},
    http::{
        Method,
        header::{Entry, SET_COOKIE},
    },
    middleware::Next,
    response::Response,
};

use crate::{app::App, routes::session_cookie};

/// Lets only a logout remove the cookie. A request that was on its way while somebody logged in comes with
/// the id from before, of which there is no session any more: its answer must not remove the new one.
pub(crate) async fn keep_cookie(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let logs_out = *request.method() == Method::POST && path.starts_with("/logout");
    let mut response = next.run(request).await;
    if logs_out {
        return response;
    }
    let removal = format!("{}=;", session_cookie(app.is_secure));
    if let Entry::Occupied(cookies) = response.headers_mut().entry(SET_COOKIE) {
        let (_, cookies) = cookies.remove_entry_mult();
        let kept: Vec<_> =
            cookies.filter(|cookie| !cookie.as_bytes().starts_with(removal.as_bytes())).collect();
        response.headers_mut().extend(kept.into_iter().map(|cookie| (SET_COOKIE, cookie)));
    }
    response
}
