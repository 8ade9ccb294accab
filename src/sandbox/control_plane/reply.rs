//! Answers in JSON.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;
use serde_json::json;

/// Why there is nothing else to answer: one sentence.
///
/// Never with the status 400, 414 or 431: those are taken for the HTTP library's own and put into
/// Twilio's shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    status: StatusCode,
    sentence: String,
    allowed: Option<&'static str>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into(), allowed: None }
    }

    /// Something in the request cannot be understood.
    pub(super) fn unprocessable(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, sentence)
    }

    /// The methods that there are.
    pub(super) fn method(allowed: &'static str) -> Self {
        let sentence = format!("This path has {allowed} only.");
        Self { allowed: Some(allowed), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, sentence) }
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = reply(self.status, &json!({ "error": self.sentence }));
        if let Some(allowed) = self.allowed {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
        }
        response
    }
}

pub(super) fn ok(body: &impl Serialize) -> Response {
    reply(StatusCode::OK, body)
}

pub(super) fn created(body: &impl Serialize) -> Response {
    reply(StatusCode::CREATED, body)
}

/// With what every answer of the control plane carries: it holds codes, so nobody keeps it.
pub(super) fn guarded(status: StatusCode, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn reply(status: StatusCode, body: &impl Serialize) -> Response {
    // Every body is made of text, numbers and lists, which always have a JSON form.
    let body = serde_json::to_vec(body).unwrap_or_default();
    guarded(status, "application/json", body.into())
}
