//! A call, from its beginning to its end: as many attempts as it takes.

use bytes::Bytes;
use reqwest::Method;
use serde::de::DeserializeOwned;
use tokio::sync::SemaphorePermit;
use tracing::Instrument;
use url::Url;

use super::{
    Inner, exchange::Failure, parameters::Parameters, reply::Reply, retry::Decision, span,
    watch::Watch,
};
use crate::{Error, Operation};

/// A request before it is written.
pub(super) struct Call {
    operation: Operation,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) form: Option<Bytes>,
}

impl Call {
    pub(super) fn get(operation: Operation, url: Url) -> Self {
        Self { operation, method: Method::GET, url, form: None }
    }

    pub(super) fn delete(operation: Operation, url: Url) -> Self {
        Self { operation, method: Method::DELETE, url, form: None }
    }

    pub(super) fn post(operation: Operation, url: Url, parameters: &Parameters) -> Self {
        Self { operation, method: Method::POST, url, form: Some(parameters.encode().into()) }
    }
}

impl Inner {
    /// Makes the call and decodes a successful reply.
    pub(super) async fn fetch<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        self.call(call, Reply::decode).await
    }

    /// Makes the call, as often as the policy says, and reads a successful reply. Any 2xx is success.
    pub(super) async fn call<T>(
        &self,
        call: Call,
        read: impl FnOnce(&Reply) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        let span = span::of(call.operation, &call.method, &self.services);
        let watch = Watch::new(span.clone(), call.operation, &*self.pace);
        self.watched(call, watch, read).instrument(span).await
    }

    async fn watched<T>(
        &self,
        call: Call,
        mut watch: Watch<'_>,
        read: impl FnOnce(&Reply) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        match self.reply(&call, &mut watch).await {
            Ok(reply) => {
                let result = read(&reply);
                watch.end(Some(&reply), result.as_ref().err());
                result
            }
            Err(error) => {
                watch.end(None, Some(&error));
                Err(error)
            }
        }
    }

    async fn reply(&self, call: &Call, watch: &mut Watch<'_>) -> Result<Reply, Error> {
        let _permit = self.admit(call.operation)?;
        loop {
            let Failure { outcome, error } = match self.attempt(call, watch).await {
                Ok(reply) => return Ok(reply),
                Err(failure) => failure,
            };
            let (so_far, jitter) = (watch.so_far(), self.pace.jitter());
            match self.retry.decide(call.operation, so_far, outcome, jitter) {
                Decision::GiveUp => return Err(error),
                Decision::Unknown => return Err(error.after_sending(call.operation)),
                Decision::RetryAfter(wait) => {
                    watch.again(wait, &error);
                    self.pace.wait(wait).await;
                }
            }
        }
    }

    /// A place among the calls in flight, which is given back when it is dropped.
    fn admit(&self, operation: Operation) -> Result<Option<SemaphorePermit<'_>>, Error> {
        let Some((limit, places)) = &self.in_flight else { return Ok(None) };
        let full = |_| Error::TooManyInFlight { operation, limit: *limit };
        places.try_acquire().map(Some).map_err(full)
    }
}

#[cfg(test)]
mod tests;
