//! A service as Twilio describes it.

use std::{collections::BTreeMap, fmt, time::SystemTime};

use serde::Deserialize;

use super::{optional, time};
use crate::{AccountSid, CredentialSid, MessagingServiceSid, ServiceSid, TemplateSid};

/// The settings of a Verify service. What Twilio leaves out is `None`.
///
/// Source: Twilio, "Services".
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Service {
    /// The service.
    pub sid: ServiceSid,
    /// The account that it belongs to.
    #[serde(default, deserialize_with = "optional::text")]
    pub account_sid: Option<AccountSid>,
    /// The name that stands in the messages.
    pub friendly_name: Option<String>,
    /// How many digits a generated code has: 4 to 10.
    pub code_length: Option<u8>,
    /// Whether every start looks the carrier up.
    pub lookup_enabled: Option<bool>,
    /// Whether verifications carry an amount and a payee.
    pub psd2_enabled: Option<bool>,
    /// Whether text messages to landlines are refused (403 with code 60205).
    pub skip_sms_to_landlines: Option<bool>,
    /// Whether a call asks for a key press before it reads the code.
    pub dtmf_input_required: Option<bool>,
    /// The voice of calls.
    pub tts_name: Option<String>,
    /// Whether text messages warn not to share the code.
    pub do_not_share_warning_enabled: Option<bool>,
    /// Whether the application may choose the code.
    pub custom_code_enabled: Option<bool>,
    /// Settings of push factors.
    pub push: Option<PushSettings>,
    /// Settings of TOTP factors.
    pub totp: Option<TotpSettings>,
    /// The template of text messages.
    #[serde(default, deserialize_with = "optional::text")]
    pub default_template_sid: Option<TemplateSid>,
    /// The WhatsApp sender.
    pub whatsapp: Option<WhatsAppSettings>,
    /// Settings of passkeys.
    pub passkeys: Option<PasskeySettings>,
    /// Whether events are published.
    pub verify_event_subscription_enabled: Option<bool>,
    /// When the service was created.
    #[serde(default, deserialize_with = "time::optional")]
    pub date_created: Option<SystemTime>,
    /// When the service was last changed.
    #[serde(default, deserialize_with = "time::optional")]
    pub date_updated: Option<SystemTime>,
    /// The address of the service.
    pub url: Option<String>,
    /// The addresses of what is under the service.
    pub links: Option<BTreeMap<String, String>>,
}

/// Settings of push factors.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PushSettings {
    /// Deprecated by Twilio.
    pub include_date: Option<bool>,
    /// The credential for Apple's push service.
    #[serde(default, deserialize_with = "optional::text")]
    pub apn_credential_sid: Option<CredentialSid>,
    /// The credential for Firebase.
    #[serde(default, deserialize_with = "optional::text")]
    pub fcm_credential_sid: Option<CredentialSid>,
}

/// Settings of TOTP factors.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TotpSettings {
    /// The name that authenticator applications show.
    pub issuer: Option<String>,
    /// How long a code is shown, in seconds: 20 to 60.
    pub time_step: Option<u32>,
    /// How many digits a code has: 3 to 8.
    pub code_length: Option<u8>,
    /// How many steps before and after the current one are accepted: 0 to 2.
    pub skew: Option<u8>,
}

/// The WhatsApp sender. `Debug` hides the number.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct WhatsAppSettings {
    /// The messaging service that holds the sender.
    #[serde(default, deserialize_with = "optional::text")]
    pub msg_service_sid: Option<MessagingServiceSid>,
    /// The sender's number, such as `whatsapp:+14155550100`.
    pub from: Option<String>,
}

impl fmt::Debug for WhatsAppSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WhatsAppSettings")
            .field("msg_service_sid", &self.msg_service_sid)
            .finish_non_exhaustive()
    }
}

/// Settings of passkeys.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PasskeySettings {
    /// The web site that the passkeys are for.
    pub relying_party: Option<RelyingParty>,
    /// `platform`, `cross-platform` or `any`; empty when not chosen.
    pub authenticator_attachment: Option<String>,
    /// `required`, `preferred` or `discouraged`; empty when not chosen.
    pub discoverable_credentials: Option<String>,
    /// `required`, `preferred` or `discouraged`; empty when not chosen.
    pub user_verification: Option<String>,
}

/// The web site that passkeys are for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RelyingParty {
    /// The domain.
    pub id: Option<String>,
    /// The name that is shown.
    pub name: Option<String>,
    /// The origins that may use the passkeys.
    pub origins: Option<Vec<String>>,
}
