//! Where Twilio's sources contradict each other or say nothing.

/// What the sandbox does where Twilio's documentation, its specification and published tests of the
/// live service disagree. The defaults are the better documented or the safer reading; the other
/// reading is one call away, so that an application can be tested against both.
///
/// ```
/// use verify_mfa::sandbox::{AfterMaxChecks, Behaviour, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let behaviour = Behaviour::new().after_max_checks(AfterMaxChecks::NewVerification);
/// let sandbox = Sandbox::builder().behaviour(behaviour).start().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Behaviour {
    pub(crate) after_max_checks: AfterMaxChecks,
    pub(crate) fetch_after_max_checks: bool,
    pub(crate) ignore_disabled_custom_code: bool,
    pub(crate) unsupported_locale: UnsupportedLocale,
    pub(crate) friendly_name_length: usize,
    pub(crate) friendly_name_digits: FriendlyNameDigits,
    pub(crate) show_auto_channel: bool,
    pub(crate) manual_approval_is_valid: bool,
    pub(crate) refuse_combinations: bool,
    pub(crate) check_sid_and_to: SidAndTo,
    pub(crate) check_status: CheckStatus,
    pub(crate) undefined_rate_limit: UndefinedRateLimit,
    pub(crate) polling_limits: bool,
}

/// What another send does after five wrong codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum AfterMaxChecks {
    /// 429/60202 until the verification expires (Twilio, error 60202).
    #[default]
    BlockUntilExpiry,
    /// A new verification with a new code (Twilio's blog).
    NewVerification,
    /// The same verification and code once more; its checks stay used up.
    ResendSame,
}

/// What becomes of a `Locale` that Twilio's default template does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum UnsupportedLocale {
    /// 400/60200 (a published test of the live service).
    #[default]
    InvalidParameter,
    /// 404/20404 (Twilio, "Verifications").
    NotFound,
}

/// How the digits of a friendly name are counted, of which it may have four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FriendlyNameDigits {
    /// All of them (a published test of the live service).
    #[default]
    InTotal,
    /// Only those in a row (Twilio's agent skills).
    InARow,
}

/// What a check means that has both `VerificationSid` and `To`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SidAndTo {
    /// The SID decides, and `To` must be its destination, or it is 404/20404.
    #[default]
    MustMatch,
    /// The SID decides and `To` is ignored.
    SidAlone,
}

/// The HTTP status of a check that was answered. Twilio's specification lists both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CheckStatus {
    /// 201
    #[default]
    Created,
    /// 200
    Ok,
}

/// What becomes of a name in `RateLimits` for which no limit was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum UndefinedRateLimit {
    /// Nothing: it limits nothing.
    #[default]
    Ignored,
    /// 400/60200
    InvalidParameter,
}

impl Behaviour {
    /// The defaults, each named with its method.
    pub fn new() -> Self {
        Self::default()
    }

    /// What another send does after five wrong codes. Default: blocked until expiry.
    pub fn after_max_checks(mut self, mode: AfterMaxChecks) -> Self {
        self.after_max_checks = mode;
        self
    }

    /// Whether a verification can be fetched after five wrong codes, with the status
    /// `max_attempts_reached` (a published test of the live service), or is 404/20404 (Twilio,
    /// "Verification Check"). Default: it can.
    pub fn fetch_after_max_checks(mut self, found: bool) -> Self {
        self.fetch_after_max_checks = found;
        self
    }

    /// Whether a `CustomCode` on a service without custom codes is ignored, and a code made up
    /// instead (a published test of the live service), or refused with 403/60204 (Twilio,
    /// "Verifications"). Default: refused.
    pub fn ignore_disabled_custom_code(mut self, ignored: bool) -> Self {
        self.ignore_disabled_custom_code = ignored;
        self
    }

    /// What becomes of a `Locale` that Twilio does not have. Default: 400/60200.
    pub fn unsupported_locale(mut self, answer: UnsupportedLocale) -> Self {
        self.unsupported_locale = answer;
        self
    }

    /// How many characters a friendly name may have: 30 (Twilio, error 60200) or 32 (Twilio,
    /// "Services"). Default: 30.
    pub fn friendly_name_length(mut self, characters: usize) -> Self {
        self.friendly_name_length = characters;
        self
    }

    /// How the digits of a friendly name are counted. Default: in total.
    pub fn friendly_name_digits(mut self, counted: FriendlyNameDigits) -> Self {
        self.friendly_name_digits = counted;
        self
    }

    /// Whether `channel` says "auto" when Twilio chose (an example of the documentation), or the
    /// chosen channel (Twilio's specification). Default: the chosen one.
    pub fn show_auto_channel(mut self, auto: bool) -> Self {
        self.show_auto_channel = auto;
        self
    }

    /// The deprecated field `valid` after an approval by hand: true in Twilio's specification, false
    /// in an example of the documentation. Default: true.
    pub fn manual_approval_is_valid(mut self, valid: bool) -> Self {
        self.manual_approval_is_valid = valid;
        self
    }

    /// Whether combinations without meaning are refused with 400/60200, or ignored: a `Locale` for
    /// e-mail and silent network authentication, and PSD2 over WhatsApp. Default: refused.
    pub fn refuse_combinations(mut self, refused: bool) -> Self {
        self.refuse_combinations = refused;
        self
    }

    /// What a check means that has both `VerificationSid` and `To`. Default: they must match.
    pub fn check_sid_and_to(mut self, meaning: SidAndTo) -> Self {
        self.check_sid_and_to = meaning;
        self
    }

    /// The HTTP status of a check that was answered. Default: 201.
    pub fn check_status(mut self, status: CheckStatus) -> Self {
        self.check_status = status;
        self
    }

    /// What becomes of a name in `RateLimits` for which no limit was made. Default: ignored.
    pub fn undefined_rate_limit(mut self, answer: UndefinedRateLimit) -> Self {
        self.undefined_rate_limit = answer;
        self
    }

    /// Whether fetching one verification more than 60 times a minute, 180 times an hour or 250 times
    /// a day is refused with 429/20429 (Twilio, "Rate limits and timeouts"). Default: it is.
    pub fn polling_limits(mut self, limited: bool) -> Self {
        self.polling_limits = limited;
        self
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            after_max_checks: AfterMaxChecks::default(),
            fetch_after_max_checks: true,
            ignore_disabled_custom_code: false,
            unsupported_locale: UnsupportedLocale::default(),
            friendly_name_length: 30,
            friendly_name_digits: FriendlyNameDigits::default(),
            show_auto_channel: false,
            manual_approval_is_valid: true,
            refuse_combinations: true,
            check_sid_and_to: SidAndTo::default(),
            check_status: CheckStatus::default(),
            undefined_rate_limit: UndefinedRateLimit::default(),
            polling_limits: true,
        }
    }
}
