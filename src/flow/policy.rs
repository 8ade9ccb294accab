//! The rules, with their defaults and reasons.

use std::{collections::BTreeSet, time::Duration};

use crate::{Channel, Code, Country, Error, LineType, PhoneNumber};

use super::{
    ChannelUnavailable, Countries, Limit, PhoneNotAllowed, Refusal,
    challenge::Purpose,
    cool_down::{CoolDown, LockSchedule},
    limit::DAY,
};

/// The rules of an [`MfaFlow`](crate::MfaFlow). Each setter refuses what would weaken a login with
/// [`Error::Configuration`].
///
/// | rule | default | reason |
/// |---|---|---|
/// | countries | asked for; also for the phones that are second factors already | sends to countries without customers are how fraud makes money |
/// | [code length](Self::code_length) | 6 digits | NIST SP 800-63B rev 4 §3.1.3.2 asks for at least 6; Twilio's default |
/// | [life of a challenge](Self::lifetime) | 10 minutes from the first send | NIST §3.1.3.2, ASVS V6.5.5; Twilio's codes live as long |
/// | [wrong codes](Self::checks_per_challenge) | 5 for a challenge | Twilio ends a verification after 5 (60202) |
/// | [sends](Self::sends_per_challenge) | 5 for a challenge | Twilio (60203) |
/// | [waits after sends](Self::resend_waits) | 30, 40, 60, 90, 120 s | Twilio's advice on retries: at least 30 s, growing |
/// | [calls](Self::calls_per_challenge) | 2 for a challenge, not before 60 s after a text message | a call costs more |
/// | [what calls are for](Self::calls) | everything but switching off and changing the phone | a call can reach a mailbox |
/// | [a call when a text cannot arrive](Self::call_when_text_fails) | no | the person should choose it |
/// | [sends for a user](Self::sends_per_user) | 10 an hour, 20 a day | our choice |
/// | [unconfirmed phones of a user](Self::new_phones_per_user) | 3 a day | our choice; keeps the flow from texting strangers |
/// | [sends to a phone](Self::sends_per_phone), whoever asks | 5 in 10 minutes, 10 a day; as many again while it is not a second factor | our choice; Twilio sends 5 in 10 minutes |
/// | [sends for a caller](Self::sends_per_caller) | 20 an hour | our choice; an office shares an address |
/// | [sends to a country](Self::sends_per_country) | 1,000 an hour | our choice; pumping goes to one country |
/// | [sends in all](Self::sends_in_all) | 10,000 a day | our choice: the most that fraud can cost in a day |
/// | lines | no premium-rate, shared-cost, personal, pager, voicemail or company-wide numbers | they earn money for whoever owns them |
/// | [cool-downs](Self::cool_downs) | 10 wrong codes in a row lock the user for 15 minutes, 15 for 1 hour, 20 and every 5 more for 24 hours | NIST §3.2.2 lets delays grow |
/// | [hard lock](Self::hard_lock) | 100 wrong codes in a row, until [`MfaFlow::unlock`](crate::MfaFlow::unlock) | NIST §3.2.2: at most 100 |
/// | [step-up](Self::step_up_lifetime) | 5 minutes, once | our choice |
/// | [notice](Self::require_notice) | not asked for | NIST §3.2.9 asks to tell people about the risk of text messages |
///
/// ```
/// use verify_mfa::{Country, flow::{Countries, Limit, Policy}};
///
/// let policy = Policy::new(Countries::only([Country::US, Country::KE]))
///     .sends_in_all([Limit::per_day(500)])?;
/// # Ok::<(), verify_mfa::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Policy {
    countries: Countries,
    pub(super) code_length: usize,
    pub(super) lifetime: Duration,
    pub(super) checks: u32,
    pub(super) sends: u32,
    pub(super) call_limit: u32,
    waits: Vec<Duration>,
    pub(super) calls: Calls,
    pub(super) call_when_text_fails: bool,
    pub(super) per_user: Vec<Limit>,
    pub(super) new_phones: Vec<Limit>,
    pub(super) per_phone: Vec<Limit>,
    pub(super) per_caller: Vec<Limit>,
    pub(super) per_country: Vec<Limit>,
    pub(super) in_all: Vec<Limit>,
    pub(super) locks: LockSchedule,
    pub(super) step_up_lifetime: Duration,
    pub(super) notice: bool,
}

/// What codes may be sent by call for. A call can reach a mailbox that others listen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// Nothing.
    Never,
    /// Everything but switching two-factor login off and changing the phone.
    ExceptFactorChanges,
    /// Everything.
    Always,
}

