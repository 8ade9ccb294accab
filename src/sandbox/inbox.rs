//! What the sandbox "sent".

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    time::SystemTime,
};

use super::verify::{Sent, Start, mask};
use crate::types::{Channel, Code, ServiceSid, VerificationSid};

/// A message or call that a person would have received.
///
/// `Debug` shows neither the code nor the text, and only the end of the number.
#[derive(Clone)]
#[non_exhaustive]
pub struct Message {
    /// The number or e-mail address, as it was given to the sandbox.
    pub to: String,
    /// How it was sent.
    pub channel: Channel,
    /// The code in it.
    pub code: Code,
    /// The whole text, always in English.
    pub body: String,
    /// The language that was asked for. None: Twilio goes by the number's country.
    pub locale: Option<String>,
    /// `Tags` of the request, which Twilio would show in its events.
    pub tags: BTreeMap<String, String>,
    /// The service that sent it.
    pub service_sid: ServiceSid,
    /// The verification it belongs to; the same for every resend.
    pub verification_sid: VerificationSid,
    /// When, by the sandbox's clock.
    pub sent_at: SystemTime,
}

impl Message {
    pub(crate) fn new(sent: &Sent<'_>) -> Self {
        let verification = sent.verification;
        Self {
            to: verification.to.as_str().to_owned(),
            channel: verification.channel.clone(),
            code: verification.code.clone(),
            body: body(sent),
            locale: sent.start.locale.clone(),
            tags: sent.start.tags.clone(),
            service_sid: (*verification.service_sid).clone(),
            verification_sid: verification.sid.clone(),
            sent_at: verification.updated_at,
        }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("to", &mask(&self.to))
            .field("channel", &self.channel)
            .field("code", &self.code)
            .field("verification_sid", &self.verification_sid)
            .field("sent_at", &self.sent_at)
            .finish_non_exhaustive()
    }
}

/// The last messages.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    messages: VecDeque<Message>,
    delivered: u64,
}

impl Inbox {
    pub(crate) fn deliver(&mut self, message: Message) {
        if self.messages.len() >= KEPT {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
        self.delivered += 1;
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.messages.iter().cloned().collect()
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().rev()
    }

    /// How many there were, those included that are no longer kept.
    pub(crate) fn delivered(&self) -> u64 {
        self.delivered
    }
}

fn body(Sent { service, verification, start }: &Sent<'_>) -> String {
    let settings = &service.settings;
    let name = start.custom_friendly_name.as_deref().unwrap_or(&settings.friendly_name);
    let code = verification.code.expose_secret();
    let mut body = match &verification.transaction {
        Some(paid) => {
            format!("Your {name} code to pay {} to {} is: {code}", paid.amount, paid.payee)
        }
        None => format!("Your {name} verification code is: {code}"),
    };
    if settings.do_not_share_warning_enabled && verification.channel == Channel::Sms {
        body.push_str(DO_NOT_SHARE);
    }
    with_app_hash(body, start)
}

/// The form that Android's SMS Retriever looks for.
fn with_app_hash(body: String, start: &Start) -> String {
    match &start.app_hash {
        Some(hash) => format!("<#> {body}\n{hash}"),
        None => body,
    }
}

/// Twilio's words, from the description of `DoNotShareWarningEnabled`.
const DO_NOT_SHARE: &str =
    ". Don’t share this code with anyone; our employees will never ask for the code";

/// Bounds the memory of a sandbox that runs for days.
pub(crate) const KEPT: usize = 10_000;
