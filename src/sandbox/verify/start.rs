//! What is asked of a service when a code shall be sent, and whether it may be.

use std::collections::BTreeMap;

use super::{Block, Destination, Refusal, Rules, ServiceSettings};
use crate::types::{Channel, Code};

#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) to: Destination,
    pub(crate) channel: Channel,
    pub(crate) locale: Option<String>,
    pub(crate) custom_code: Option<Code>,
    pub(crate) custom_friendly_name: Option<String>,
    pub(crate) app_hash: Option<String>,
    pub(crate) transaction: Option<Transaction>,
    /// Values by the unique names of programmable rate limits.
    pub(crate) rate_limits: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    /// Whether a template was asked for.
    pub(crate) template: bool,
    /// Whether Fraud Guard looks at it.
    pub(crate) risk_check: bool,
    /// Whether a silent authentication shall give a token to its device.
    pub(crate) sna_client_token: bool,
    pub(crate) number: NumberFacts,
}

/// What somebody told the sandbox about a number.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NumberFacts {
    pub(crate) landline: bool,
    pub(crate) block: Option<Block>,
}

/// The payment that a PSD2 verification confirms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transaction {
    pub(crate) amount: String,
    pub(crate) payee: String,
}

impl Start {
    /// With everything optional left out.
    pub(crate) fn new(to: Destination, channel: Channel) -> Self {
        Self {
            to,
            channel,
            locale: None,
            custom_code: None,
            custom_friendly_name: None,
            app_hash: None,
            transaction: None,
            rate_limits: BTreeMap::new(),
            tags: BTreeMap::new(),
            template: false,
            risk_check: true,
            sna_client_token: false,
            number: NumberFacts::default(),
        }
    }

    /// Takes out what a service ignores, and refuses what it does not allow.
    pub(crate) fn admit(self, settings: &ServiceSettings, rules: &Rules) -> Result<Self, Refusal> {
        rules.features.admit(&self.channel)?;
        self.admit_channel()?;
        self.admit_texts(rules)?;
        let transaction = settings.transaction(self.transaction.clone())?;
        if transaction.is_some() {
            self.admit_transaction(rules)?;
        }
        let custom_code = self.admit_code(settings, rules)?;
        Ok(Self { transaction, custom_code, ..self })
    }

    fn admit_channel(&self) -> Result<(), Refusal> {
        let channel = &self.channel;
        if self.to.is_email() != (*channel == Channel::Email) {
            return Err(Refusal::InvalidTo(self.to.as_str().to_owned()));
        }
        if self.app_hash.is_some() && *channel != Channel::Sms {
            return Err(Refusal::AppHashWithoutSms);
        }
        let has_templates = matches!(channel, Channel::Sms | Channel::Call | Channel::Auto);
        if self.template && !has_templates {
            return Err(Refusal::TemplateWithChannel);
        }
        Ok(())
    }

    fn admit_texts(&self, rules: &Rules) -> Result<(), Refusal> {
        rules.admit_locale(self.locale.as_deref())?;
        let untranslated = matches!(self.channel, Channel::Email | Channel::Sna);
        if rules.behaviour.refuse_combinations && untranslated && self.locale.is_some() {
            return Err(Refusal::Invalid("Locale"));
        }
        match &self.custom_friendly_name {
            Some(_) if !rules.features.custom_friendly_name => {
                Err(Refusal::FeatureClosed("Custom friendly names"))
            }
            Some(name) if !rules.is_friendly_name(name) => {
                Err(Refusal::Invalid("CustomFriendlyName"))
            }
            _ => Ok(()),
        }
    }

    fn admit_transaction(&self, rules: &Rules) -> Result<(), Refusal> {
        match self.channel {
            Channel::Call => Err(Refusal::CallWithTransaction),
            Channel::Sna => Err(Refusal::SnaWithTransaction),
            Channel::WhatsApp if rules.behaviour.refuse_combinations => {
                Err(Refusal::Invalid("Channel"))
            }
            _ => Ok(()),
        }
    }

    fn admit_code(
        &self,
        settings: &ServiceSettings,
        rules: &Rules,
    ) -> Result<Option<Code>, Refusal> {
        match &self.custom_code {
            Some(_) if settings.custom_code_enabled => Ok(self.custom_code.clone()),
            Some(_) if !rules.behaviour.ignore_disabled_custom_code => {
                Err(Refusal::FeatureClosed("Custom codes"))
            }
            _ => Ok(None),
        }
    }

    /// Refuses when the number is blocked for `channel`, which Twilio may have chosen.
    pub(crate) fn admit_number(&self, channel: &Channel) -> Result<(), Refusal> {
        match self.number.block.filter(|block| block.concerns(self, channel)) {
            Some(block) => Err(Refusal::Blocked(block)),
            None => Ok(()),
        }
    }
}

impl Block {
    /// Whether it keeps this from being sent over `channel`.
    pub(crate) fn concerns(self, start: &Start, channel: &Channel) -> bool {
        let is_text = matches!(channel, Channel::Sms | Channel::Auto);
        match self {
            Self::Fraud => is_text && start.risk_check,
            Self::Geography => !start.to.is_email(),
            Self::OptedOut => is_text || *channel == Channel::Rcs,
        }
    }
}
