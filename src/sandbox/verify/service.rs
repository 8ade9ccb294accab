//! A service: the settings under which codes are sent and checked.

use std::{sync::Arc, time::SystemTime};

use serde::Serialize;

use super::{Refusal, Rules, Transaction};
use crate::types::{CredentialSid, MessagingServiceSid, ServiceSid, TemplateSid};

#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// Shared with the verifications.
    pub(crate) sid: Arc<ServiceSid>,
    pub(crate) settings: ServiceSettings,
    pub(crate) created_at: SystemTime,
    pub(crate) updated_at: SystemTime,
    /// Its place in the list of services.
    pub(crate) number: u64,
}

/// Everything of a service that can be changed, under the names it has on the wire.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ServiceSettings {
    pub(crate) friendly_name: String,
    pub(crate) code_length: u8,
    pub(crate) lookup_enabled: bool,
    pub(crate) psd2_enabled: bool,
    pub(crate) skip_sms_to_landlines: bool,
    pub(crate) dtmf_input_required: bool,
    pub(crate) tts_name: Option<String>,
    pub(crate) do_not_share_warning_enabled: bool,
    pub(crate) custom_code_enabled: bool,
    pub(crate) push: Push,
    pub(crate) totp: Totp,
    pub(crate) default_template_sid: Option<TemplateSid>,
    pub(crate) whatsapp: WhatsApp,
    pub(crate) passkeys: Passkeys,
    pub(crate) verify_event_subscription_enabled: bool,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Push {
    pub(crate) include_date: bool,
    pub(crate) apn_credential_sid: Option<CredentialSid>,
    pub(crate) fcm_credential_sid: Option<CredentialSid>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Totp {
    pub(crate) issuer: Option<String>,
    pub(crate) time_step: Option<u8>,
    pub(crate) code_length: Option<u8>,
    pub(crate) skew: Option<u8>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct WhatsApp {
    pub(crate) msg_service_sid: Option<MessagingServiceSid>,
    pub(crate) from: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Passkeys {
    pub(crate) relying_party: RelyingParty,
    pub(crate) authenticator_attachment: Option<String>,
    pub(crate) discoverable_credentials: Option<String>,
    pub(crate) user_verification: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct RelyingParty {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) origins: Option<Vec<String>>,
}

impl ServiceSettings {
    /// What a new service has when only its name is given.
    pub(crate) fn new(friendly_name: impl Into<String>) -> Self {
        Self {
            friendly_name: friendly_name.into(),
            code_length: 6,
            lookup_enabled: false,
            psd2_enabled: false,
            skip_sms_to_landlines: false,
            dtmf_input_required: true,
            tts_name: None,
            do_not_share_warning_enabled: false,
            custom_code_enabled: false,
            push: Push::default(),
            totp: Totp::default(),
            default_template_sid: None,
            whatsapp: WhatsApp::default(),
            passkeys: Passkeys::default(),
            verify_event_subscription_enabled: false,
        }
    }

    /// Refuses what the account may not have.
    pub(crate) fn admit(&self, rules: &Rules) -> Result<(), Refusal> {
        if !rules.is_friendly_name(&self.friendly_name) {
            return Err(Refusal::Invalid("FriendlyName"));
        }
        if self.custom_code_enabled && !rules.features.custom_code {
            return Err(Refusal::FeatureClosed("Custom codes"));
        }
        if self.psd2_enabled && !rules.features.psd2 {
            return Err(Refusal::FeatureClosed("PSD2"));
        }
        Ok(())
    }

    /// Whether text messages to landlines are refused. Twilio has to look the number up for that.
    pub(crate) fn skips_landlines(&self) -> bool {
        self.lookup_enabled && self.skip_sms_to_landlines
    }

    /// The transaction to remember or compare: required with PSD2, ignored without.
    pub(crate) fn transaction(
        &self,
        given: Option<Transaction>,
    ) -> Result<Option<Transaction>, Refusal> {
        if !self.psd2_enabled {
            return Ok(None);
        }
        given.map(Some).ok_or(Refusal::TransactionMissing)
    }
}
