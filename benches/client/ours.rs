//! The two calls through the client.

use verify_mfa::{
    Channel, Code, Credentials, PhoneNumber, ServiceClient, VerifyClient,
    client::{CheckOutcome, CreateVerification, CreateVerificationCheck},
};

use crate::{ACCOUNT, CODE, PHONE, SERVICE, TOKEN};

pub(crate) struct Client {
    service: ServiceClient,
    phone: PhoneNumber,
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        let credentials = Credentials::auth_token(ACCOUNT.parse().unwrap(), TOKEN);
        let client = VerifyClient::builder(credentials).base_url(url).build().unwrap();
        let service = client.service(SERVICE.parse().unwrap());
        Self { service, phone: PhoneNumber::from_e164(PHONE).unwrap() }
    }

    pub(crate) async fn create_and_check(&self) {
        let verification = CreateVerification::new(&self.phone, Channel::Sms);
        let verification = self.service.verifications().create(&verification).await.unwrap();
        let code = Code::parse(CODE).unwrap();
        let check = CreateVerificationCheck::new(&verification.sid).code(&code);
        let outcome = self.service.verification_checks().create(&check).await.unwrap();
        assert!(matches!(outcome, CheckOutcome::Approved(_)));
    }
}
