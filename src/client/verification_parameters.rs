//! What a verification is started with.

use std::{collections::BTreeMap, fmt, net::IpAddr};

use serde::Serialize;

use super::parameters::Parameters;
use crate::{Channel, Code, Destination, Error, Operation, TemplateSid};

/// A verification to start, for [`Verifications::create`](super::Verifications::create).
///
/// Only the destination and the channel are needed. `Debug` shows which parameters are set, not
/// their values. Source: Twilio, "Verifications".
///
/// ```
/// use verify_mfa::{Channel, PhoneNumber, client::CreateVerification};
///
/// let phone = PhoneNumber::parse("+14155550100")?;
/// let verification = CreateVerification::new(&phone, Channel::Sms).locale("fr");
/// # Ok::<(), verify_mfa::InvalidPhone>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until it is created"]
pub struct CreateVerification {
    parameters: Parameters,
    problem: Option<&'static str>,
}

/// Whether Fraud Guard looks at one verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskCheck {
    /// It does. Twilio's default.
    Enable,
    /// It does not: the send is not protected from pumping fraud.
    Disable,
}

/// How one e-mail looks, for [`CreateVerification::email_configuration`]. `Debug` shows the names of
/// the substitutions and no value.
#[derive(Clone, Default, Serialize)]
pub struct EmailConfiguration {
    /// The sender's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The sender's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_name: Option<String>,
    /// The template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// Values for the template's variables.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub substitutions: BTreeMap<String, String>,
}

impl fmt::Debug for EmailConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailConfiguration")
            .field("template_id", &self.template_id)
            .field("substitutions", &self.substitutions.keys())
            .finish_non_exhaustive()
    }
}

impl CreateVerification {
    /// A verification of `to`, sent by `channel`.
    pub fn new(to: impl Into<Destination>, channel: Channel) -> Self {
        let mut parameters = Parameters::default();
        parameters.set("To", to.into().as_str());
        parameters.set("Channel", channel.as_str());
        Self { parameters, problem: None }
    }

    /// Replaces the service's name in the message; at most 30 characters. Twilio has to allow it.
    pub fn custom_friendly_name(self, name: impl Into<String>) -> Self {
        self.set("CustomFriendlyName", name)
    }

    /// Deprecated by Twilio; use a template.
    pub fn custom_message(self, message: impl Into<String>) -> Self {
        self.set("CustomMessage", message)
    }

    /// Digits to dial after a call was picked up, such as `ww1`.
    pub fn send_digits(self, digits: impl Into<String>) -> Self {
        self.set("SendDigits", digits)
    }

    /// The language of the message, such as `pt-BR`. Default: from the phone's country.
    pub fn locale(self, locale: impl Into<String>) -> Self {
        self.set("Locale", locale)
    }

    /// A code of the application's own. The service has to have custom codes enabled, and the
    /// outcome must be reported with [`approve`](super::Verifications::approve).
    pub fn custom_code(self, code: &Code) -> Self {
        self.set("CustomCode", code.expose_secret())
    }

    /// The amount of a PSD2 transaction, as shown to the payer.
    pub fn amount(self, amount: impl Into<String>) -> Self {
        self.set("Amount", amount)
    }

    /// The payee of a PSD2 transaction, as shown to the payer.
    pub fn payee(self, payee: impl Into<String>) -> Self {
        self.set("Payee", payee)
    }

    /// Values that the service's programmable rate limits count, by the limit's unique name.
    pub fn rate_limits<K: Into<String>, V: Into<String>>(
        self,
        limits: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.set_json("RateLimits", &map(limits))
    }

    /// How the e-mail looks; for [`Channel::Email`].
    pub fn email_configuration(self, configuration: &EmailConfiguration) -> Self {
        self.set_json("ChannelConfiguration", configuration)
    }

    /// The hash that lets an Android application read the message; text messages only (60602).
    pub fn app_hash(self, hash: impl Into<String>) -> Self {
        self.set("AppHash", hash)
    }

    /// The template of the message.
    pub fn template_sid(self, sid: &TemplateSid) -> Self {
        self.set("TemplateSid", sid.as_str())
    }

    /// Values for the template's own variables.
    pub fn template_custom_substitutions<K: Into<String>, V: Into<String>>(
        self,
        substitutions: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.set_json("TemplateCustomSubstitutions", &map(substitutions))
    }

    /// Up to ten templates in order of preference, each with values for its variables. Overrides the
    /// two parameters above.
    pub fn templates(
        mut self,
        templates: impl IntoIterator<Item = (TemplateSid, BTreeMap<String, String>)>,
    ) -> Self {
        #[derive(Serialize)]
        struct Template {
            sid: TemplateSid,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            substitutions: BTreeMap<String, String>,
        }
        let templates =
            templates.into_iter().map(|(sid, substitutions)| Template { sid, substitutions });
        let templates = templates.collect::<Vec<_>>();
        if templates.len() > 10 {
            self.problem = Some("there can be at most 10 templates");
        }
        self.set_json("Templates", &templates)
    }

    /// The address of the person's device; advised for [`Channel::Auto`].
    pub fn device_ip(self, address: IpAddr) -> Self {
        self.set("DeviceIp", address.to_string())
    }

    /// Makes the address for silent network authentication return a token that the check must carry.
    pub fn enable_sna_client_token(mut self, enable: bool) -> Self {
        self.parameters.set_flag("EnableSnaClientToken", enable);
        self
    }

    /// Whether Fraud Guard looks at this verification. Default: it does.
    pub fn risk_check(self, check: RiskCheck) -> Self {
        let check = match check {
            RiskCheck::Enable => "enable",
            RiskCheck::Disable => "disable",
        };
        self.set("RiskCheck", check)
    }

    /// The single-use token of Twilio's device intelligence.
    pub fn risk_telemetry_id(self, token: impl Into<String>) -> Self {
        self.set("Risk.TelemetryId", token)
    }

    /// Up to ten labels that come back in events; names and values of at most 128 characters. Not
    /// for personal data.
    pub fn tags<K: Into<String>, V: Into<String>>(
        mut self,
        tags: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let tags = map(tags);
        let short = |text: &String| text.chars().count() <= 128;
        if tags.len() > 10 || !tags.iter().all(|(name, value)| short(name) && short(value)) {
            self.problem = Some(
                "there can be at most 10 tags, with names and values of at most 128 characters",
            );
        }
        self.set_json("Tags", &tags)
    }

    /// A parameter that this version does not know, by Twilio's name.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.set(name.into(), value);
        self
    }

    pub(super) fn parameters(&self) -> Result<&Parameters, Error> {
        let operation = Operation::CreateVerification;
        match self.problem {
            Some(problem) => Err(Error::InvalidArgument { operation, problem: problem.into() }),
            None => Ok(&self.parameters),
        }
    }

    fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.set(name, value);
        self
    }

    fn set_json(mut self, name: &'static str, value: &impl Serialize) -> Self {
        self.parameters.set_json(name, value);
        self
    }
}

fn map<K: Into<String>, V: Into<String>>(
    pairs: impl IntoIterator<Item = (K, V)>,
) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
}
