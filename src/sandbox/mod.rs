//! Twilio Verify on your own machine: for tests, demonstrations and work without a network.
//!
//! A [`Sandbox`] listens on a loopback port and answers as Twilio does: the same paths, parameters,
//! replies, errors and limits, for services, verifications and verification checks. What Twilio
//! would send, it keeps: [`Sandbox::code_for`] reads the code that a person would have received.
//! Time stands still until a test moves it, so nothing has to wait.
//!
//! Nothing in this crate starts a sandbox by itself. A release build logs an error when one starts.

mod builder;
mod credentials;
mod inbox;
mod request;
mod server;
mod simulator;
mod source;
mod verify;

use std::{
    fmt, io,
    sync::Arc,
    time::{Duration, SystemTime},
};

pub use builder::SandboxBuilder;
pub use inbox::Message;
pub use request::ReceivedRequest;
use secrecy::ExposeSecret;
use tokio::sync::oneshot;

use self::{simulator::Simulator, verify::Destination};
use crate::{
    ServiceClient, VerifyClient,
    clock::ManualClock,
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
    _stop: oneshot::Sender<()>,
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

    /// A client of this sandbox.
    pub fn client(&self) -> VerifyClient {
        self.service.client()
    }

    /// A client of the service that is there from the beginning.
    pub fn service(&self) -> ServiceClient {
        self.service.clone()
    }

    /// The clock that decides what has expired, to share it with other parts of a test.
    pub fn clock(&self) -> ManualClock {
        self.simulator.clock.clone()
    }

    /// The sandbox's time.
    pub fn now(&self) -> SystemTime {
        self.simulator.now()
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.simulator.clock.advance(by);
    }

    /// The code that was last sent to a number or e-mail address, over any channel and service.
    pub fn code_for(&self, destination: &str) -> Option<String> {
        let destination = Destination::parse(destination)?;
        let account = self.simulator.account();
        account.inbox.code_for(&destination).map(|code| code.expose_secret().to_owned())
    }

    /// What was sent, newest last. The last 10,000 are kept.
    pub fn messages(&self) -> Vec<Message> {
        self.simulator.account().inbox.messages()
    }

    /// What was asked, newest last. The last 10,000 are kept.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.simulator.account().requests.iter().cloned().collect()
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