impl Policy {
    /// The default rules for these countries.
    pub fn new(countries: Countries) -> Self {
        Self {
            countries,
            code_length: 6,
            lifetime: LIFETIME,
            checks: 5,
            sends: 5,
            call_limit: 2,
            waits: [30, 40, 60, 90, 120].map(Duration::from_secs).into(),
            calls: Calls::ExceptFactorChanges,
            call_when_text_fails: false,
            per_user: vec![Limit::per_hour(10), Limit::per_day(20)],
            new_phones: vec![Limit::per_day(3)],
            per_phone: vec![Limit::new(5, LIFETIME), Limit::per_day(10)],
            per_caller: vec![Limit::per_hour(20)],
            per_country: vec![Limit::per_hour(1_000)],
            in_all: vec![Limit::per_day(10_000)],
            locks: LockSchedule::default(),
            step_up_lifetime: STEP_UP_LIFETIME,
            notice: false,
        }
    }

    /// How many digits the codes of the Verify service have. Codes of another length are refused
    /// without asking Twilio, so call
    /// [`MfaFlow::check_configuration`](crate::MfaFlow::check_configuration) when the application
    /// starts. Default: 6.
    ///
    /// # Errors
    /// For other numbers than 6 to 10: shorter codes are guessed too easily (NIST SP 800-63B rev 4
    /// §3.1.3.2), and Twilio has no longer ones.
    pub fn code_length(mut self, digits: usize) -> Result<Self, Error> {
        require((6..=10).contains(&digits), "the codes of a second factor have 6 to 10 digits")?;
        self.code_length = digits;
        Ok(self)
    }

    /// How long a challenge can be approved after its first send. Default: 10 minutes.
    ///
    /// # Errors
    /// For less than a minute, and for more than 10 (NIST SP 800-63B rev 4 §3.1.3.2).
    pub fn lifetime(mut self, lifetime: Duration) -> Result<Self, Error> {
        let allowed = Duration::from_secs(60)..=LIFETIME;
        require(allowed.contains(&lifetime), "a challenge lives for 1 to 10 minutes")?;
        self.lifetime = lifetime;
        Ok(self)
    }

    /// How many codes can be tried for a challenge. Default: 5.
    ///
    /// # Errors
    /// For other numbers than 1 to 5: Twilio allows no more (60202).
    pub fn checks_per_challenge(mut self, checks: u32) -> Result<Self, Error> {
        require((1..=5).contains(&checks), "a challenge has 1 to 5 checks")?;
        self.checks = checks;
        Ok(self)
    }

    /// How often the code of a challenge is sent at most. Default: 5.
    ///
    /// # Errors
    /// For other numbers than 1 to 5: Twilio allows no more (60203).
    pub fn sends_per_challenge(mut self, sends: u32) -> Result<Self, Error> {
        require((1..=5).contains(&sends), "a challenge has 1 to 5 sends")?;
        self.sends = sends;
        Ok(self)
    }

    /// How many of a challenge's sends may be calls. Default: 2.
    ///
    /// # Errors
    /// For more than 5.
    pub fn calls_per_challenge(mut self, calls: u32) -> Result<Self, Error> {
        require(calls <= 5, "a challenge has at most 5 calls")?;
        self.call_limit = calls;
        Ok(self)
    }

    /// How long to wait after the first send, the second, and so on; the last one stays. Default:
    /// 30, 40, 60, 90 and 120 seconds.
    ///
    /// The waits go on when a session cancels a challenge, or lets it expire, and starts again for the same
    /// phone; they begin anew when a code was approved. A send that certainly was not made makes nobody
    /// wait, and another session takes a challenge over at once: only the limits of the user and the
    /// phone are in its way.
    ///
    /// # Errors
    /// When there is none, or one is zero or more than an hour.
    pub fn resend_waits(
        mut self,
        waits: impl IntoIterator<Item = Duration>,
    ) -> Result<Self, Error> {
        self.waits = waits.into_iter().collect();
        let allowed = Duration::from_secs(1)..=Duration::from_secs(60 * 60);
        let valid = !self.waits.is_empty() && self.waits.iter().all(|wait| allowed.contains(wait));
        require(valid, "a wait after a send takes between a second and an hour")?;
        Ok(self)
    }

    /// What codes may be sent by call for. Default: [`Calls::ExceptFactorChanges`].
    #[must_use]
    pub fn calls(mut self, calls: Calls) -> Self {
        self.calls = calls;
        self
    }

