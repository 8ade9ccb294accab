//! Logs in: user name, password and, if two-factor login is on, a code. Turns it off on request.
//!
//! `cargo run --example login -- --help` says more.

#[path = "../shared/mod.rs"]
mod shared;

use clap::Parser;
use tokio::runtime::Runtime;
use verify_mfa::{
    Channel, UserId,
    flow::{Action, Approval, Decision, Login, LoginGrant, Method, Started},
};

use shared::{
    application::Application,
    credentials::ask_credentials,
    failure::Failure,
    options::{ENVIRONMENT, Options},
    password, provider,
    terminal::say,
};

/// Logs a user in, with a code if two-factor login is on.
#[derive(Parser)]
#[command(after_help = ENVIRONMENT)]
struct Arguments {
    #[command(flatten)]
    options: Options,

    /// Turn two-factor login off, after a fresh code
    #[arg(long)]
    disable: bool,
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    provider::read_env_file()?;
    Runtime::new()?.block_on(login(arguments))
}

async fn login(Arguments { options, disable }: Arguments) -> Result<(), Failure> {
    let application = Application::start(&options).await?;
    let (user, password) = ask_credentials()?;
    let stored = application.users.password_hash(&user).await?;
    password::check(password, stored).await?;
    if disable {
        turn_off(application, &user, options.channel()).await
    } else {
        second_factor(application, &user, options.channel()).await
    }
}

async fn second_factor(
    mut application: Application,
    user: &UserId,
    channel: Channel,
) -> Result<(), Failure> {
    let login = Login::new().channel(channel);
    match application.mfa.challenge(user, &application.session, login).await? {
        Decision::NotEnrolled(grant) => log_in(grant),
        Decision::Refused(refusal) => Err(Failure::refused(&refusal)),
        Decision::Challenged(challenge) => match application.ask_for_code(challenge).await? {
            Approval::LoggedIn(grant) => log_in(grant),
            other => Err(Failure::because(format!("The code did something else: {other:?}"))),
        },
    }
}

/// The one door: whoever calls it has a grant, and only the library makes one.
fn log_in(grant: LoginGrant) -> Result<(), Failure> {
    say(&format!("Logged in as {}.", grant.user()))?;
    if *grant.method() == Method::FirstFactor {
        say("Two-factor login is not on; the example \"enroll\" turns it on.")?;
    }
    Ok(())
}

async fn turn_off(
    mut application: Application,
    user: &UserId,
    channel: Channel,
) -> Result<(), Failure> {
    let action = Action::Disable;
    match application.mfa.step_up(user, &application.session, action, channel).await? {
        Started::Refused(refusal) => Err(Failure::refused(&refusal)),
        Started::Challenged(challenge) => match application.ask_for_code(challenge).await? {
            Approval::Disabled { .. } => Ok(say("Two-factor login is now off.")?),
            other => Err(Failure::because(format!("The code did something else: {other:?}"))),
        },
    }
}
