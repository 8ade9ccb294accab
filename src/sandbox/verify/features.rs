//! What Twilio has opened for the account.

use super::Refusal;
use crate::types::Channel;

/// What the sandbox's account may use. Much of it is opened by Twilio's sales or support only, or
/// needs a sender or mailer of one's own.
///
/// ```
/// use verify_mfa::sandbox::{Features, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let features = Features::new().sna(true).auto(true);
/// let sandbox = Sandbox::builder().features(features).start().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Features {
    email: bool,
    whatsapp: bool,
    rcs: bool,
    sna: bool,
    auto: bool,
    pub(crate) custom_code: bool,
    pub(crate) custom_friendly_name: bool,
    pub(crate) psd2: bool,
    disabled: Vec<Channel>,
}

impl Features {
    /// The defaults, each named with its method.
    pub fn new() -> Self {
        Self::default()
    }

    /// An e-mail integration; without it, e-mails are refused with 400/60217. Default: there is
    /// one.
    pub fn email(mut self, open: bool) -> Self {
        self.email = open;
        self
    }

    /// A WhatsApp sender; without it, WhatsApp is refused with 400/68008. Default: there is one.
    pub fn whatsapp(mut self, open: bool) -> Self {
        self.whatsapp = open;
        self
    }

    /// Rich Communication Services; without them, the channel is refused with 400/60200.
    /// Default: closed.
    pub fn rcs(mut self, open: bool) -> Self {
        self.rcs = open;
        self
    }

    /// Silent network authentication, in beta at Twilio; without it, the channel is refused with
    /// 400/60200. Default: closed.
    pub fn sna(mut self, open: bool) -> Self {
        self.sna = open;
        self
    }

    /// Automatic channel selection, a pilot at Twilio: silent network authentication first, if it
    /// is open, then a text message. Without it, the channel is refused with 400/60200. Default:
    /// closed.
    pub fn auto(mut self, open: bool) -> Self {
        self.auto = open;
        self
    }

    /// Custom codes, which a service then still has to enable; without them, enabling is refused
    /// with 403/60204. Default: open.
    pub fn custom_code(mut self, open: bool) -> Self {
        self.custom_code = open;
        self
    }

    /// `CustomFriendlyName`; without it, the parameter is refused with 403/60204. Default: open.
    pub fn custom_friendly_name(mut self, open: bool) -> Self {
        self.custom_friendly_name = open;
        self
    }

    /// PSD2, which a service then still has to enable; without it, enabling is refused with
    /// 403/60204. Default: open.
    pub fn psd2(mut self, open: bool) -> Self {
        self.psd2 = open;
        self
    }

    /// Switches a channel off, as Twilio's Console does for a service: it is refused with
    /// 400/60223. May be repeated. Default: none is off.
    pub fn disable(mut self, channel: Channel) -> Self {
        self.disabled.push(channel);
        self
    }

    /// Refuses what is closed.
    pub(crate) fn admit(&self, channel: &Channel) -> Result<(), Refusal> {
        let open = match channel {
            Channel::Sms | Channel::Call => true,
            Channel::Email if !self.email => return Err(Refusal::NoMailer),
            Channel::WhatsApp if !self.whatsapp => return Err(Refusal::NoWhatsAppSender),
            Channel::Email | Channel::WhatsApp => true,
            Channel::Rcs => self.rcs,
            Channel::Sna => self.sna,
            Channel::Auto => self.auto,
            Channel::Other(_) => false,
        };
        match open {
            false => Err(Refusal::Invalid("Channel")),
            true if self.is_disabled(channel) => Err(Refusal::ChannelDisabled),
            true => Ok(()),
        }
    }

    /// Whether [`Channel::Auto`] may become [`Channel::Sna`].
    pub(crate) fn selects_sna(&self) -> bool {
        self.sna && !self.is_disabled(&Channel::Sna)
    }

    fn is_disabled(&self, channel: &Channel) -> bool {
        self.disabled.contains(channel)
    }
}

impl Default for Features {
    fn default() -> Self {
        Self {
            email: true,
            whatsapp: true,
            rcs: false,
            sna: false,
            auto: false,
            custom_code: true,
            custom_friendly_name: true,
            psd2: true,
            disabled: Vec::new(),
        }
    }
}
