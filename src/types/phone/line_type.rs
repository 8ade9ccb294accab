//! What answers at a number.

/// What kind of line a number is, as far as its country's numbering plan tells.
///
/// Source: libphonenumber's `PhoneNumberType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LineType {
    /// A line at a place. It may not receive text messages.
    FixedLine,
    /// A mobile phone.
    Mobile,
    /// Either of the two: the plan does not tell them apart, as in the United States.
    FixedLineOrMobile,
    /// Free for the caller.
    TollFree,
    /// Costs the caller more than a call, and earns the callee money.
    PremiumRate,
    /// The caller and the callee share the cost.
    SharedCost,
    /// Voice over IP.
    Voip,
    /// Follows a person from line to line.
    PersonalNumber,
    /// A pager.
    Pager,
    /// A company's universal access number.
    Uan,
    /// A voice mailbox.
    Voicemail,
    /// The plan lists no such number.
    Unknown,
}
