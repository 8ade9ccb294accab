//! A reply, and what is made of it.

use std::{borrow::Cow, mem};

use reqwest::{Response, header::HeaderMap};
use serde::de::DeserializeOwned;

use super::{error_reply, watch::Watch};
use crate::{
    Attempts, Error, Operation,
    error::{BoxError, without_values},
};

/// A reply, as far as it was worth reading.
pub(super) struct Reply {
    pub(super) operation: Operation,
    /// Those that led to this reply.
    pub(super) attempts: Attempts,
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Why nothing can be made of it.
    pub(super) flaw: Option<&'static str>,
}

impl Reply {
    pub(super) async fn read(watch: &Watch<'_>, mut response: Response) -> reqwest::Result<Self> {
        let (mut body, mut is_whole) = (Vec::with_capacity(1024), true);
        let is_refusal = matches!(response.status().as_u16(), 300..=407 | 409..=428 | 430..=499);
        while is_whole {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= BODY_LIMIT => {
                    body.extend_from_slice(&chunk);
                }
                Ok(None) => break,
                Err(error) if !is_refusal => return Err(error),
                Ok(Some(_)) | Err(_) => is_whole = false,
            }
        }
        let reply = Self { body, ..Self::without_body(watch, response) };
        Ok(if is_whole { reply } else { reply.cut() })
    }

    /// A reply that came from elsewhere than where the request was sent to: nothing in it counts.
    pub(super) fn from_elsewhere(watch: &Watch<'_>, response: Response) -> Self {
        let flaw = Some("a redirect was followed");
        Self { flaw, ..Self::without_body(watch, response) }
    }

    /// Too long, or cut off. Of an error the status says enough, and no code of Twilio's comes in such
    /// a body.
    fn cut(self) -> Self {
        let flaw = self.is_success().then_some("the body has more than 1 MB");
        Self { flaw, body: Vec::new(), ..self }
    }

    fn without_body(watch: &Watch<'_>, mut response: Response) -> Self {
        Self {
            operation: watch.operation(),
            attempts: watch.so_far(),
            status: response.status().as_u16(),
            headers: mem::take(response.headers_mut()),
            body: Vec::new(),
            flaw: None,
        }
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        // Checking the whole text is faster than checking each string in it.
        let decoded = match str::from_utf8(&self.body) {
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(&self.body),
        };
        decoded.map_err(|error| {
            let problem = format!("the body of {} bytes cannot be decoded", self.body.len());
            self.unexpected(problem, Some(without_values(&error))).after_sending(self.operation)
        })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(super) fn request_id(&self) -> Option<Box<str>> {
        self.header("twilio-request-id").and_then(error_reply::request_id)
    }

    pub(super) fn unexpected(
        &self,
        problem: impl Into<Cow<'static, str>>,
        source: Option<BoxError>,
    ) -> Error {
        Error::UnexpectedReply {
            operation: self.operation,
            problem: problem.into(),
            status: self.status,
            request_id: self.request_id(),
            attempts: Some(self.attempts),
            source,
        }
    }
}

const BODY_LIMIT: usize = 1_000_000;
