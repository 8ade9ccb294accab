//! The application in a process of its own.

use std::{env, fs, net::SocketAddr, path::PathBuf, process::Stdio};

use argon2::Params;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
};
use verify_mfa::{
    BoxError, Credentials, VerifyClient,
    flow::{Countries, Limit, Policy},
    sandbox::Sandbox,
};
use verify_mfa_web::{App, Attempts, Config, Provider, router};

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    process: Child,
    directory: PathBuf,
}

impl Server {
    pub(crate) async fn start(sandbox: &Sandbox) -> Result<Self, BoxError> {
        let directory =
            env::temp_dir().join(format!("verify-mfa-web-bench-{}", std::process::id()));
        fs::create_dir_all(&directory)?;
        let mut process = Command::new(env::current_exe()?)
            .arg("serve")
            .env("BENCH_DATABASE", directory.join("web.sqlite"))
            .env("BENCH_URL", sandbox.base_url())
            .env("BENCH_ACCOUNT", sandbox.account_sid().as_str())
            .env("BENCH_TOKEN", sandbox.auth_token())
            .env("BENCH_SERVICE", sandbox.service_sid().as_str())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        let address = BufReader::new(output).lines().next_line().await?.ok_or("it ended")?;
        Ok(Self { address: address.parse()?, process, directory })
    }

    /// In megabytes.
    pub(crate) fn resident(&self) -> Result<f64, BoxError> {
        let id = self.process.id().ok_or("it ended")?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
        let kilobytes: f64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
        Ok(kilobytes / 1000.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.directory).unwrap_or_default();
    }
}

/// What the other process does.
pub(crate) async fn serve() -> Result<(), BoxError> {
    let credentials =
        Credentials::auth_token(env::var("BENCH_ACCOUNT")?.parse()?, env::var("BENCH_TOKEN")?);
    let client = VerifyClient::builder(credentials).base_url(env::var("BENCH_URL")?).build()?;
    let provider = Provider::Twilio(client.service(env::var("BENCH_SERVICE")?.parse()?));
    let app = App::start(config()?, &provider).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}

fn config() -> Result<Config, BoxError> {
    let never: [Limit; 0] = [];
    let policy = Policy::new(Countries::any())
        .require_notice(true)
        .sends_per_user(never)?
        .sends_per_phone(never)?
        .sends_per_caller(never)?
        .sends_per_country(never)?
        .sends_in_all(never)?;
    Ok(Config {
        database: Some(env::var("BENCH_DATABASE")?.into()),
        policy,
        password_cost: Params::new(8, 1, 1, None)?,
        attempts: Attempts {
            per_name_and_address: u32::MAX,
            per_address: u32::MAX,
            per_name: u32::MAX,
            per_session: u32::MAX,
            registrations: u32::MAX,
        },
        ..Config::new("http://localhost".parse()?)?
    })
}
