//! From choices to a sandbox that listens.

use std::{
    io,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

use secrecy::SecretString;
use tokio::{net::TcpListener, sync::watch};

use super::{
    Sandbox, SandboxBuilder,
    credentials::Credentials,
    server::{self, Lines},
    simulator::{Beginning, Simulator},
    source::Source,
    verify::{CODE_LENGTH, ServiceSettings},
};
use crate::{
    VerifyClient,
    clock::Clock,
    types::{AccountSid, PhoneNumber, ServiceSid},
};

impl SandboxBuilder {
    /// Begins to listen. Needs a Tokio runtime, in which the sandbox then runs.
    ///
    /// # Errors
    /// When the port is taken, the code length is not 4 to 10, a rate limit has a name that Twilio
    /// does not take, or the operating system gives no random numbers.
    pub async fn start(self) -> io::Result<Sandbox> {
        self.check()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = watch::channel(());
        let simulator = Arc::new(self.simulator(base_url, stopped)?);
        let service = client(&simulator)?.service(simulator.beginning.service_sid.clone());
        // Otherwise the first request would take as long as a hundred others.
        PhoneNumber::warm_up();
        serve(listener, Arc::clone(&simulator));
        warn_in_release(&simulator.base_url);
        Ok(Sandbox { simulator, service, _stop: stop })
    }

    fn check(&self) -> io::Result<()> {
        if self.code_length.is_some_and(|digits| !CODE_LENGTH.contains(&digits)) {
            return Err(invalid("a code has 4 to 10 digits"));
        }
        if self.rules.rate_limits.iter().any(|limit| !limit.has_valid_name()) {
            return Err(invalid("a rate limit's name has letters, digits, '-', '_' and '.'"));
        }
        Ok(())
    }

    fn simulator(self, base_url: String, stopped: watch::Receiver<()>) -> io::Result<Simulator> {
        let mut source = self.seed.map(Source::seeded).map_or_else(Source::random, Ok)?;
        let account_sid = self.account_sid.unwrap_or_else(|| source.sid(AccountSid::PREFIX));
        let token = self.auth_token.unwrap_or_else(|| SecretString::from(source.hexadecimal()));
        let service_sid = self.service_sid.unwrap_or_else(|| source.sid(ServiceSid::PREFIX));
        source.prepare(self.codes);
        let mut settings = ServiceSettings::new("Sandbox");
        settings.code_length = self.code_length.unwrap_or(settings.code_length);
        let rules = Arc::new(self.rules);
        let beginning = Beginning { service_sid, settings, source: source.clone() };
        Ok(Simulator {
            credentials: Credentials::new(&account_sid, token, &self.api_keys),
            account_sid,
            base_url,
            account: Mutex::new(beginning.account(&rules, source, self.clock.now())),
            clock: self.clock,
            rules,
            beginning,
            stopped,
        })
    }
}

/// Serves until the sandbox is dropped.
fn serve(listener: TcpListener, simulator: Arc<Simulator>) {
    let mut stopped = simulator.stopped.clone();
    let serving = axum::serve(Lines(listener), server::service(simulator));
    tokio::spawn(async move {
        let stopped = async move { stopped.changed().await.unwrap_or_default() };
        serving.with_graceful_shutdown(stopped).await
    });
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

fn invalid(problem: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, problem)
}
