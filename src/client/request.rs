//! The one place where requests leave and replies arrive.

use std::{borrow::Cow, mem};

use bytes::Bytes;
use reqwest::{Method, Request, Response, header::HeaderMap};
use serde::de::DeserializeOwned;
use url::Url;

use super::{Inner, parameters::Parameters, reply};
use crate::{Error, Operation, error::without_values};

/// A request before it is written.
pub(super) struct Call {
    operation: Operation,
    method: Method,
    url: Url,
    form: Option<String>,
}

impl Call {
    pub(super) fn get(operation: Operation, url: Url) -> Self {
        Self { operation, method: Method::GET, url, form: None }
    }

    pub(super) fn delete(operation: Operation, url: Url) -> Self {
        Self { operation, method: Method::DELETE, url, form: None }
    }

    pub(super) fn post(operation: Operation, url: Url, parameters: &Parameters) -> Self {
        Self { operation, method: Method::POST, url, form: Some(parameters.encode()) }
    }
}

impl Inner {
    /// Sends the request and decodes a successful reply.
    pub(super) async fn fetch<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        let operation = call.operation;
        self.send(call).await?.decode(operation)
    }

    /// Sends the request and waits for the whole reply. Any 2xx is success.
    pub(super) async fn send(&self, call: Call) -> Result<Reply, Error> {
        let Call { operation, method, url, form } = call;
        let form = form.map(Bytes::from);
        let mut request = Request::new(method, url);
        *request.timeout_mut() = Some(self.timeout);
        *request.headers_mut() = match &form {
            Some(_) => self.form_headers.clone(),
            None => self.headers.clone(),
        };
        *request.body_mut() = form.clone().map(Into::into);
        let response =
            self.http.execute(request).await.map_err(|error| transport(operation, error))?;
        let reply = Reply::read(operation, response).await?;
        if reply.is_success() {
            return Ok(reply);
        }
        let error = Error::Twilio(Box::new(reply::error(operation, &reply, form.as_deref())));
        // A gateway answers these too, without knowing what became of the request.
        let unclear = reply.status >= 500 || reply.status == 408;
        Err(if unclear { error.after_sending(operation) } else { error })
    }
}

/// A whole reply.
pub(super) struct Reply {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    async fn read(operation: Operation, mut response: Response) -> Result<Self, Error> {
        let mut reply = Self {
            status: response.status().as_u16(),
            headers: mem::take(response.headers_mut()),
            body: Vec::with_capacity(1024),
        };
        while let Some(chunk) =
            response.chunk().await.map_err(|error| transport(operation, error))?
        {
            if reply.body.len() + chunk.len() > BODY_LIMIT {
                if !reply.is_success() {
                    // The status says enough, and no code of Twilio's comes in such a body.
                    reply.body.clear();
                    break;
                }
                return Err(reply.unexpected(
                    operation,
                    "the body has more than 1 MB".into(),
                    None,
                ));
            }
            reply.body.extend_from_slice(&chunk);
        }
        Ok(reply)
    }

    pub(super) fn decode<T: DeserializeOwned>(&self, operation: Operation) -> Result<T, Error> {
        // Checking the whole text is faster than checking each string in it.
        let decoded = match str::from_utf8(&self.body) {
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(&self.body),
        };
        decoded.map_err(|error| {
            let problem = format!("the body of {} bytes cannot be decoded", self.body.len());
            self.unexpected(operation, problem.into(), Some(without_values(&error)))
        })
    }

    fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(super) fn request_id(&self) -> Option<Box<str>> {
        self.header("twilio-request-id").and_then(reply::request_id)
    }

    pub(super) fn unexpected(
        &self,
        operation: Operation,
        problem: Cow<'static, str>,
        source: Option<crate::error::BoxError>,
    ) -> Error {
        let request_id = self.request_id();
        Error::UnexpectedReply { operation, problem, status: self.status, request_id, source }
            .after_sending(operation)
    }
}

/// A connection that was never made is safe; anything later may have reached Twilio.
fn transport(operation: Operation, error: reqwest::Error) -> Error {
    let connect = error.is_connect() || error.is_builder();
    // The URL may hold a phone number.
    let source = error.without_url().into();
    if connect {
        return Error::Unreachable { operation, source };
    }
    Error::Interrupted { operation, source }.after_sending(operation)
}

const BODY_LIMIT: usize = 1_000_000;
