//! Why the rules say no.

use std::time::Duration;

/// One of Twilio's documented refusals. It holds no code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A parameter that must be there is not.
    Missing(&'static str),
    /// A parameter has a value that cannot be.
    Invalid(&'static str),
    /// `To` is no destination; Twilio repeats it in the message.
    InvalidTo(String),
    /// Unknown, approved, expired, or canceled: the caller is not told which.
    NotFound,
    /// A check that names neither a destination nor a verification.
    NoTarget,
    /// All checks of this window are used.
    ChecksUsedUp,
    /// All sends of this window are used.
    SendsUsedUp,
    /// A programmable rate limit is full.
    RateLimited { name: String, retry_after: Duration },
    /// A verification was fetched too often.
    PolledTooOften,
    /// Something that Twilio opens for some accounts or services only.
    FeatureClosed(&'static str),
    /// A PSD2 service without an amount or a payee.
    TransactionMissing,
    /// A PSD2 service cannot call.
    CallWithTransaction,
    /// A PSD2 service cannot authenticate silently.
    SnaWithTransaction,
    /// A service that skips text messages to landlines.
    Landline,
    /// No e-mail integration.
    NoMailer,
    /// No WhatsApp sender.
    NoWhatsAppSender,
    /// The channel is switched off.
    ChannelDisabled,
    /// An app hash goes into text messages only.
    AppHashWithoutSms,
    /// A template goes into text messages and calls only.
    TemplateWithChannel,
    /// `Templates` is no list of templates.
    TemplatesMalformed,
    /// `Templates` has too many or wrong templates.
    TemplatesInvalid,
    /// The number is blocked.
    Blocked(Block),
    /// More items asked for than a page may have.
    PageTooLarge,
}

/// Who keeps a message from being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    /// Fraud Guard blocked the number's prefix.
    Fraud,
    /// The geographic permissions leave the number's country out.
    Geography,
    /// The person answered STOP.
    OptedOut,
}
