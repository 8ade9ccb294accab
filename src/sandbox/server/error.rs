//! Refusals as Twilio words them.

use axum::http::StatusCode;
use serde::Serialize;

use super::reply::Reply;
use crate::sandbox::verify::Refusal;

/// Why a request gets no resource.
#[derive(Debug, PartialEq, Eq)]
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
    /// A body or header beyond what the sandbox reads.
    TooLarge,
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

#[derive(Serialize)]
struct ErrorBody {
    code: u16,
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
        Reply::json(status, &body).with_rejection(self)
    }

    fn codes(&self) -> (StatusCode, u16) {
        match self {
            Self::Refused(refusal) => codes(refusal),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, 20003),
            Self::Unknown => (StatusCode::NOT_FOUND, 20404),
            Self::WrongSid => (StatusCode::BAD_REQUEST, 60200),
            Self::Method(_) => (StatusCode::METHOD_NOT_ALLOWED, 20004),
            Self::NotAForm => (StatusCode::BAD_REQUEST, 20001),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 20001),
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
        }
    }
}

fn codes(refusal: &Refusal) -> (StatusCode, u16) {
    match refusal {
        Refusal::Missing(_) => (StatusCode::BAD_REQUEST, 20001),
        Refusal::PageTooLarge => (StatusCode::BAD_REQUEST, 20007),
        Refusal::NotFound => (StatusCode::NOT_FOUND, 20404),
        Refusal::Invalid(_) | Refusal::InvalidTo(_) => (StatusCode::BAD_REQUEST, 60200),
        Refusal::ChecksUsedUp => (StatusCode::TOO_MANY_REQUESTS, 60202),
        Refusal::SendsUsedUp => (StatusCode::TOO_MANY_REQUESTS, 60203),
        Refusal::CustomCodesDisabled => (StatusCode::FORBIDDEN, 60204),
        Refusal::TransactionMissing => (StatusCode::BAD_REQUEST, 60206),
        Refusal::CallWithTransaction => (StatusCode::BAD_REQUEST, 60214),
        Refusal::NoTarget => (StatusCode::BAD_REQUEST, 60221),
        Refusal::AppHashWithoutSms => (StatusCode::BAD_REQUEST, 60602),
    }
}

fn message(refusal: &Refusal) -> String {
    let fixed = match refusal {
        Refusal::Missing(name) => {
            return format!("Missing required parameter {name} in the post body");
        }
        Refusal::Invalid(name) => return format!("Invalid parameter: {name}"),
        // Twilio repeats the number, so a client that logs messages must find that out here.
        Refusal::InvalidTo(text) => {
            return format!(
                "Invalid parameter `To`: {}",
                text.chars().take(64).collect::<String>()
            );
        }
        Refusal::NotFound => "The requested resource was not found",
        Refusal::NoTarget => "Either To or VerificationSid is required",
        Refusal::ChecksUsedUp => "Max check attempts reached",
        Refusal::SendsUsedUp => "Max send attempts reached",
        Refusal::CustomCodesDisabled => "Custom codes are not enabled for this service",
        Refusal::TransactionMissing => "Amount and Payee are required by this service",
        Refusal::CallWithTransaction => "The call channel cannot be used with PSD2",
        Refusal::AppHashWithoutSms => "AppHash can only be used with the sms channel",
        Refusal::PageTooLarge => "Page size too large",
    };
    fixed.to_owned()
}
