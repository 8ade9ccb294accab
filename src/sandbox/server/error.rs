//! Refusals as Twilio words them.

use std::time::Duration;

use axum::http::{
    HeaderName, HeaderValue, StatusCode,
    header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE},
};
use serde::Serialize;

use super::reply::Reply;
use crate::sandbox::verify::{Block, Refusal};

/// Why a request gets no resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rejection {
    Refused(Refusal),
    Unauthenticated,
    /// No such path.
    Unknown,
    /// A SID of another kind where a service's belongs.
    WrongSid,
    /// The methods that the path does have.
    Method(&'static str),
    /// A body that is no form.
    NotAForm,
    /// A body beyond what the sandbox reads.
    TooLarge,
    HeadersTooLarge,
    PathTooLong,
    NotHttp,
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

#[derive(Serialize)]
struct ErrorBody {
    code: u32,
    message: String,
    more_info: String,
    status: u16,
}

impl Rejection {
    /// `path` is the one that was asked for.
    pub(super) fn reply(&self, path: &str) -> Reply {
        let (status, code) = self.codes();
        let body = ErrorBody {
            code,
            message: self.message(path),
            more_info: format!("https://www.twilio.com/docs/errors/{code}"),
            status: status.as_u16(),
        };
        self.headers()
            .into_iter()
            .fold(Reply::json(status, &body), |reply, (name, value)| reply.with_header(name, value))
    }

    /// What belongs to the status.
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        match self {
            Self::Unauthenticated => {
                vec![(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Twilio API\""))]
            }
            Self::Method(allowed) => vec![(ALLOW, HeaderValue::from_static(allowed))],
            Self::Refused(Refusal::RateLimited { name, retry_after }) => {
                let wait = (RETRY_AFTER, HeaderValue::from(whole_seconds(*retry_after)));
                let name = HeaderValue::from_str(name).ok().map(|name| (REACHED_LIMIT, name));
                [wait].into_iter().chain(name).collect()
            }
            _ => Vec::new(),
        }
    }

    fn codes(&self) -> (StatusCode, u32) {
        match self {
            Self::Refused(refusal) => codes(refusal),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, 20003),
            Self::Unknown => (StatusCode::NOT_FOUND, 20404),
            Self::WrongSid => (StatusCode::BAD_REQUEST, 60200),
            Self::Method(_) => (StatusCode::METHOD_NOT_ALLOWED, 20004),
            Self::NotAForm => (StatusCode::BAD_REQUEST, 20001),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 20001),
            Self::HeadersTooLarge => (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, 20001),
            Self::PathTooLong => (StatusCode::URI_TOO_LONG, 20001),
            Self::NotHttp => (StatusCode::BAD_REQUEST, 20001),
        }
    }

    fn message(&self, path: &str) -> String {
        match self {
            Self::Refused(Refusal::NotFound) | Self::Unknown => {
                let path = path.strip_prefix("/v2").unwrap_or(path);
                format!("The requested resource {path} was not found")
            }
            Self::Refused(refusal) => message(refusal),
            Self::Unauthenticated => "Authenticate".to_owned(),
            Self::WrongSid => "Invalid parameter (null)".to_owned(),
            Self::Method(allowed) => format!("Method not allowed; this path has {allowed}"),
            Self::NotAForm => "The body must be application/x-www-form-urlencoded".to_owned(),
            Self::TooLarge => "The body is too large".to_owned(),
            Self::HeadersTooLarge => "The headers are too many or too large".to_owned(),
            Self::PathTooLong => "The path is too long".to_owned(),
            Self::NotHttp => "The request cannot be read".to_owned(),
        }
    }
}

fn codes(refusal: &Refusal) -> (StatusCode, u32) {
    let code = match refusal {
        Refusal::Missing(_) => 20001,
        Refusal::PageTooLarge => 20007,
        Refusal::NotFound => 20404,
        Refusal::RateLimited { .. } | Refusal::PolledTooOften => 20429,
        Refusal::Blocked(Block::OptedOut) => 21610,
        Refusal::Invalid(_) | Refusal::InvalidTo(_) => 60200,
        Refusal::ChecksUsedUp => 60202,
        Refusal::SendsUsedUp => 60203,
        Refusal::FeatureClosed(_) => 60204,
        Refusal::Landline => 60205,
        Refusal::TransactionMissing => 60206,
        Refusal::CallWithTransaction => 60214,
        Refusal::NoMailer => 60217,
        Refusal::NoTarget => 60221,
        Refusal::ChannelDisabled => 60223,
        Refusal::TemplatesMalformed => 60251,
        Refusal::TemplatesInvalid => 60252,
        Refusal::SnaWithTransaction => 60329,
        Refusal::TemplateWithChannel => 60408,
        Refusal::Blocked(Block::Fraud) => 60410,
        Refusal::AppHashWithoutSms => 60602,
        Refusal::Blocked(Block::Geography) => 60605,
        Refusal::NoWhatsAppSender => 68008,
    };
    (status(code), code)
}

fn status(code: u32) -> StatusCode {
    match code {
        20404 => StatusCode::NOT_FOUND,
        20429 | 60202 | 60203 => StatusCode::TOO_MANY_REQUESTS,
        60204 | 60205 | 60410 | 60605 => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn message(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Missing(name) => format!("Missing required parameter {name} in the post body"),
        Refusal::Invalid(name) => format!("Invalid parameter: {name}"),
        // Twilio repeats the number, so a client that logs messages must find that out here.
        Refusal::InvalidTo(text) => {
            let start: String = text.chars().take(64).collect();
            format!("Invalid parameter `To`: {start}")
        }
        Refusal::FeatureClosed(what) => format!("{what} are not enabled"),
        other => fixed_message(other).to_owned(),
    }
}

fn fixed_message(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NoTarget => "Either To or VerificationSid is required",
        Refusal::ChecksUsedUp => "Max check attempts reached",
        Refusal::SendsUsedUp => "Max send attempts reached",
        Refusal::RateLimited { .. } | Refusal::PolledTooOften => "Too many requests",
        Refusal::TransactionMissing => "Amount and Payee are required by this service",
        Refusal::CallWithTransaction => "The call channel cannot be used with PSD2",
        Refusal::SnaWithTransaction => "The sna channel cannot be used with PSD2",
        Refusal::Landline => "SMS is not supported by landline phone number",
        Refusal::NoMailer => "A Mailer must be associated with the service",
        Refusal::NoWhatsAppSender => "The WhatsApp channel is not configured",
        Refusal::ChannelDisabled => "Delivery channel disabled",
        Refusal::AppHashWithoutSms => "AppHash can only be used with the sms channel",
        Refusal::TemplateWithChannel => "The template does not support this channel",
        Refusal::TemplatesMalformed => "Templates must be a JSON list",
        Refusal::TemplatesInvalid => "Templates must be at most 10 objects with a template sid",
        Refusal::Blocked(Block::Fraud) => "The destination phone number is blocked by Fraud Guard",
        Refusal::Blocked(Block::Geography) => "The destination is blocked by geo permissions",
        Refusal::Blocked(Block::OptedOut) => "Attempt to send to unsubscribed recipient",
        Refusal::PageTooLarge => "Page size too large",
        _ => "The requested resource was not found",
    }
}

/// Rounded up, so that whoever waits that long has waited enough.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

const REACHED_LIMIT: HeaderName = HeaderName::from_static("twilio-reached-rate-limit");
