//! Reading error replies, in all the shapes that they come in, without keeping anybody's secrets.

use std::time::Duration;

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::{redact::Redactor, reply::Reply};
use crate::error::{ErrorBody, RetryAfter, TwilioError};

/// The typed form of a reply that is not 2xx. `form` is what was sent: none of its values is kept.
pub(super) fn error(reply: &Reply, form: Option<&[u8]>) -> TwilioError {
    let redactor = Redactor::new(form_urlencoded::parse(form.unwrap_or_default()));
    TwilioError {
        operation: reply.operation,
        status: reply.status,
        body: body(&reply.body, &redactor),
        retry_after: reply.header("retry-after").and_then(retry_after),
        request_id: reply.request_id(),
        attempts: reply.attempts,
    }
}

/// Twilio's own shape (`code`, `message`, `more_info`, `details`), its newer one (`message`,
/// `httpStatusCode`, `params`) and RFC 9457 (`title`, `detail`, `type`, `errors`). Anything else,
/// such as a gateway's HTML page, has no code.
pub(super) fn body(bytes: &[u8], redactor: &Redactor) -> ErrorBody {
    let Ok(Value::Object(object)) = serde_json::from_slice(bytes) else {
        return ErrorBody::default();
    };
    let text = |names| first(&object, names).and_then(Value::as_str);
    let code = object.get("code").and_then(code);
    let code = code.filter(|code| !redactor.was_sent(&code.to_string()));
    ErrorBody {
        code,
        message: text(&["message", "detail", "title"]).map(|text| redactor.redact(text)),
        more_info: text(&["more_info", "type"]).map(|text| more_info(text, code, redactor)),
        details: first(&object, &["details", "errors", "params"])
            .map(|value| redactor.redact_json(value).to_string()),
    }
}

fn first<'a>(object: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    names.iter().filter_map(|name| object.get(*name)).find(|value| !value.is_null())
}

/// The address of a page, which usually ends with the code.
fn more_info(text: &str, code: Option<u32>, redactor: &Redactor) -> String {
    let code = code.map(|code| code.to_string()).unwrap_or_default();
    match text.strip_suffix(&code) {
        Some(start) => redactor.redact(start) + &code,
        None => redactor.redact(text),
    }
}

/// A number, or a number as text. Twilio's have five or six digits: what is as long as a phone is none.
fn code(value: &Value) -> Option<u32> {
    let code = match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64().and_then(|code| code.try_into().ok()),
    };
    code.filter(|code| *code < 1_000_000)
}

/// Seconds, or an HTTP date in any of its three forms (RFC 9110 §5.6.7).
pub(super) fn retry_after(text: &str) -> Option<RetryAfter> {
    let text = text.trim();
    // More seconds than fit would overflow the time that they are added to.
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse().unwrap_or(u32::MAX);
        return Some(RetryAfter::In(Duration::from_secs(seconds.into())));
    }
    httpdate::parse_http_date(text).ok().map(RetryAfter::At)
}

/// A request id if it looks like one: letters, digits and hyphens.
pub(super) fn request_id(text: &str) -> Option<Box<str>> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let named = text.starts_with(|first: char| first.is_ascii_alphabetic());
    (plain && named && text.len() <= 64).then(|| text.into())
}
