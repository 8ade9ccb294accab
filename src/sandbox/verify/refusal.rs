//! Why the rules say no.

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
    /// A custom code on a service that does not allow them.
    CustomCodesDisabled,
    /// A PSD2 service without an amount or a payee.
    TransactionMissing,
    /// A PSD2 service cannot call.
    CallWithTransaction,
    /// An app hash goes into text messages only.
    AppHashWithoutSms,
    /// More items asked for than a page may have.
    PageTooLarge,
}
