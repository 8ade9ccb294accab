//! What can be chosen before a sandbox starts.

use std::{net::IpAddr, time::Duration};

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
    pub(super) address: Option<IpAddr>,
    pub(super) other_hosts: bool,
    pub(super) public_url: Option<String>,
    pub(super) control_plane: bool,
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

    /// The port. Default: 0, a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Another loopback address. `0.0.0.0` and `::`, which other hosts can reach, need
    /// [`allow_other_hosts`](Self::allow_other_hosts) too. Default: 127.0.0.1.
    pub fn listen(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Lets [`listen`](Self::listen) take `0.0.0.0` or `::`. Everybody who can reach this machine
    /// then reaches the sandbox, and with a [`control_plane`](Self::control_plane) reads every code.
    pub fn allow_other_hosts(mut self) -> Self {
        self.other_hosts = true;
        self
    }

    /// How others reach the sandbox, such as `http://sandbox:8642`: what links in replies start
    /// with. Default: the address on which it listens.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Serves a page at `/`, on which messages arrive, and the same as JSON under `/sandbox`, for
    /// tests in other languages. Default: neither.
    ///
    /// Nobody has to authenticate there. It answers only when it is called by a loopback name or
    /// address or by the [`public_url`](Self::public_url), and nothing that the pages of other
    /// origins ask.
    ///
    /// | | |
    /// |---|---|
    /// | `GET /sandbox/messages?to=…` | what was sent, newest first, codes included |
    /// | `GET /sandbox/requests` | what was asked, newest first |
    /// | `GET /sandbox/clock` | the time |
    /// | `POST /sandbox/clock` | `{"advance_seconds": 600}` moves it forward |
    /// | `GET /sandbox/faults` | the faults that can still happen, or hold a request now |
    /// | `POST /sandbox/faults` | `{"fault": "drop_after", "times": 1}` injects one |
    /// | `DELETE /sandbox/faults`, `/sandbox/faults/{id}` | removes all, or one |
    /// | `POST /sandbox/reset` | [`reset`](super::Sandbox::reset) |
    /// | `GET /sandbox/events` | all of it as it happens, as server-sent events |
    ///
    /// A fault is named as the constructors of [`Fault`](super::Fault) are, and has the parameters
    /// that its constructor has: `seconds` of `delay`; `status` and `body` of `reply`; `status`,
    /// `code` and `message` of `error`; `status` of `html`; `code` of `sna_failure`. With any can
    /// stand `operation` (such as `create_verification`), `to`, `times` and `after_processing`; with
    /// what is a reply also `retry_after_seconds` or `retry_after_date`.
    pub fn control_plane(mut self) -> Self {
        self.control_plane = true;
        self
    }
}
