//! Which resource a path names.

use axum::http::Method;

use super::error::Rejection;
use crate::{Operation, types::ServiceSid};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    Services,
    Service(ServiceSid),
    Verifications(ServiceSid),
    /// The text is a SID or a destination.
    Verification(ServiceSid, String),
    VerificationCheck(ServiceSid),
    /// What the device of a silent authentication opens.
    Sna,
}

impl Route {
    pub(super) fn find(path: &str) -> Result<Self, Rejection> {
        if path.starts_with(SNA_PATH) {
            return Ok(Self::Sna);
        }
        let path = path.strip_prefix("/v2/").ok_or(Rejection::Unknown)?;
        let segments: Vec<_> =
            path.split('/').map(decode).collect::<Option<_>>().unwrap_or_default();
        let segments: Vec<_> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["Services"] => Ok(Self::Services),
            ["Services", service] if !service.is_empty() => Ok(Self::Service(sid(service)?)),
            ["Services", service, "Verifications"] => Ok(Self::Verifications(sid(service)?)),
            ["Services", service, "Verifications", target] if !target.is_empty() => {
                Ok(Self::Verification(sid(service)?, (*target).to_owned()))
            }
            ["Services", service, "VerificationCheck"] => {
                Ok(Self::VerificationCheck(sid(service)?))
            }
            _ => Err(Rejection::Unknown),
        }
    }

    /// Refuses a method that the resource does not have.
    pub(super) fn allow(&self, method: &Method) -> Result<(), Rejection> {
        let methods = match self {
            Self::Services | Self::Verification(..) => "GET, POST",
            Self::Service(_) => "GET, POST, DELETE",
            Self::Verifications(_) | Self::VerificationCheck(_) => "POST",
            Self::Sna => "GET",
        };
        let allowed = methods.split(", ").any(|allowed| allowed == method.as_str());
        allowed.then_some(()).ok_or(Rejection::Method(methods))
    }
}

impl Route {
    /// What is asked of it with an allowed method.
    pub(super) fn operation(&self, method: &Method) -> Option<Operation> {
        let posts = method == Method::POST;
        Some(match self {
            Self::Services if posts => Operation::CreateService,
            Self::Services => Operation::ListServices,
            Self::Service(_) if posts => Operation::UpdateService,
            Self::Service(_) if method == Method::DELETE => Operation::DeleteService,
            Self::Service(_) => Operation::FetchService,
            Self::Verifications(_) => Operation::CreateVerification,
            Self::Verification(..) if posts => Operation::UpdateVerification,
            Self::Verification(..) => Operation::FetchVerification,
            Self::VerificationCheck(_) => Operation::CreateVerificationCheck,
            Self::Sna => return None,
        })
    }
}

/// Where the addresses of silent authentications begin.
pub(super) const SNA_PATH: &str = "/m/id/";

fn sid(text: &str) -> Result<ServiceSid, Rejection> {
    ServiceSid::parse(text).map_err(|_| Rejection::WrongSid)
}

/// A `+` stays a plus: SDKs put numbers into the path as they are.
fn decode(segment: &str) -> Option<String> {
    let mut bytes = segment.bytes();
    let mut decoded = Vec::with_capacity(segment.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hexadecimal(bytes.next()?)? << 4 | hexadecimal(bytes.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hexadecimal(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::{Rejection, Route};
    use crate::types::ServiceSid;

    const SERVICE: &str = "VA00000000000000000000000000000001";

    fn verification(target: &str) -> Result<Route, Rejection> {
        Route::find(&format!("/v2/Services/{SERVICE}/Verifications/{target}"))
    }

    #[test]
    fn a_plus_in_a_path_is_a_plus_however_it_is_written() {
        let service = ServiceSid::parse(SERVICE).unwrap();
        let expected = Ok(Route::Verification(service, "+14155550100".to_owned()));
        assert_eq!(verification("+14155550100"), expected);
        assert_eq!(verification("%2B14155550100"), expected);
    }

    #[test]
    fn a_path_that_is_not_text_is_unknown() {
        for target in ["%", "%2", "%zz", "%ff", "a/b", ""] {
            assert_eq!(verification(target), Err(Rejection::Unknown), "{target}");
        }
    }

    #[test]
    fn another_kind_of_sid_is_not_a_service() {
        let account = "AC00000000000000000000000000000001";
        for sid in [account, "VA1", "..", "%2e%2e"] {
            let path = format!("/v2/Services/{sid}/VerificationCheck");
            assert_eq!(Route::find(&path), Err(Rejection::WrongSid), "{sid}");
        }
    }

    #[test]
    fn what_is_not_under_v2_is_unknown() {
        for path in ["/", "/v2", "/v2/", "/v1/Services", "/v2/Services/", "/v2//Services"] {
            assert_eq!(Route::find(path), Err(Rejection::Unknown), "{path}");
        }
    }
}
