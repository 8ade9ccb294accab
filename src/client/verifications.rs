//! Starting, looking at and ending verifications, and checking codes.

use url::{Url, form_urlencoded};

use super::{
    CheckOutcome, CreateVerification, CreateVerificationCheck, ServiceClient, Verification,
    VerificationId, parameters::Parameters, request::Call,
};
use crate::{Error, Operation, VerificationStatus};

/// The verifications of a service, from [`ServiceClient::verifications`].
#[derive(Debug)]
pub struct Verifications<'a> {
    service: &'a ServiceClient,
}

impl<'a> Verifications<'a> {
    pub(super) fn new(service: &'a ServiceClient) -> Self {
        Self { service }
    }

    /// Sends a code: a message or a call, **which costs money**. While a verification of the
    /// destination is pending, the same code is sent again, at most five times in all.
    ///
    /// # Errors
    /// [`Error::Twilio`] when Twilio does not send, for instance
    /// [`is_max_sends`](crate::TwilioError::is_max_sends) (60203),
    /// [`is_fraud_block`](crate::TwilioError::is_fraud_block) or
    /// [`is_channel_unavailable`](crate::TwilioError::is_channel_unavailable);
    /// [`Error::Ambiguous`] when it may have been sent; [`Error::InvalidArgument`] for parameters
    /// that cannot be sent; and what every call can answer: [`Error`].
    pub async fn create(&self, verification: &CreateVerification) -> Result<Verification, Error> {
        let url = self.service.verifications.clone();
        let call = Call::post(Operation::CreateVerification, url, verification.parameters()?);
        self.service.client.0.fetch(call).await
    }

    /// Looks at a verification. Twilio allows 60 looks a minute, 180 an hour and 250 a day.
    ///
    /// # Errors
    /// [`Error::Twilio`] with [`is_not_found`](crate::TwilioError::is_not_found) when it was
    /// approved, has expired or never was; and what every call can answer: [`Error`].
    pub async fn fetch(&self, id: impl Into<VerificationId>) -> Result<Verification, Error> {
        let url = self.url(&id.into());
        self.service.client.0.fetch(Call::get(Operation::FetchVerification, url)).await
    }

    /// Says that the code was accepted elsewhere; needed after custom codes.
    ///
    /// # Errors
    /// As for [`fetch`](Self::fetch), when nothing is pending.
    pub async fn approve(&self, id: impl Into<VerificationId>) -> Result<Verification, Error> {
        self.update(&id.into(), &VerificationStatus::Approved).await
    }

    /// Ends a verification, so that the next one of the destination gets a new code.
    ///
    /// # Errors
    /// As for [`fetch`](Self::fetch), when nothing is pending.
    pub async fn cancel(&self, id: impl Into<VerificationId>) -> Result<Verification, Error> {
        self.update(&id.into(), &VerificationStatus::Canceled).await
    }

    async fn update(
        &self,
        id: &VerificationId,
        status: &VerificationStatus,
    ) -> Result<Verification, Error> {
        let mut parameters = Parameters::default();
        parameters.set("Status", status.as_str());
        let call = Call::post(Operation::UpdateVerification, self.url(id), &parameters);
        self.service.client.0.fetch(call).await
    }

    /// A `+` and an `@` may stand in a path as they are, but Twilio wants them encoded.
    fn url(&self, id: &VerificationId) -> Url {
        let mut url = self.service.verifications.clone();
        let name = form_urlencoded::byte_serialize(id.as_str().as_bytes());
        let path = [url.path(), "/"].into_iter().chain(name).collect::<String>();
        url.set_path(&path);
        url
    }
}

/// The checks of a service, from [`ServiceClient::verification_checks`].
#[derive(Debug)]
pub struct VerificationChecks<'a> {
    service: &'a ServiceClient,
}

impl<'a> VerificationChecks<'a> {
    pub(super) fn new(service: &'a ServiceClient) -> Self {
        Self { service }
    }

    /// Checks a code. Uses one of the five checks of the verification; an approved verification
    /// costs money and cannot be checked again.
    ///
    /// # Errors
    /// [`Error::Ambiguous`] when the check may have been made: it is neither success nor a wrong
    /// code, and must not be repeated; the person needs a new code. And what every call can answer:
    /// [`Error`].
    pub async fn create(&self, check: &CreateVerificationCheck) -> Result<CheckOutcome, Error> {
        let url = self.service.verification_checks.clone();
        let call = Call::post(Operation::CreateVerificationCheck, url, check.parameters());
        match self.service.client.0.fetch::<super::VerificationCheck>(call).await {
            Ok(check) => Ok(check.outcome()),
            Err(Error::Twilio(error)) if error.is_max_checks() => {
                Ok(CheckOutcome::TooManyChecks(error))
            }
            Err(Error::Twilio(error)) if error.code() == Some(20404) => {
                Ok(CheckOutcome::NotFound(error))
            }
            Err(error) => Err(error),
        }
    }
}
