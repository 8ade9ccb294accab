//! What can be chosen before a sandbox starts.

use std::time::Duration;

use secrecy::SecretString;

use super::verify::{Behaviour, Features, RateLimit, Rules};
use crate::{
    clock::ManualClock,
    types::{AccountSid, ApiKeySid, Code, ServiceSid},
};

/// Chooses what a [`Sandbox`](super::Sandbox) would otherwise make up. Made by
/// [`Sandbox::builder`](super::Sandbox::builder).
///
/// ```
/// use std::time::Duration;
/// use verify_mfa::{Code, sandbox::Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::builder()
///     .account_sid("AC00000000000000000000000000000001".parse()?)
///     .auth_token("secret")
///     .ttl(Duration::from_secs(120))
///     .codes([Code::parse("012345")?])
///     .start()
///     .await?;
/// assert_eq!(sandbox.auth_token(), "secret");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct SandboxBuilder {
    pub(super) account_sid: Option<AccountSid>,
    pub(super) auth_token: Option<SecretString>,
    pub(super) api_keys: Vec<(ApiKeySid, SecretString)>,
    pub(super) service_sid: Option<ServiceSid>,
    pub(super) code_length: Option<u8>,
    pub(super) rules: Rules,
    pub(super) clock: ManualClock,
    pub(super) seed: Option<u64>,
    pub(super) codes: Vec<Code>,
    pub(super) port: u16,
}

impl SandboxBuilder {
    /// The account. Default: made up.
    pub fn account_sid(mut self, sid: AccountSid) -> Self {
        self.account_sid = Some(sid);
        self
    }

    /// The account's token. Default: made up.
    pub fn auth_token(mut self, token: impl Into<String>) -> Self {
        self.auth_token = Some(token.into().into());
        self
    }

    /// Accepts an API key besides the token; may be repeated. Default: none.
    pub fn api_key(mut self, sid: ApiKeySid, secret: impl Into<String>) -> Self {
        self.api_keys.push((sid, secret.into().into()));
        self
    }

    /// The ready-made service. Default: made up.
    pub fn service_sid(mut self, sid: ServiceSid) -> Self {
        self.service_sid = Some(sid);
        self
    }

    /// How many digits the codes of the ready-made service have, 4 to 10. Default: 6.
    pub fn code_length(mut self, digits: u8) -> Self {
        self.code_length = Some(digits);
        self
    }

    /// How long a verification lives, counted from its first send. Default: 10 minutes.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.rules.ttl = ttl;
        self
    }

    /// What happens where Twilio's sources contradict each other. Default:
    /// [`Behaviour::new`].
    pub fn behaviour(mut self, behaviour: Behaviour) -> Self {
        self.rules.behaviour = behaviour;
        self
    }

    /// What Twilio has opened for the account. Default: [`Features::new`].
    pub fn features(mut self, features: Features) -> Self {
        self.rules.features = features;
        self
    }

    /// A programmable rate limit that every service has; may be repeated, and the last of a name
    /// counts. Default: none.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rules.rate_limits.retain(|other| other.unique_name != limit.unique_name);
        self.rules.rate_limits.push(limit);
        self
    }

    /// A clock to be shared with other parts of a test. Default: one of the sandbox's own, which
    /// stands still unless it is advanced.
    pub fn clock(mut self, clock: ManualClock) -> Self {
        self.clock = clock;
        self
    }

    /// The real time, which passes, for a sandbox that people use.
    /// [`advance`](super::Sandbox::advance) moves it further. Default: time stands still.
    pub fn running_clock(mut self) -> Self {
        self.clock = ManualClock::running();
        self
    }

    /// Makes everything that is made up, codes included, the same in every run. Default: random.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The codes of the first verifications, in this order; then they are made up again.
    pub fn codes(mut self, codes: impl IntoIterator<Item = Code>) -> Self {
        self.codes.extend(codes);
        self
    }

    /// The port on 127.0.0.1. Default: 0, a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }
}
