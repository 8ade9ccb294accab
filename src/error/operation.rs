//! What the client was doing when something went wrong.

use std::fmt;

/// One operation of the Verify API, named as in Twilio's specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `POST /Services`
    CreateService,
    /// `GET /Services/{sid}`
    FetchService,
    /// `POST /Services/{sid}`
    UpdateService,
    /// `DELETE /Services/{sid}`
    DeleteService,
    /// `GET /Services`
    ListServices,
    /// `POST /Services/{sid}/Verifications`: sends a message or places a call.
    CreateVerification,
    /// `GET /Services/{sid}/Verifications/{sid}`
    FetchVerification,
    /// `POST /Services/{sid}/Verifications/{sid}`: approves or cancels.
    UpdateVerification,
    /// `POST /Services/{sid}/VerificationCheck`: uses one of five checks.
    CreateVerificationCheck,
}

impl Operation {
    /// The operation in words, such as `create verification`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreateService => "create service",
            Self::FetchService => "fetch service",
            Self::UpdateService => "update service",
            Self::DeleteService => "delete service",
            Self::ListServices => "list services",
            Self::CreateVerification => "create verification",
            Self::FetchVerification => "fetch verification",
            Self::UpdateVerification => "update verification",
            Self::CreateVerificationCheck => "create verification check",
        }
    }

    /// The path with names in place of what varies.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::CreateService | Self::ListServices => "/v2/Services",
            Self::FetchService | Self::UpdateService | Self::DeleteService => {
                "/v2/Services/{ServiceSid}"
            }
            Self::CreateVerification => "/v2/Services/{ServiceSid}/Verifications",
            Self::FetchVerification | Self::UpdateVerification => {
                "/v2/Services/{ServiceSid}/Verifications/{Sid}"
            }
            Self::CreateVerificationCheck => "/v2/Services/{ServiceSid}/VerificationCheck",
        }
    }

    /// Whether the operation changes something at Twilio, so that repeating it blindly may send or
    /// count twice.
    pub const fn is_write(self) -> bool {
        !matches!(self, Self::FetchService | Self::ListServices | Self::FetchVerification)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
