//! From choices to a sandbox that listens.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use secrecy::SecretString;
use tokio::{net::TcpListener, sync::watch};
use url::Url;

use super::{
    Sandbox, SandboxBuilder, control_plane,
    credentials::Credentials,
    server::{self, Lines},
    simulator::{Beginning, Simulator},
    source::Source,
    verify::{CODE_LENGTH, ServiceSettings},
};
use crate::{
    VerifyClient,
    client::Retry,
    clock::Clock,
    types::{AccountSid, PhoneNumber, ServiceSid},
};

impl SandboxBuilder {
    /// Begins to listen. Needs a Tokio runtime, in which the sandbox then runs.
    ///
    /// # Errors
    /// When the port is taken, the code length is not 4 to 10, a rate limit has a name that Twilio
    /// does not take, the address or the public URL cannot be used, or the operating system gives no
    /// random numbers.
    pub async fn start(self) -> io::Result<Sandbox> {
        self.check()?;
        let listener = listen((self.address(), self.port).into()).await?;
        let local_url = local_url(listener.local_addr()?);
        let base_url = self.public_url.as_deref().map(public_url).transpose()?;
        let base_url = base_url.unwrap_or_else(|| local_url.clone());
        let with_control_plane = self.control_plane;
        let (stop, stopped) = watch::channel(());
        let simulator = Arc::new(self.simulator(base_url, stopped)?);
        let service = simulator.beginning.service_sid.clone();
        let service = client(&simulator, local_url)?.service(service);
        // Otherwise the first request would take as long as a hundred others.
        PhoneNumber::warm_up();
        serve(listener, Arc::clone(&simulator), with_control_plane);
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
        self.check_address()
    }

    fn address(&self) -> IpAddr {
        self.address.unwrap_or(Ipv4Addr::LOCALHOST.into())
    }

    fn check_address(&self) -> io::Result<()> {
        let address = self.address();
        match () {
            () if address.is_loopback() => Ok(()),
            () if !self.other_hosts => {
                Err(invalid("other hosts could reach this address, and that was not allowed"))
            }
            () if !address.is_unspecified() => {
                Err(invalid("other hosts are served on 0.0.0.0 or :: only"))
            }
            () => Ok(()),
        }
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
            changes: watch::Sender::default(),
        })
    }
}

/// The system's own error does not say which address it is about.
async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))
}

/// Serves until the sandbox is dropped.
fn serve(listener: TcpListener, simulator: Arc<Simulator>, with_control_plane: bool) {
    let mut stopped = simulator.stopped.clone();
    let others = with_control_plane.then(|| control_plane::router(Arc::clone(&simulator)));
    let service = server::service(simulator, others.unwrap_or_default());
    let serving = axum::serve(Lines(listener), service);
    tokio::spawn(async move {
        let stopped = async move { stopped.changed().await.unwrap_or_default() };
        serving.with_graceful_shutdown(stopped).await
    });
}

/// The typed client of this sandbox, made as any application makes one, but without repeats.
fn client(simulator: &Simulator, local_url: String) -> io::Result<VerifyClient> {
    let (account, token) = (simulator.account_sid.clone(), &simulator.credentials.auth_token);
    let builder = VerifyClient::builder(crate::Credentials::auth_token(account, token.clone()));
    builder.base_url(local_url).retry(Retry::none()).build().map_err(io::Error::other)
}

/// How this machine reaches it.
fn local_url(mut listening: SocketAddr) -> String {
    match listening.ip() {
        IpAddr::V4(address) if address.is_unspecified() => {
            listening.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        IpAddr::V6(address) if address.is_unspecified() => {
            listening.set_ip(Ipv6Addr::LOCALHOST.into());
        }
        _ => {}
    }
    format!("http://{listening}")
}

/// Scheme, host and port of what was given.
fn public_url(given: &str) -> io::Result<String> {
    let url = Url::parse(given).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    let url = url.filter(|url| url.path() == "/" && url.query().is_none());
    let url = url.ok_or(invalid("a public URL is http or https, a host and a port"))?;
    Ok(url.origin().ascii_serialization())
}

fn warn_in_release(base_url: &str) {
    if !cfg!(debug_assertions) {
        tracing::error!(base_url, "a simulator of Twilio Verify is running: nothing is sent");
    }
}

fn invalid(problem: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, problem)
}
