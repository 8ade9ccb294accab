//! Whether the Verify services fit the policy.

use crate::{Error, Operation, ServiceClient};

use super::MfaFlow;

impl MfaFlow {
    /// Whether the Verify services are there and send codes of the
    /// [policy's length](super::Policy::code_length); others would be refused before Twilio is asked.
    /// Call it once when the application starts. It only reads the services' settings: nothing is
    /// sent, and it costs nothing.
    ///
    /// # Errors
    /// [`Error::Configuration`] when a service has codes of another length; whatever the client says
    /// when a service is missing, the credentials are wrong, or Twilio could not be asked.
    pub async fn check_configuration(&self) -> Result<(), Error> {
        for service in [Some(&self.0.verify), self.0.enroll.as_ref()].into_iter().flatten() {
            self.check_code_length(service).await?;
        }
        Ok(())
    }

    async fn check_code_length(&self, service: &ServiceClient) -> Result<(), Error> {
        let expected = self.0.policy.code_length;
        let digits = service.fetch().await?.code_length.ok_or_else(untold)?;
        if usize::from(digits) == expected {
            return Ok(());
        }
        let sid = service.sid();
        let problem =
            format!("the codes of the service {sid} have {digits} digits, the policy's {expected}");
        Err(Error::configuration(problem))
    }
}

fn untold() -> Error {
    Error::UnexpectedReply {
        operation: Operation::FetchService,
        problem: "it does not tell how long the codes are".into(),
        status: 200,
        request_id: None,
        attempts: None,
        source: None,
    }
}
