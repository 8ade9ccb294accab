//! Twilio Verify on your own machine: for tests, demonstrations and work without a network.
//!
//! A [`Sandbox`] listens on a loopback port and answers as Twilio does: the same paths, parameters,
//! replies, errors and limits, for services, verifications and verification checks. What Twilio
//! would send, it keeps: [`Sandbox::code_for`] reads the code that a person would have received.
//! Time stands still until a test moves it, so nothing has to wait; [`Fault`]s make go wrong what a
//! test wants to go wrong.
//!
//! Rules, limits and messages follow Twilio's documentation. Where its sources contradict each
//! other, [`Behaviour`] has a setting for each; what Twilio opens for some accounts only is in
//! [`Features`].
//!
//! # Memory
//!
//! A sandbox may run for days. Verifications are forgotten when they expire; of those that were
//! approved, canceled or used up, each service remembers the last 10,000, for at most six times the
//! life of a verification. The last 10,000 messages and requests are kept. Under a clock that stands
//! still nothing expires, so what is pending then stays.
//!
//! Nothing in this crate starts a sandbox by itself. A release build logs an error when one starts.

mod builder;
mod control;
mod control_plane;
mod credentials;
mod fault;
mod inbox;
mod request;
mod server;
mod simulator;
mod source;
mod start;
mod verify;

use std::{fmt, io, sync::Arc};

pub use builder::SandboxBuilder;
pub use fault::{Fault, InjectedFault};
pub use inbox::Message;
pub use request::ReceivedRequest;
use secrecy::ExposeSecret;
use tokio::sync::watch;
pub use verify::{
    AfterMaxChecks, Behaviour, CheckStatus, Features, FriendlyNameDigits, RateLimit, SidAndTo,
    UndefinedRateLimit, UnsupportedLocale,
};

use self::simulator::Simulator;
use crate::{
    ServiceClient, VerifyClient,
    types::{AccountSid, ServiceSid},
};

/// A running simulator of Twilio Verify v2, with one account and a ready-made service.
///
/// It stops when it is dropped. `Debug` shows where it listens and no secret.
///
/// ```
/// use verify_mfa::sandbox::Sandbox;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use verify_mfa::{Channel, PhoneNumber, client::CreateVerification};
///
/// let sandbox = Sandbox::start().await?;
/// let phone = PhoneNumber::parse("+1 415 555 0100")?;
/// let verification = CreateVerification::new(&phone, Channel::Sms);
/// sandbox.service().verifications().create(&verification).await?;
///
/// let code = sandbox.code_for("+14155550100").ok_or("nothing was sent")?;
/// assert_eq!(code.len(), 6);
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    simulator: Arc<Simulator>,
    service: ServiceClient,
    _stop: watch::Sender<()>,
}

impl Sandbox {
    /// Starts one on a free port of 127.0.0.1, with everything made up. Needs a Tokio runtime.
    ///
    /// # Errors
    /// When no port can be opened, or the operating system gives no random numbers.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Starts one with choices of your own.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// Scheme, address and port, such as `http://127.0.0.1:8642`: what stands for
    /// `https://verify.twilio.com`.
    pub fn base_url(&self) -> &str {
        &self.simulator.base_url
    }

    /// The account.
    pub fn account_sid(&self) -> &AccountSid {
        &self.simulator.account_sid
    }

    /// The account's token, which opens this sandbox and nothing else.
    pub fn auth_token(&self) -> &str {
        self.simulator.credentials.auth_token.expose_secret()
    }

    /// A service that is there from the beginning, named "Sandbox".
    pub fn service_sid(&self) -> &ServiceSid {
        self.service.sid()
    }

    /// A client of this sandbox. It makes every call once, so that each fault is seen and no test waits:
    /// build one of your own, with the [address](Self::base_url), the [account](Self::account_sid) and its
    /// [token](Self::auth_token), to see [`Retry`](crate::client::Retry) at work.
    pub fn client(&self) -> VerifyClient {
        self.service.client()
    }

    /// The same client, of the service that is there from the beginning.
    pub fn service(&self) -> ServiceClient {
        self.service.clone()
    }
}

/// Requests that a fault holds go on.
impl Drop for Sandbox {
    fn drop(&mut self) {
        self.simulator.account().faults.clear();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url())
            .field("account_sid", self.account_sid())
            .field("service_sid", self.service_sid())
            .finish_non_exhaustive()
    }
}
