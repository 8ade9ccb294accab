//! Services: the settings under which codes are sent and checked.

use std::time::Duration;

use futures_util::Stream;
use url::Url;

use super::{
    CreateService, Page, Service, UpdateService, VerificationChecks, Verifications, VerifyClient,
    builder::extended, page::Listed, request::Call,
};
use crate::{Error, Operation, ServiceSid};

/// The services of an account, from [`VerifyClient::services`].
#[derive(Debug)]
pub struct Services<'a> {
    client: &'a VerifyClient,
}

impl<'a> Services<'a> {
    pub(super) fn new(client: &'a VerifyClient) -> Self {
        Self { client }
    }

    /// Creates a service. Free of charge. Done once, for instance in Twilio's console; the SID then
    /// belongs into the configuration.
    ///
    /// # Errors
    /// [`Error::Twilio`] with code 60200 for a name or a number that Twilio does not accept, and
    /// what every call can answer: [`Error`].
    pub async fn create(&self, service: &CreateService) -> Result<Service, Error> {
        let url = self.client.0.services.clone();
        self.client.0.fetch(Call::post(Operation::CreateService, url, service.parameters())).await
    }

    /// The first page of the services, with `page_size` items (1 to 1000; Twilio's default is 50).
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for another page size, and what every call can answer: [`Error`].
    pub async fn list(&self, page_size: Option<u16>) -> Result<Page<Service>, Error> {
        let mut url = self.client.0.services.clone();
        if let Some(size) = page_size {
            if !(1..=1000).contains(&size) {
                return Err(Error::InvalidArgument {
                    operation: Operation::ListServices,
                    problem: "a page has 1 to 1000 items".into(),
                });
            }
            url.query_pairs_mut().append_pair("PageSize", &size.to_string());
        }
        Page::load(self.client.clone(), Operation::ListServices, url).await
    }

    /// All services one by one; pages are fetched as the stream is polled. Ends after the first
    /// error.
    pub fn stream(&self) -> impl Stream<Item = Result<Service, Error>> + Send + use<> {
        let url = self.client.0.services.clone();
        Page::stream(self.client.clone(), Operation::ListServices, url)
    }
}

impl Listed for Service {
    const KEY: &'static str = "services";
}

/// One service: its settings, and the verifications under it. From [`VerifyClient::service`].
#[derive(Debug, Clone)]
pub struct ServiceClient {
    pub(super) client: VerifyClient,
    sid: ServiceSid,
    url: Url,
    pub(super) verifications: Url,
    pub(super) verification_checks: Url,
}

impl ServiceClient {
    pub(super) fn new(client: VerifyClient, sid: ServiceSid) -> Self {
        let url = extended(&client.0.services, &[sid.as_str()]);
        let verifications = extended(&url, &["Verifications"]);
        let verification_checks = extended(&url, &["VerificationCheck"]);
        Self { client, sid, url, verifications, verification_checks }
    }

    /// Which service this is.
    pub fn sid(&self) -> &ServiceSid {
        &self.sid
    }

    /// The client that it came from.
    pub fn client(&self) -> VerifyClient {
        self.client.clone()
    }

    /// How long a call may take, with all its attempts.
    pub(crate) fn timeout(&self) -> Duration {
        self.client.0.timeout
    }

    /// The verifications of the service: start, look at, approve, cancel.
    pub fn verifications(&self) -> Verifications<'_> {
        Verifications::new(self)
    }

    /// The checks of the service: is this the code that was sent?
    pub fn verification_checks(&self) -> VerificationChecks<'_> {
        VerificationChecks::new(self)
    }

    /// The settings of the service.
    ///
    /// # Errors
    /// [`Error::Twilio`] with [`is_not_found`](crate::TwilioError::is_not_found) when there is no
    /// such service, and what every call can answer: [`Error`].
    pub async fn fetch(&self) -> Result<Service, Error> {
        self.client.0.fetch(Call::get(Operation::FetchService, self.url.clone())).await
    }

    /// Changes the settings that are given and leaves the others.
    ///
    /// # Errors
    /// As for [`fetch`](Self::fetch) and [`Services::create`].
    pub async fn update(&self, changes: &UpdateService) -> Result<Service, Error> {
        let url = self.url.clone();
        self.client.0.fetch(Call::post(Operation::UpdateService, url, changes.parameters())).await
    }

    /// Deletes the service with everything under it.
    ///
    /// # Errors
    /// As for [`fetch`](Self::fetch).
    pub async fn delete(&self) -> Result<(), Error> {
        let call = Call::delete(Operation::DeleteService, self.url.clone());
        self.client.0.call(call, |_| Ok(())).await
    }
}
