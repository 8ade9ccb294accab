//! One attempt: a request goes out, and something comes back or does not.

use std::time::Duration;

use reqwest::{Request, Response};
use tokio::time::{Instant, timeout_at};

use super::{Inner, error_reply, reply::Reply, request::Call, retry::Outcome, watch::Watch};
use crate::{Attempts, BoxError, Error, Operation};

/// An attempt that was not a success.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) error: Error,
}

impl Inner {
    /// Sends the request once.
    pub(super) async fn attempt(
        &self,
        call: &Call,
        watch: &mut Watch<'_>,
    ) -> Result<Reply, Failure> {
        let begun = watch.attempt();
        let deadline = after(watch.started(), self.timeout);
        let begin_by = after(begun, self.first_byte_timeout).min(deadline);
        let exchanged = match self.head(call, begin_by).await {
            Ok(response) => read(call, watch, response, deadline).await,
            Err(lost) => Err(lost),
        };
        match exchanged {
            Ok(reply) => self.judge(call, reply),
            Err(lost) => Err(lost.failure(watch.operation(), watch.so_far())),
        }
    }

    async fn head(&self, call: &Call, begin_by: Instant) -> Result<Response, Lost> {
        let executed = timeout_at(begin_by, self.http.execute(self.request(call))).await;
        Ok(executed.map_err(|_| Lost::late("the reply did not begin in time"))??)
    }

    fn request(&self, call: &Call) -> Request {
        let mut request = Request::new(call.method.clone(), call.url.clone());
        *request.headers_mut() = match &call.form {
            Some(_) => self.form_headers.clone(),
            None => self.headers.clone(),
        };
        *request.body_mut() = call.form.clone().map(Into::into);
        request
    }

    fn judge(&self, call: &Call, reply: Reply) -> Result<Reply, Failure> {
        if let Some(problem) = reply.flaw {
            let error = reply.unexpected(problem, None);
            return Err(Failure { outcome: Outcome::Unreadable, error });
        }
        if reply.is_success() {
            return Ok(reply);
        }
        let error = error_reply::error(&reply, call.form.as_deref());
        let wait = error.retry_after().map(|asked| asked.wait(self.pace.now()));
        let (status, code) = (error.status(), error.code());
        let outcome = Outcome::Answered { status, code, wait: wait.unwrap_or_default() };
        Err(Failure { outcome, error: Error::Twilio(Box::new(error)) })
    }
}

async fn read(
    call: &Call,
    watch: &Watch<'_>,
    response: Response,
    deadline: Instant,
) -> Result<Reply, Lost> {
    if *response.url() != call.url {
        return Ok(Reply::from_elsewhere(watch, response));
    }
    let read = timeout_at(deadline, Reply::read(watch, response)).await;
    Ok(read.map_err(|_| Lost::late("the reply did not end in time"))??)
}

/// No reply.
enum Lost {
    /// No connection was made.
    NotSent(BoxError),
    /// Anything later: the request may have reached Twilio.
    Interrupted(BoxError),
}

impl Lost {
    fn late(problem: &'static str) -> Self {
        Self::Interrupted(problem.into())
    }

    fn failure(self, operation: Operation, attempts: Attempts) -> Failure {
        match self {
            Self::NotSent(source) => Failure {
                outcome: Outcome::NotSent,
                error: Error::Unreachable { operation, attempts, source },
            },
            Self::Interrupted(source) => Failure {
                outcome: Outcome::Interrupted,
                error: Error::Interrupted { operation, attempts, source },
            },
        }
    }
}

impl From<reqwest::Error> for Lost {
    fn from(error: reqwest::Error) -> Self {
        let not_sent = error.is_connect() || error.is_builder();
        // The URL may hold a phone number.
        let source = error.without_url().into();
        if not_sent { Self::NotSent(source) } else { Self::Interrupted(source) }
    }
}

/// A time limit without end is one of a year: adding it must not overflow.
fn after(begun: Instant, limit: Duration) -> Instant {
    begun + limit.min(Duration::from_secs(365 * 24 * 3600))
}
