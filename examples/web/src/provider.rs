//! Who sends the codes: Twilio or, when nothing of Twilio is configured, a sandbox.

use std::{env, sync::Arc};

use verify_mfa::{
    BoxError, Clock, Error, ServiceClient, ServiceSid, SystemClock, VerifyClient,
    client::CreateService, sandbox::Sandbox,
};

use crate::config::Config;

/// Who sends the codes.
#[derive(Debug)]
pub enum Provider {
    /// Twilio: every message costs money.
    Twilio(ServiceClient),
    /// A simulator of it in this process, which sends nothing.
    Sandbox(Sandbox),
}

/// Adds what a `.env` file says to the environment, which goes before it. Call it before there are
/// other threads.
///
/// # Errors
/// When there is a file that cannot be read. What it holds is secret, and not in the error.
pub fn read_env_file() -> Result<(), BoxError> {
    match dotenvy::dotenv() {
        Err(dotenvy::Error::LineParse(..)) => {
            Err("a line of the .env file is not of the form NAME=VALUE".into())
        }
        Err(error) if !error.not_found() => Err(error.into()),
        _ => Ok(()),
    }
}

impl Provider {
    /// Twilio as soon as one of its variables is set; never the sandbox because one is missing.
    ///
    /// # Errors
    /// When Twilio is configured in part, others than this machine would use the sandbox, or it cannot
    /// start.
    pub async fn choose(config: &Config) -> Result<Self, BoxError> {
        if any_twilio_variable() {
            let (client, service) = (VerifyClient::from_env()?, ServiceSid::from_env()?);
            return Ok(Self::Twilio(client.service(service)));
        }
        config.check_sandbox()?;
        let sandbox = Sandbox::builder().running_clock().control_plane().start().await?;
        Ok(Self::Sandbox(sandbox))
    }

    /// What the codes cost, and where to read those that are not really sent.
    pub fn announcement(&self) -> String {
        match self {
            Self::Twilio(_) => "TWILIO: codes are really sent, and cost money.".to_owned(),
            Self::Sandbox(sandbox) => {
                let inbox = sandbox.base_url();
                format!("SANDBOX: nothing is sent. Read the messages at {inbox}/")
            }
        }
    }

    pub(crate) fn service(&self) -> ServiceClient {
        match self {
            Self::Twilio(service) => service.clone(),
            Self::Sandbox(sandbox) => sandbox.service(),
        }
    }

    /// For phones that are not a second factor yet. In the sandbox there always is one.
    pub(crate) async fn enroll_service(
        &self,
        sid: Option<ServiceSid>,
    ) -> Result<Option<ServiceClient>, Error> {
        let client = match self {
            Self::Twilio(service) => return Ok(sid.map(|sid| service.client().service(sid))),
            Self::Sandbox(sandbox) => sandbox.client(),
        };
        let service = client.services().create(&CreateService::new("Example Shop")).await?;
        Ok(Some(client.service(service.sid)))
    }

    /// Codes expire by this clock.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        match self {
            Self::Twilio(_) => Arc::new(SystemClock),
            Self::Sandbox(sandbox) => Arc::new(sandbox.clock()),
        }
    }

    pub(crate) fn inbox(&self) -> Option<String> {
        match self {
            Self::Twilio(_) => None,
            Self::Sandbox(sandbox) => Some(format!("{}/", sandbox.base_url())),
        }
    }
}

fn any_twilio_variable() -> bool {
    env::vars_os().any(|(name, value)| {
        name.to_string_lossy().starts_with("TWILIO_") && !value.to_string_lossy().trim().is_empty()
    })
}
