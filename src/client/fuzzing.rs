//! The parsers of replies that have no public door, for the fuzz targets.

use url::form_urlencoded;

use super::{VerifyClient, error_reply, redact::Redactor};
use crate::RetryAfter;

/// The message, the link and the details that are kept of an error reply to `form`.
pub fn error_texts(body: &[u8], form: &[u8]) -> [Option<String>; 3] {
    let body = error_reply::body(body, &Redactor::new(form_urlencoded::parse(form)));
    [body.message, body.more_info, body.details]
}

/// The wait that a `Retry-After` header asks for.
pub fn retry_after(text: &str) -> Option<RetryAfter> {
    error_reply::retry_after(text)
}

/// The next page of a list, if the client follows it there.
pub fn next_page(client: &VerifyClient, next: &str) -> Option<String> {
    client.0.same_origin(next).map(Into::into)
}
