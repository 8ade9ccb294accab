//! A verification as Twilio describes it.

use std::{fmt, time::SystemTime};

use serde::{Deserialize, Deserializer};

use super::{optional, time};
use crate::{
    AccountSid, Channel, Destination, EmailAddress, PhoneNumber, ServiceSid,
    VerificationAttemptSid, VerificationSid, VerificationStatus,
};

/// One destination being verified. There is one pending verification per service and destination:
/// starting again within its ten minutes sends the same code under the same SID, on whichever
/// channel.
///
/// What Twilio leaves out is `None`. The code and the number of attempts left are not part of it.
/// Source: Twilio, "Verifications".
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Verification {
    /// The verification.
    pub sid: VerificationSid,
    /// The service under which it runs.
    #[serde(default, deserialize_with = "optional::text")]
    pub service_sid: Option<ServiceSid>,
    /// The account that it belongs to.
    #[serde(default, deserialize_with = "optional::text")]
    pub account_sid: Option<AccountSid>,
    /// Where the code went, as Twilio spells it.
    pub to: Destination,
    /// The channel of the latest send.
    pub channel: Option<Channel>,
    /// What became of it.
    pub status: VerificationStatus,
    /// Twilio's older form of [`status`](Self::status).
    pub valid: Option<bool>,
    /// What a carrier lookup found; empty unless the service looks carriers up.
    pub lookup: Option<Lookup>,
    /// The amount of a PSD2 transaction.
    pub amount: Option<String>,
    /// The payee of a PSD2 transaction.
    pub payee: Option<String>,
    /// Every message and call so far, oldest first.
    pub send_code_attempts: Option<Vec<SendCodeAttempt>>,
    /// What silent network authentication needs.
    pub sna: Option<Sna>,
    /// When it was started.
    #[serde(default, deserialize_with = "time::optional")]
    pub date_created: Option<SystemTime>,
    /// When it last changed.
    #[serde(default, deserialize_with = "time::optional")]
    pub date_updated: Option<SystemTime>,
}

/// What a carrier lookup found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Lookup {
    /// The carrier.
    pub carrier: Option<Carrier>,
}

/// The carrier of a phone number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Carrier {
    /// Three digits that name a country.
    pub mobile_country_code: Option<String>,
    /// Two or three digits that name a network of the country.
    pub mobile_network_code: Option<String>,
    /// The carrier's name.
    pub name: Option<String>,
    /// `mobile`, `landline` or `voip`.
    #[serde(rename = "type")]
    pub line_type: Option<String>,
    /// Why the lookup failed, as a Twilio code.
    #[serde(default, deserialize_with = "optional::text")]
    pub error_code: Option<String>,
}

/// One message or call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SendCodeAttempt {
    /// When it was sent.
    #[serde(default, deserialize_with = "time::optional")]
    pub time: Option<SystemTime>,
    /// How it was sent.
    #[serde(default, deserialize_with = "channel_in_any_case")]
    pub channel: Option<Channel>,
    /// The attempt.
    #[serde(default, deserialize_with = "optional::text")]
    pub attempt_sid: Option<VerificationAttemptSid>,
}

/// The address that the device opens over mobile data. It is a secret of the device: `Debug` hides
/// it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Sna {
    /// The address; good for one use.
    pub url: Option<String>,
}

impl fmt::Debug for Sna {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sna").finish_non_exhaustive()
    }
}

/// Twilio writes `SMS` and `EMAIL` here, and `whatsapp` and `sna`.
fn channel_in_any_case<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Channel>, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?;
    Ok(name.map(|name| match Channel::from(name.to_ascii_lowercase().as_str()) {
        Channel::Other(_) => Channel::Other(name.into()),
        known => known,
    }))
}

/// Which verification is meant: by its SID, or the pending one of a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerificationId {
    /// This one, whatever became of it.
    Sid(VerificationSid),
    /// Whichever is pending for the destination.
    Destination(Destination),
}

impl VerificationId {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Sid(sid) => sid.as_str(),
            Self::Destination(destination) => destination.as_str(),
        }
    }
}

macro_rules! from {
    ($($type:ty => $value:ident $id:expr;)+) => { $(
        impl From<$type> for VerificationId {
            fn from($value: $type) -> Self {
                $id
            }
        }
    )+ };
}

from! {
    VerificationSid => sid Self::Sid(sid);
    &VerificationSid => sid Self::Sid(sid.clone());
    Destination => destination Self::Destination(destination);
    &Destination => destination Self::Destination(destination.clone());
    PhoneNumber => phone Self::Destination(phone.into());
    &PhoneNumber => phone Self::Destination(phone.into());
    EmailAddress => address Self::Destination(address.into());
}
