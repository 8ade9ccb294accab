//! What can be chosen before a sandbox starts.

use std::{io, net::Ipv4Addr, sync::Arc, sync::Mutex, time::Duration};

use axum::serve::ListenerExt;
use secrecy::SecretString;
use tokio::{net::TcpListener, sync::oneshot};

use super::{
    Sandbox,
    credentials::Credentials,
    server,
    simulator::{Account, Simulator},
    source::Source,
    verify::{CODE_LENGTH, Rules, ServiceSettings, Verify},
};
use crate::{
    VerifyClient,
    clock::{Clock, ManualClock},
    types::{AccountSid, ApiKeySid, Code, ServiceSid},
};

/// Chooses what a [`Sandbox`] would otherwise make up. Made by [`Sandbox::builder`].
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
    account_sid: Option<AccountSid>,
    auth_token: Option<SecretString>,
    api_keys: Vec<(ApiKeySid, SecretString)>,
    service_sid: Option<ServiceSid>,
    code_length: Option<u8>,
    rules: Rules,
    clock: ManualClock,
    seed: Option<u64>,
    codes: Vec<Code>,
    port: u16,
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

    /// A clock to be shared with other parts of a test. Default: one of the sandbox's own, which
    /// stands still unless it is advanced.
    pub fn clock(mut self, clock: ManualClock) -> Self {
        self.clock = clock;
        self
    }

    /// The real time, which passes, for a sandbox that people use.
    /// [`advance`](Sandbox::advance) moves it further. Default: time stands still.
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

    /// Begins to listen. Needs a Tokio runtime, in which the sandbox then runs.
    ///
    /// # Errors
    /// When the port is taken, the code length is not 4 to 10, or the operating system gives no
    /// random numbers.
    pub async fn start(self) -> io::Result<Sandbox> {
        if self.code_length.is_some_and(|digits| !CODE_LENGTH.contains(&digits)) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a code has 4 to 10 digits"));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let (simulator, service_sid) = self.simulator(base_url)?;
        let service = client(&simulator)?.service(service_sid);
        let simulator = Arc::new(simulator);
        let stop = serve(listener, Arc::clone(&simulator));
        warn_in_release(&simulator.base_url);
        Ok(Sandbox { simulator, service, _stop: stop })
    }

    fn simulator(self, base_url: String) -> io::Result<(Simulator, ServiceSid)> {
        let mut source = self.seed.map(Source::seeded).map_or_else(Source::random, Ok)?;
        let account_sid = self.account_sid.unwrap_or_else(|| source.sid(AccountSid::PREFIX));
        let auth_token = self.auth_token.unwrap_or_else(|| source.hexadecimal().into());
        let service_sid = self.service_sid.unwrap_or_else(|| source.sid(ServiceSid::PREFIX));
        source.prepare(self.codes);
        let mut verify = Verify::new(self.rules);
        let mut settings = ServiceSettings::new("Sandbox");
        settings.code_length = self.code_length.unwrap_or(settings.code_length);
        verify.services.create(service_sid.clone(), settings, self.clock.now());
        let simulator = Simulator {
            credentials: Credentials::new(&account_sid, auth_token, &self.api_keys),
            account_sid,
            base_url,
            clock: self.clock,
            account: Mutex::new(Account::new(verify, source)),
        };
        Ok((simulator, service_sid))
    }
}

/// Serves until what it returns is dropped.
fn serve(listener: TcpListener, simulator: Arc<Simulator>) -> oneshot::Sender<()> {
    let (stop, stopped) = oneshot::channel();
    let listener = listener.tap_io(|stream| {
        // Only slower without it.
        let _ = stream.set_nodelay(true);
    });
    let serving = axum::serve(listener, server::router(simulator));
    tokio::spawn(async move {
        let stopped = async { stopped.await.unwrap_or_default() };
        serving.with_graceful_shutdown(stopped).await
    });
    stop
}

/// The typed client of this sandbox, made as any application makes one.
fn client(simulator: &Simulator) -> io::Result<VerifyClient> {
    let (account, token) = (simulator.account_sid.clone(), &simulator.credentials.auth_token);
    let builder = VerifyClient::builder(crate::Credentials::auth_token(account, token.clone()));
    builder.base_url(simulator.base_url.clone()).build().map_err(io::Error::other)
}

fn warn_in_release(base_url: &str) {
    if !cfg!(debug_assertions) {
        tracing::error!(base_url, "a simulator of Twilio Verify is running: nothing is sent");
    }
}
