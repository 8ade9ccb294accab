//! What a service is created or changed with.

use super::parameters::Parameters;
use crate::{CredentialSid, MessagingServiceSid, TemplateSid};

/// The settings of a new service, for [`Services::create`](super::Services::create).
///
/// # Defaults
/// Twilio's: codes of 6 digits, no carrier lookup, a key press before a call reads the code.
///
/// ```
/// use verify_mfa::client::CreateService;
///
/// let service = CreateService::new("Example Shop").code_length(6).do_not_share_warning_enabled(true);
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing happens until it is sent"]
pub struct CreateService(Parameters);

/// Changes to a service, for [`ServiceClient::update`](super::ServiceClient::update). What is not
/// set stays as it is.
#[derive(Debug, Clone, Default)]
#[must_use = "nothing happens until it is sent"]
pub struct UpdateService(Parameters);

impl CreateService {
    /// A service of this name. The name stands in the messages: at most 30 letters, digits, spaces,
    /// hyphens and underscores, fewer than 5 of them digits (Twilio, error 60200).
    pub fn new(friendly_name: impl Into<String>) -> Self {
        let mut parameters = Parameters::default();
        parameters.set("FriendlyName", friendly_name);
        Self(parameters)
    }
}

impl UpdateService {
    /// Nothing changed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The name that stands in the messages.
    pub fn friendly_name(mut self, name: impl Into<String>) -> Self {
        self.0.set("FriendlyName", name);
        self
    }
}

macro_rules! service_settings {
    ($( $(#[$doc:meta])* $method:ident($type:ty) = $kind:ident $name:literal; )+) => {
        service_settings!(@impl CreateService $( $(#[$doc])* $method($type) = $kind $name; )+);
        service_settings!(@impl UpdateService $( $(#[$doc])* $method($type) = $kind $name; )+);
    };
    (@impl $target:ident $( $(#[$doc:meta])* $method:ident($type:ty) = $kind:ident $name:literal; )+) => {
        impl $target {
            $(
                $(#[$doc])*
                pub fn $method(mut self, value: $type) -> Self {
                    service_settings!(@set $kind self.0, $name, value);
                    self
                }
            )+

            /// A parameter that this version does not know, by Twilio's name.
            pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
                self.0.set(name.into(), value);
                self
            }

            pub(super) fn parameters(&self) -> &Parameters {
                &self.0
            }
        }
    };
    (@set flag $parameters:expr, $name:literal, $value:ident) => {
        $parameters.set_flag($name, $value)
    };
    (@set text $parameters:expr, $name:literal, $value:ident) => {
        $parameters.set($name, $value.to_string())
    };
}

service_settings! {
    /// How many digits a code has: 4 to 10.
    code_length(u8) = text "CodeLength";
    /// Looks the carrier up at every start.
    lookup_enabled(bool) = flag "LookupEnabled";
    /// Refuses text messages to landlines; needs the lookup.
    skip_sms_to_landlines(bool) = flag "SkipSmsToLandlines";
    /// Asks for a key press before a call reads the code, so that no mailbox hears it.
    dtmf_input_required(bool) = flag "DtmfInputRequired";
    /// The voice of calls.
    tts_name(&str) = text "TtsName";
    /// Binds codes to an amount and a payee. Twilio's support has to allow it.
    psd2_enabled(bool) = flag "Psd2Enabled";
    /// Adds a sentence to text messages not to share the code.
    do_not_share_warning_enabled(bool) = flag "DoNotShareWarningEnabled";
    /// Lets the application choose the code. Twilio has to allow it.
    custom_code_enabled(bool) = flag "CustomCodeEnabled";
    /// Deprecated by Twilio.
    push_include_date(bool) = flag "Push.IncludeDate";
    /// The credential for Apple's push service.
    push_apn_credential_sid(&CredentialSid) = text "Push.ApnCredentialSid";
    /// The credential for Firebase.
    push_fcm_credential_sid(&CredentialSid) = text "Push.FcmCredentialSid";
    /// The name that authenticator applications show. Default: the friendly name.
    totp_issuer(&str) = text "Totp.Issuer";
    /// How long a TOTP code is shown, in seconds: 20 to 60. Default: 30.
    totp_time_step(u32) = text "Totp.TimeStep";
    /// How many digits a TOTP code has: 3 to 8. Default: 6.
    totp_code_length(u8) = text "Totp.CodeLength";
    /// How many steps before and after the current one are accepted: 0 to 2. Default: 1.
    totp_skew(u8) = text "Totp.Skew";
    /// The template of text messages.
    default_template_sid(&TemplateSid) = text "DefaultTemplateSid";
    /// The messaging service that holds the WhatsApp sender.
    whatsapp_msg_service_sid(&MessagingServiceSid) = text "Whatsapp.MsgServiceSid";
    /// The WhatsApp sender's number.
    whatsapp_from(&str) = text "Whatsapp.From";
    /// The domain that passkeys are for.
    passkeys_relying_party_id(&str) = text "Passkeys.RelyingParty.Id";
    /// The name that a passkey prompt shows.
    passkeys_relying_party_name(&str) = text "Passkeys.RelyingParty.Name";
    /// The origins that may use the passkeys, separated by commas.
    passkeys_relying_party_origins(&str) = text "Passkeys.RelyingParty.Origins";
    /// `platform`, `cross-platform` or `any`.
    passkeys_authenticator_attachment(&str) = text "Passkeys.AuthenticatorAttachment";
    /// `required`, `preferred` or `discouraged`.
    passkeys_discoverable_credentials(&str) = text "Passkeys.DiscoverableCredentials";
    /// `required`, `preferred` or `discouraged`.
    passkeys_user_verification(&str) = text "Passkeys.UserVerification";
    /// Publishes events of this service.
    verify_event_subscription_enabled(bool) = flag "VerifyEventSubscriptionEnabled";
    /// The sender of e-mails; with the other two e-mail settings or not at all.
    email_from(&str) = text "Email.From";
    /// The name of the sender of e-mails.
    email_from_name(&str) = text "Email.FromName";
    /// The template of e-mails.
    email_content_template_id(&str) = text "Email.ContentTemplateId";
}
