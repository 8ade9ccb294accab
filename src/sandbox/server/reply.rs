//! An answer before it is an HTTP response.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
    },
    response::Response,
};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use tokio::sync::watch;

use crate::sandbox::fault::Canned;

#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    body: Bytes,
    content_type: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        // Every reply is made of text, numbers and lists, which always have a JSON form.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::new(status, "application/json", body.into())
    }

    pub(super) fn created(body: &impl Serialize) -> Self {
        Self::json(StatusCode::CREATED, body)
    }

    pub(super) fn ok(body: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, body)
    }

    pub(super) fn text(body: String) -> Self {
        Self::new(StatusCode::OK, "text/plain", body.into())
    }

    pub(super) fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, "application/json", Bytes::new())
    }

    /// What a fault says. It must be a final status.
    pub(super) fn canned(canned: &Canned) -> Self {
        let status = StatusCode::from_u16(canned.status).ok();
        let status = status.filter(|status| (200..600).contains(&status.as_u16()));
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let reply = Self::new(status, canned.content_type, canned.body.clone());
        let wait = canned.retry_after.map(|wait| HeaderValue::from_str(&wait.to_string()));
        match wait {
            Some(Ok(wait)) => reply.with_header(RETRY_AFTER, wait),
            _ => reply,
        }
    }

    pub(super) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
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
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        }
        if let Ok(request_id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, request_id);
        }
        headers.extend(self.headers);
        response
    }

    /// A whole response of HTTP/1.1, for a request that never became one, with a request id to match.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        let Self { status, body, content_type, .. } = self;
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\
             {REQUEST_ID}: RQ{:032x}\r\nconnection: close\r\n\r\n",
            0
        );
        [head.as_bytes(), &body].concat()
    }

    /// Promises the whole body and gives half of it.
    pub(super) fn into_truncated(self, request_id: &str) -> Response {
        let body = self.body.clone();
        let half = body.slice(..body.len() / 2);
        let mut response = self.into_response(request_id);
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len().max(1)));
        let broken = stream::once(async {
            // Without a pause, not even the half would be written.
            tokio::task::yield_now().await;
            Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted))
        });
        *response.body_mut() = Body::from_stream(stream::iter([Ok(half)]).chain(broken));
        response
    }

    /// Goes on after the body until the client has enough, or the sandbox stops.
    pub(super) fn into_endless(
        self,
        request_id: &str,
        mut stopped: watch::Receiver<()>,
    ) -> Response {
        let blanks = stream::repeat(Bytes::from_static(&[b' '; 16_384]));
        let body = stream::iter([self.body.clone()]).chain(blanks).map(Ok::<_, Infallible>);
        let body = body.take_until(async move { stopped.changed().await.is_err() });
        let mut response = self.into_response(request_id);
        *response.body_mut() = Body::from_stream(body);
        response
    }

    fn new(status: StatusCode, content_type: &'static str, body: Bytes) -> Self {
        Self { status, body, content_type, headers: Vec::new() }
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("twilio-request-id");
