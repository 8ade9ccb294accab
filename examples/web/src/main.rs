//! `cargo run -p verify-mfa-web`: the application, over a SQLite file and a sandbox.

use tokio::net::TcpListener;
use verify_mfa::BoxError;
use verify_mfa_web::{App, Config, Provider, read_env_file, router, serve, stopped};

fn main() -> Result<(), BoxError> {
    read_env_file()?;
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    tokio::runtime::Runtime::new()?.block_on(run())
}

async fn run() -> Result<(), BoxError> {
    let config = Config::from_env()?;
    let provider = Provider::choose(&config).await?;
    let listen = config.listen;
    let listener = TcpListener::bind(listen).await;
    let listener = listener.map_err(|error| format!("WEB_LISTEN={listen}: {error}"))?;
    let (url, stopped) = (config.public_url.clone(), stopped()?);
    let app = App::start(config, &provider).await?;
    println!("Two-factor login: {url}");
    println!("{}", provider.announcement());
    Ok(serve(listener, router(app), stopped).await?)
}