    /// Whether a call is placed at once when Twilio says that a text message cannot reach the phone
    /// (60205, 21408, 21612, 21614), which costs more. Never after a fraud block or a limit. Default:
    /// no; the person may ask for a call.
    #[must_use]
    pub fn call_when_text_fails(mut self, call: bool) -> Self {
        self.call_when_text_fails = call;
        self
    }

    /// How many sends a user has, over all challenges. Default: 10 an hour and 20 a day. None: no
    /// limit.
    ///
    /// A send that Twilio refuses because it never could happen is not counted: to a number that does
    /// not exist or is not allowed (60200, 60220), too soon or too often (60212, 60203). That goes as
    /// often as the user may send; the limits that span users count every send that was asked for.
    ///
    /// # Errors
    /// For a window that is shorter than a second or longer than a day, and for two that are equal in
    /// whole seconds: they would share a counter.
    pub fn sends_per_user(self, limits: impl IntoIterator<Item = Limit>) -> Result<Self, Error> {
        Ok(Self { per_user: checked(limits)?, ..self })
    }

    /// How many phones a user may begin to enroll, or change to, without confirming them. Default: 3
    /// a day. None: no limit. A number that does not exist, as Twilio says, is not counted.
    ///
    /// # Errors
    /// As for [`sends_per_user`](Self::sends_per_user).
    pub fn new_phones_per_user(
        self,
        limits: impl IntoIterator<Item = Limit>,
    ) -> Result<Self, Error> {
        Ok(Self { new_phones: checked(limits)?, ..self })
    }

    /// How many sends go to a phone, whoever asks for them. Default: 5 in 10 minutes and 10 a day.
    /// None: no limit.
    ///
    /// Sends to a phone that is a second factor, and those to a phone that somebody is about to enroll
    /// or change to, are counted apart, with the same limits: strangers who claim the phone do not use
    /// up the logins of its owner. At Twilio both share the sends of a verification, unless there is a
    /// [service for enrollments](crate::MfaFlow::with_enroll_service).
    ///
    /// # Errors
    /// As for [`sends_per_user`](Self::sends_per_user).
    pub fn sends_per_phone(self, limits: impl IntoIterator<Item = Limit>) -> Result<Self, Error> {
        Ok(Self { per_phone: checked(limits)?, ..self })
    }

    /// How many sends a caller may ask for: see [`Session::caller`](super::Session::caller). Default:
    /// 20 an hour. None: no limit.
    ///
    /// # Errors
    /// As for [`sends_per_user`](Self::sends_per_user).
    pub fn sends_per_caller(self, limits: impl IntoIterator<Item = Limit>) -> Result<Self, Error> {
        Ok(Self { per_caller: checked(limits)?, ..self })
    }

    /// How many sends go to each country. Default: 1,000 an hour. None: no limit.
    ///
    /// Enrollments and changes of phone get half of them at most, so that strangers who register do not
    /// use up the logins of those who have a second factor.
    ///
    /// # Errors
    /// As for [`sends_per_user`](Self::sends_per_user).
    pub fn sends_per_country(self, limits: impl IntoIterator<Item = Limit>) -> Result<Self, Error> {
        Ok(Self { per_country: checked(limits)?, ..self })
    }

    /// How many sends the application makes: its budget. Default: 10,000 a day. None: no limit.
    /// Enrollments and changes of phone get half of them, as of
    /// [a country's](Self::sends_per_country).
    ///
    /// # Errors
    /// As for [`sends_per_user`](Self::sends_per_user).
    pub fn sends_in_all(self, limits: impl IntoIterator<Item = Limit>) -> Result<Self, Error> {
        Ok(Self { in_all: checked(limits)?, ..self })
    }

    /// How long wrong codes lock a user. The last one comes again after every 5 wrong codes more.
    /// Default: 15 minutes after 10, 1 hour after 15, 24 hours after 20.
    ///
    /// # Errors
    /// When there is none, the first comes after more than 10 or lasts less than a minute, or they do
    /// not grow: guessing would be too cheap.
    pub fn cool_downs(
        mut self,
        cool_downs: impl IntoIterator<Item = CoolDown>,
    ) -> Result<Self, Error> {
        self.locks.cool_downs = cool_downs.into_iter().collect();
        let problem = "cool-downs begin after 1 to 10 wrong codes with a minute or more, and grow";
        require(self.locks.grows(), problem)?;
        Ok(self)
    }

    /// After how many wrong codes in a row a user is locked until
    /// [`MfaFlow::unlock`](crate::MfaFlow::unlock). Default: 100.
    ///
    /// # Errors
    /// For other numbers than 1 to 100 (NIST SP 800-63B rev 4 §3.2.2).
    pub fn hard_lock(mut self, failures: u32) -> Result<Self, Error> {
        require((1..=100).contains(&failures), "a hard lock comes after 1 to 100 wrong codes")?;
        self.locks.hard = failures;
        Ok(self)
    }

