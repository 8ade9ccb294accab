//! `cargo run -p verify-mfa-web`: the application, over a SQLite file and a sandbox.

use std::net::SocketAddr;

use tokio::{net::TcpListener, signal};
use verify_mfa::BoxError;
use verify_mfa_web::{App, Config, Provider, read_env_file, router};

fn main() -> Result<(), BoxError> {
    read_env_file()?;
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    tokio::runtime::Runtime::new()?.block_on(run())
}

async fn run() -> Result<(), BoxError> {
    let config = Config::from_env()?;
    let provider = Provider::choose(&config).await?;
    let listener = TcpListener::bind(config.listen).await?;
    println!("Two-factor login: {}", config.public_url);
    println!("{}", provider.announcement());
    let app = App::start(config, &provider).await?;
    // The limits need to know from where a request comes.
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async { signal::ctrl_c().await.unwrap_or_default() };
    Ok(axum::serve(listener, service).with_graceful_shutdown(stopped).await?)
}
