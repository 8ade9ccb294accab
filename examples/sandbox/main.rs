//! Twilio Verify on your own machine, for any SDK in any language, with a page on which the messages
//! arrive.
//!
//! `cargo run --example sandbox -- --help` says more, and so does `README.md` beside this file.

mod options;

use std::{
    error::Error,
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use clap::Parser;
use tokio::runtime::Runtime;
use verify_mfa::sandbox::Sandbox;

use options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    let log = tracing_subscriber::fmt().with_max_level(options.log_level);
    log.with_ansi(io::stderr().is_terminal()).with_writer(io::stderr).init();
    match Runtime::new().and_then(|runtime| runtime.block_on(serve(options))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: Options) -> io::Result<()> {
    let end = end()?;
    let sandbox = options.builder().start().await?;
    greet(&sandbox)?;
    end.await;
    drop(sandbox);
    say("\nThe sandbox has stopped.")
}

/// Ctrl-C, or the wish of a service manager. Both are waited for from now on.
#[cfg(unix)]
fn end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(not(unix))]
fn end() -> io::Result<impl Future<Output = ()>> {
    // When it cannot be waited for, the sandbox ends at once rather than never.
    Ok(async { tokio::signal::ctrl_c().await.unwrap_or(()) })
}

fn greet(sandbox: &Sandbox) -> io::Result<()> {
    let url = sandbox.base_url();
    let (account, token) = (sandbox.account_sid(), sandbox.auth_token());
    let service = sandbox.service_sid();
    say(&format!(
        "\
SANDBOX of Twilio Verify: nothing is sent to anybody.

  Page and inbox  {url}/
  API             {url}/v2, instead of https://verify.twilio.com/v2
  Account SID     {account}
  Auth token      {token}
  Service SID     {service}

To point a program that uses a Twilio SDK here, see examples/sandbox/README.md, and set:

  export TWILIO_ACCOUNT_SID={account}
  export TWILIO_AUTH_TOKEN={token}
  export TWILIO_VERIFY_SERVICE_SID={service}
  export TWILIO_VERIFY_BASE_URL={url}

Ctrl-C ends it.
"
    ))
}

/// Unlike `println!` it does not panic when nobody listens any more.
fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

fn complain(error: &dyn Error) {
    let mut text = format!("Error: {error}");
    let mut cause = error.source();
    while let Some(next) = cause {
        text += &format!("\n  because: {next}");
        cause = next.source();
    }
    // When nobody reads it there is nobody to tell.
    let _ = writeln!(io::stderr(), "{text}");
}
