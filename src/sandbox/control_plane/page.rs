//! The page on which the messages arrive.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use super::reply::guarded;

pub(super) fn show() -> Response {
    let mut response = guarded(StatusCode::OK, "text/html; charset=utf-8", PAGE.into());
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy(PAGE)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// Lets the page's own script and style run, and nothing else.
fn policy(page: &str) -> String {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(within(page, "<script>", "</script>")),
        hash(within(page, "<style>", "</style>")),
    )
}

fn within<'a>(page: &'a str, begin: &str, end: &str) -> &'a str {
    let rest = page.split_once(begin).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split_once(end)).map(|(inside, _)| inside).unwrap_or_default()
}

fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

const PAGE: &str = include_str!("page.html");

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