    /// How long a [`StepUp`](super::StepUp) is good for, and how old the first factor may be when a
    /// phone is enrolled in a session that tells
    /// ([`Session::authenticated_at`](super::Session::authenticated_at)). Default: 5 minutes.
    ///
    /// # Errors
    /// For zero or more than 5 minutes.
    pub fn step_up_lifetime(mut self, lifetime: Duration) -> Result<Self, Error> {
        let allowed = Duration::from_secs(1)..=STEP_UP_LIFETIME;
        require(allowed.contains(&lifetime), "a step-up lives for at most 5 minutes")?;
        self.step_up_lifetime = lifetime;
        Ok(self)
    }

    /// Whether enrolling needs [`Enroll::notice_acknowledged`](super::Enroll::notice_acknowledged):
    /// that the person was told what codes by phone do not protect from. Default: no.
    #[must_use]
    pub fn require_notice(mut self, required: bool) -> Self {
        self.notice = required;
        self
    }

    /// A code of the right length, or the refusal that says so.
    pub(super) fn parse_code(&self, text: &str) -> Result<Code, Refusal> {
        let digits = self.code_length;
        let code = Code::parse(text).ok().filter(|code| code.expose_secret().len() == digits);
        code.ok_or(Refusal::MalformedCode { digits })
    }

    /// Whether codes may be sent there: also to a phone that became a second factor under other rules.
    pub(super) fn check_country(&self, country: Option<Country>) -> Result<(), Refusal> {
        let reason = PhoneNotAllowed::Country;
        let refused = Refusal::PhoneNotAllowed { reason };
        self.countries.allow(country).then_some(()).ok_or(refused)
    }

    /// Whether this phone may become a second factor.
    pub(super) fn check_phone(&self, phone: &PhoneNumber) -> Result<(), Refusal> {
        match phone.line_type() {
            LineType::PremiumRate
            | LineType::SharedCost
            | LineType::PersonalNumber
            | LineType::Pager
            | LineType::Voicemail
            | LineType::Uan => Err(Refusal::PhoneNotAllowed { reason: PhoneNotAllowed::LineType }),
            _ => self.check_country(phone.country()),
        }
    }

    /// Whether codes for `purpose` may be sent by `channel`: a code that the person types, on
    /// something that the person has. E-mail is not out of band (NIST SP 800-63B §3.1.3.1).
    pub(super) fn check_channel(
        &self,
        channel: &Channel,
        purpose: &Purpose,
    ) -> Result<(), Refusal> {
        let refused = |reason| Err(Refusal::ChannelUnavailable { reason });
        match (channel, self.calls) {
            (Channel::Sms, _) | (Channel::Call, Calls::Always) => Ok(()),
            (Channel::Call, Calls::ExceptFactorChanges) if !purpose.is_factor_change() => Ok(()),
            (Channel::Call, _) => refused(ChannelUnavailable::CallsNotAllowed),
            _ => refused(ChannelUnavailable::Unsupported),
        }
    }

    /// How long to wait after the `sends`-th send.
    pub(super) fn wait(&self, sends: u32) -> Duration {
        let index = usize::try_from(sends.saturating_sub(1)).unwrap_or(usize::MAX);
        self.waits.get(index).or(self.waits.last()).copied().unwrap_or(LIFETIME)
    }
}

fn require(valid: bool, problem: &'static str) -> Result<(), Error> {
    if valid { Ok(()) } else { Err(Error::configuration(problem)) }
}

/// Sends of the last day are remembered, no older ones.
fn checked(limits: impl IntoIterator<Item = Limit>) -> Result<Vec<Limit>, Error> {
    let limits: Vec<_> = limits.into_iter().collect();
    let allowed = Duration::from_secs(1)..=DAY;
    let valid = limits.iter().all(|limit| allowed.contains(&limit.window));
    require(valid, "the window of a limit takes between a second and a day")?;
    // What spans users is counted under the seconds of its window.
    let windows: BTreeSet<_> = limits.iter().map(|limit| limit.window.as_secs()).collect();
    require(windows.len() == limits.len(), "each limit of a list has a window of its own")?;
    Ok(limits)
}

/// The longest life of a challenge; Twilio's codes live as long.
pub(super) const LIFETIME: Duration = Duration::from_secs(600);
/// From a text message to a call.
pub(super) const CALL_WAIT: Duration = Duration::from_secs(60);
const STEP_UP_LIFETIME: Duration = Duration::from_secs(5 * 60);
