//! A small application with two-factor login, and the code page that all of it shares.

use verify_mfa::{
    Error, MfaFlow,
    flow::{Approval, Challenge, ChallengeId, Countries, Policy, Refusal, Resend, Resent, Session},
};

use super::{
    failure::Failure,
    options::Options,
    provider::Provider,
    terminal::{ask, say},
    users::Users,
    wording,
};

pub(crate) struct Application {
    pub(crate) users: Users,
    pub(crate) mfa: MfaFlow,
    pub(crate) session: Session,
    provider: Provider,
}

impl Application {
    pub(crate) async fn start(options: &Options) -> Result<Self, Failure> {
        let provider = Provider::choose().await?;
        provider.announce()?;
        let users = Users::open(&options.database).await?;
        // A public site lists the countries of its customers instead.
        let policy = Policy::new(Countries::any());
        // Wrong codes are counted in memory, so here only as long as the program runs.
        let mfa = MfaFlow::new(provider.service(), users.factors.clone(), policy);
        // A web application keeps this secret in its session.
        let mut secret = [0; 16];
        getrandom::fill(&mut secret)?;
        Ok(Self { users, mfa, session: Session::new(secret)?, provider })
    }

    /// Asks for the code until it is right, and gives what the right one did.
    pub(crate) async fn ask_for_code(&mut self, challenge: Challenge) -> Result<Approval, Failure> {
        self.sent(&challenge)?;
        loop {
            match ask("Code (or \"resend\", or \"call\"): ")?.as_str() {
                "resend" => self.resend(&challenge.id, Resend::Same).await?,
                "call" => self.resend(&challenge.id, Resend::Call).await?,
                code => {
                    if let Some(approval) = self.try_code(&challenge.id, code).await? {
                        return Ok(approval);
                    }
                }
            }
        }
    }

    fn sent(&mut self, challenge: &Challenge) -> Result<(), Failure> {
        say(&wording::sent(challenge))?;
        Ok(self.provider.show_new_messages()?)
    }

    /// Nothing when the person may try again.
    async fn try_code(&self, id: &ChallengeId, code: &str) -> Result<Option<Approval>, Failure> {
        match self.mfa.approve(id, &self.session, code).await {
            Ok(Approval::Incorrect { left }) => say(&wording::incorrect(left))?,
            Ok(Approval::Refused(refusal)) => say_or_fail(&refusal)?,
            Ok(approval) => return Ok(Some(approval)),
            Err(error) if error.is_retryable() => say(&try_again(&error))?,
            Err(error) => return Err(error.into()),
        }
        Ok(None)
    }

    /// Whatever becomes of it, a code that was sent before still works.
    async fn resend(&mut self, id: &ChallengeId, resend: Resend) -> Result<(), Failure> {
        match self.mfa.resend(id, &self.session, resend).await {
            Ok(Resent::Sent(challenge)) => self.sent(&challenge),
            Ok(Resent::Refused(refusal)) => say_or_fail(&refusal),
            Err(error) if error.is_retryable() || error.is_ambiguous() => {
                Ok(say(&try_again(&error))?)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Fails when no code can be right any more.
fn say_or_fail(refusal: &Refusal) -> Result<(), Failure> {
    match refusal {
        Refusal::Ended(_) | Refusal::Locked { .. } => Err(Failure::refused(refusal)),
        _ => Ok(say(&wording::refusal(refusal))?),
    }
}

fn try_again(error: &Error) -> String {
    format!("This did not work, please try again: {}.", wording::chain(error))
}
