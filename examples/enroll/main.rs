//! Turns two-factor login on, as the "Enable 2FA" of a profile page does: user name, password,
//! phone, code.
//!
//! `cargo run --example enroll -- --help` says more.

#[path = "../shared/mod.rs"]
mod shared;

use clap::Parser;
use secrecy::SecretString;
use tokio::runtime::Runtime;
use verify_mfa::{
    Channel, Country, PhoneNumber, UserId,
    flow::{Approval, Challenge, Refusal, Started},
};

use shared::{
    application::Application,
    credentials::ask_credentials,
    failure::Failure,
    options::{ENVIRONMENT, Options},
    password, provider,
    terminal::{ask, say},
    users::Users,
    wording,
};

/// Turns two-factor login on for a user, who is added if there is none of this name.
#[derive(Parser)]
#[command(after_help = ENVIRONMENT)]
struct Arguments {
    #[command(flatten)]
    options: Options,

    /// The country of phone numbers that are typed without + and country code
    #[arg(long, value_name = "CODE", default_value = "US")]
    country: Country,
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    provider::read_env_file()?;
    Runtime::new()?.block_on(enroll(arguments))
}

async fn enroll(Arguments { options, country }: Arguments) -> Result<(), Failure> {
    let mut application = Application::start(&options).await?;
    let (user, password) = ask_credentials()?;
    sign_in_or_up(&application.users, &user, password).await?;
    if application.mfa.is_enrolled(&user).await? {
        return Err(Failure::refused(&Refusal::AlreadyEnrolled));
    }
    let challenge = begin(&application, &user, country, options.channel()).await?;
    match application.ask_for_code(challenge).await? {
        Approval::Enrolled { .. } => Ok(say("Two-factor login is now on.")?),
        other => Err(Failure::because(format!("The code did something else: {other:?}"))),
    }
}

async fn sign_in_or_up(
    users: &Users,
    user: &UserId,
    password: SecretString,
) -> Result<(), Failure> {
    match users.password_hash(user).await? {
        None => add_user(users, user, &password::hash(password).await?).await,
        stored => password::check(password, stored).await,
    }
}

async fn add_user(users: &Users, user: &UserId, password_hash: &str) -> Result<(), Failure> {
    users.add(user, password_hash).await?;
    Ok(say(&format!("{user} is a new user."))?)
}

/// Asks for a phone until a code could be sent to it.
async fn begin(
    application: &Application,
    user: &UserId,
    country: Country,
    channel: Channel,
) -> Result<Challenge, Failure> {
    let Application { mfa, session, .. } = application;
    for _ in 0..TRIES {
        let Some(phone) = ask_phone(country)? else { continue };
        match mfa.enroll(user, session, &phone, channel.clone()).await? {
            Started::Challenged(challenge) => return Ok(challenge),
            Started::Refused(refusal) if is_about_the_phone(&refusal) => {
                say(&wording::refusal(&refusal))?;
            }
            Started::Refused(refusal) => return Err(Failure::refused(&refusal)),
        }
    }
    Err(Failure::because(format!("There was no phone number in {TRIES} tries.")))
}

/// Nothing when what was typed is no phone number, or not the right one.
fn ask_phone(country: Country) -> Result<Option<PhoneNumber>, Failure> {
    let typed = ask(&format!("Phone number (with + and country code, or as in {country}): "))?;
    let phone = match PhoneNumber::parse_in(&typed, country) {
        Ok(phone) => phone,
        Err(problem) => {
            say(&format!("This is not a phone number: {problem}."))?;
            return Ok(None);
        }
    };
    let answer = ask(&format!("Is {} right? (y/n) ", phone.international()))?;
    let confirmed = ["y", "yes"].contains(&answer.to_lowercase().as_str());
    Ok(confirmed.then_some(phone))
}

fn is_about_the_phone(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::InvalidPhone
            | Refusal::PhoneNotAllowed { .. }
            | Refusal::ChannelUnavailable { .. }
    )
}

const TRIES: usize = 3;
