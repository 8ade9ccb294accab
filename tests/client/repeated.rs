//! Calls that are made more than once.

use std::time::Duration;

use verify_mfa::{
    Channel, Credentials, Error, PhoneNumber, ServiceClient, VerifyClient,
    client::{CreateVerification, Retry},
    sandbox::Sandbox,
};

use crate::support::PHONE;

/// A sandbox, and a client of it that makes a call more than once, without waiting.
pub(crate) async fn sandbox() -> (Sandbox, ServiceClient) {
    let sandbox = Sandbox::start().await.unwrap();
    let credentials = Credentials::auth_token(sandbox.account_sid().clone(), sandbox.auth_token());
    let retry = Retry::default().backoff(Duration::ZERO, Duration::ZERO);
    let builder = VerifyClient::builder(credentials).base_url(sandbox.base_url()).retry(retry);
    let service = builder.build().unwrap().service(sandbox.service_sid().clone());
    (sandbox, service)
}

pub(crate) async fn send(service: &ServiceClient) -> Result<(), Error> {
    let phone = PhoneNumber::from_e164(PHONE).unwrap();
    let verification = CreateVerification::new(phone, Channel::Sms);
    service.verifications().create(&verification).await.map(drop)
}
