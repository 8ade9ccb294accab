//! Which address is which page. What sends, checks or changes something is a POST.

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    response::Redirect,
    routing::{get, post},
};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use crate::{
    app::App,
    files, flash, headers,
    idempotency::{self, Idempotency},
    page_error::{self, PageError},
    pages::{code, confirm, disable, events, login, logout, phone, profile, register},
    session::{SqliteSessions, keep_cookie},
};

/// The whole application. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`.
pub fn router(app: App) -> Router {
    let sessions = SessionManagerLayer::new(SqliteSessions(app.pool.clone()))
        .with_name(session_cookie(app.is_secure))
        .with_secure(app.is_secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax);
    let forms = Idempotency::new(session_cookie(app.is_secure));
    Router::new()
        .merge(pages())
        .fallback(async || PageError::NotFound)
        .method_not_allowed_fallback(async || PageError::NotAllowed)
        .layer(sessions)
        .layer(from_fn_with_state(app.clone(), keep_cookie))
        .layer(from_fn(page_error::explain))
        .layer(from_fn_with_state(app.clone(), flash::forget_shown))
        .layer(from_fn_with_state(forms, idempotency::deduplicate))
        .merge(files::router(&app.picker))
        .layer(from_fn_with_state(app.clone(), headers::protect))
        .with_state(app)
}

fn pages() -> Router<App> {
    Router::new()
        .route("/", get(async || Redirect::to("/profile")))
        .route("/register", get(register::show).post(register::submit))
        .route("/login", get(login::show).post(login::submit))
        .route("/logout", post(logout::here))
        .route("/logout-everywhere", post(logout::everywhere))
        .route("/profile", get(profile::show))
        .route("/events", get(events::show))
        .route("/confirm", get(confirm::show).post(confirm::submit))
        .route("/two-factor/enable", get(phone::show_enable).post(phone::enable))
        .route("/two-factor/phone", get(phone::show_change).post(phone::change))
        .route("/two-factor/disable", get(disable::show).post(disable::submit))
        .route("/code", get(code::show).post(code::submit))
        .route("/code/resend", post(code::resend))
        .route("/code/cancel", post(code::cancel))
}

/// Under `https` browsers let no other site, and nobody on the way, set a cookie of this name.
pub(crate) fn session_cookie(is_secure: bool) -> &'static str {
    if is_secure { "__Host-session" } else { "session" }
}
