//! What a page says about the form that was just sent.
//!
//! A form answers with a redirect, so that reloading the page sends nothing again. What there is to say
//! goes with it in a cookie that holds the name of a text and a number.

use std::time::SystemTime;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use verify_mfa::{Error, flow::Refusal};

use crate::{app::App, messages::Language};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flash {
    key: String,
    number: Option<u64>,
}

impl Flash {
    pub(crate) fn done(name: &str) -> Self {
        Self { key: format!("done.{name}"), number: None }
    }

    pub(crate) fn problem(name: &str) -> Self {
        Self { key: format!("problem.{name}"), number: None }
    }

    pub(crate) fn number(self, number: u64) -> Self {
        Self { number: Some(number), ..self }
    }

    /// A problem that is none at `time`.
    pub(crate) fn until(self, time: SystemTime, now: SystemTime) -> Self {
        self.number(seconds(time, now))
    }

    /// What the flow refuses, and how long to wait if that helps.
    pub(crate) fn refusal(refusal: &Refusal, now: SystemTime) -> Self {
        match (refusal, refusal.retry_at()) {
            (Refusal::Locked { until: None }, _) => Self::problem("locked_for_good"),
            (_, Some(time)) => Self::problem(refusal.code()).until(time, now),
            (_, None) => Self::problem(refusal.code()),
        }
    }

    /// Nobody knows whether a code was sent.
    pub(crate) fn unsent(error: &Error) -> Self {
        if error.is_ambiguous() { Self::problem("maybe_sent") } else { Self::outage(error) }
    }

    /// What could not be found out.
    pub(crate) fn outage(error: &Error) -> Self {
        tracing::warn!(error = error as &dyn std::error::Error, "two-factor login");
        match error {
            Error::Conflict => Self::problem("busy"),
            Error::Ambiguous(_) => Self::problem("ambiguous"),
            Error::Store { .. } => Self::problem("store_down"),
            _ => Self::problem("provider_down"),
        }
    }

    pub(crate) fn is_problem(&self) -> bool {
        self.key.starts_with("problem.")
    }

    pub(crate) fn text(&self, language: Language) -> String {
        language.count(&self.key, self.number.unwrap_or_default())
    }

    /// What an earlier request had to say.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let cookie = CookieJar::from_headers(headers).get(COOKIE)?.value().to_owned();
        let (key, number) = cookie.split_once(':')?;
        let is_flash = key.starts_with("done.") || key.starts_with("problem.");
        Language::English.find(key).filter(|_| is_flash)?;
        Some(Self { key: key.to_owned(), number: number.parse().ok() })
    }

    /// Says it on another page.
    pub(crate) fn on(&self, page: &str, app: &App) -> Response {
        let number = self.number.map(|number| number.to_string()).unwrap_or_default();
        let cookie = cookie(format!("{}:{number}", self.key), app);
        (CookieJar::new().add(cookie), Redirect::to(page)).into_response()
    }
}

/// Once shown, it is forgotten.
pub(crate) async fn forget_shown(State(app): State<App>, request: Request, next: Next) -> Response {
    let shows = *request.method() == Method::GET && Flash::of(request.headers()).is_some();
    let response = next.run(request).await;
    if !(shows && response.status().is_success()) {
        return response;
    }
    let mut forgotten = cookie(String::new(), &app);
    forgotten.make_removal();
    (CookieJar::new().add(forgotten), response).into_response()
}

fn cookie(text: String, app: &App) -> Cookie<'static> {
    Cookie::build((COOKIE, text))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.is_secure)
        .max_age(time::Duration::minutes(1))
        .build()
}

pub(crate) fn seconds(time: SystemTime, now: SystemTime) -> u64 {
    let left = time.duration_since(now).unwrap_or_default();
    left.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
}

const COOKIE: &str = "flash";

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(cookie: &str) -> Option<Flash> {
        Flash::of(&HeaderMap::from_iter([("cookie".parse().unwrap(), cookie.parse().unwrap())]))
    }

    #[test]
    fn only_what_there_is_a_text_for_is_said() {
        assert_eq!(carried("flash=done.enabled:"), Some(Flash::done("enabled")));
        let wrong = Some(Flash::problem("incorrect").number(4));
        assert_eq!(carried("a=b; flash=problem.incorrect:4"), wrong);
        for cookie in ["flash=", "flash=done.x:", "flash=site.name:", "flash=problem.incorrect"] {
            assert_eq!(carried(cookie), None, "{cookie}");
        }
    }
}
