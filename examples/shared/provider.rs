//! Who sends the codes: Twilio or, when nothing of Twilio is configured, a sandbox.

use std::{env, io};

use verify_mfa::{
    Channel, ServiceClient, ServiceSid, VerifyClient,
    sandbox::{Message, Sandbox},
};

use super::{
    failure::Failure,
    terminal::{say, say_loudly},
    wording::chain,
};

pub(crate) enum Provider {
    Twilio(ServiceClient),
    Sandbox { sandbox: Sandbox, shown: usize },
}

/// Adds what a `.env` file says to the environment, which goes before it. Call it before there are
/// other threads. What the file holds is secret, and stays out of the error.
pub(crate) fn read_env_file() -> Result<(), Failure> {
    match dotenvy::dotenv() {
        Err(dotenvy::Error::LineParse(..)) => {
            Err(Failure::because("A line of the .env file is not of the form NAME=VALUE."))
        }
        Err(error) if !error.not_found() => Err(error.into()),
        _ => Ok(()),
    }
}

impl Provider {
    /// Twilio as soon as one of its variables is set; never the sandbox because one is missing.
    pub(crate) async fn choose() -> Result<Self, Failure> {
        if !any_twilio_variable() {
            let sandbox = Sandbox::builder().running_clock().start().await?;
            return Ok(Self::Sandbox { sandbox, shown: 0 });
        }
        match (VerifyClient::from_env(), ServiceSid::from_env()) {
            (Ok(client), Ok(service)) => Ok(Self::Twilio(client.service(service))),
            (client, service) => Err(incomplete([client.err(), service.err()])),
        }
    }

    /// Says what the codes cost.
    pub(crate) fn announce(&self) -> io::Result<()> {
        match self {
            Self::Twilio(_) => say("TWILIO: codes are really sent, and cost money."),
            Self::Sandbox { .. } => {
                say_loudly("*** SANDBOX: nothing is sent. Messages are printed here. ***")
            }
        }
    }

    pub(crate) fn service(&self) -> ServiceClient {
        match self {
            Self::Twilio(service) => service.clone(),
            Self::Sandbox { sandbox, .. } => sandbox.service(),
        }
    }

    /// Prints what the sandbox delivered since the last time.
    pub(crate) fn show_new_messages(&mut self) -> io::Result<()> {
        let Self::Sandbox { sandbox, shown } = self else { return Ok(()) };
        let messages = sandbox.messages();
        for message in messages.iter().skip(*shown) {
            say(&delivered(message))?;
        }
        *shown = messages.len();
        Ok(())
    }
}

fn delivered(message: &Message) -> String {
    let kind = if message.channel == Channel::Call { "call" } else { "text message" };
    format!("[sandbox] {kind} to {}: {}", message.to, message.body)
}

fn any_twilio_variable() -> bool {
    env::vars_os().any(|(name, value)| {
        name.to_string_lossy().starts_with("TWILIO_") && !value.to_string_lossy().trim().is_empty()
    })
}

fn incomplete(errors: [Option<verify_mfa::Error>; 2]) -> Failure {
    let problems = errors.iter().flatten().map(|error| format!("\n- {}", chain(error)));
    Failure::because(format!(
        "Twilio is not fully configured:{}\nWithout any TWILIO_ variable the sandbox is used.",
        problems.collect::<String>()
    ))
}
