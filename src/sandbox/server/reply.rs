//! An answer before it is an HTTP response.

use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{ALLOW, CONTENT_TYPE, HeaderName, WWW_AUTHENTICATE},
    },
    response::Response,
};
use serde::Serialize;

use super::error::Rejection;

#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    body: Vec<u8>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Reply {
    pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => Self { status, body, header: None },
            // Every reply is made of text, numbers and lists, which always have a JSON form.
            Err(_) => Self { status, body: b"{}".to_vec(), header: None },
        }
    }

    pub(super) fn created(body: &impl Serialize) -> Self {
        Self::json(StatusCode::CREATED, body)
    }

    pub(super) fn ok(body: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, body)
    }

    pub(super) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: Vec::new(), header: None }
    }

    /// Adds the header that belongs to the rejection's status.
    pub(super) fn with_rejection(mut self, rejection: &Rejection) -> Self {
        self.header = match rejection {
            Rejection::Unauthenticated => {
                Some((WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Twilio API\"")))
            }
            Rejection::Method(allowed) => Some((ALLOW, HeaderValue::from_static(allowed))),
            _ => None,
        };
        self
    }

    pub(super) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    pub(super) fn into_response(self, request_id: &str) -> Response {
        let has_body = !self.body.is_empty();
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if has_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Ok(request_id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, request_id);
        }
        headers.extend(self.header);
        response
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("twilio-request-id");
