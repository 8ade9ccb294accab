//! Somebody who makes calls: starts a verification, looks, gives a wrong code, looks, and gives the right
//! one.

use std::{io, sync::Arc, time::Duration};

use verify_mfa::{
    Channel, Code, Credentials, EmailAddress, Error, Operation, ServiceClient, VerifyClient,
    client::{CreateVerification, CreateVerificationCheck, Verification},
    sandbox::Sandbox,
};

use crate::{
    tally::{End, Tally},
    trouble::Trouble,
};

#[derive(Clone)]
pub(crate) struct Worker {
    sandbox: Arc<Sandbox>,
    service: ServiceClient,
}

/// The calls of one worker.
struct Run {
    worker: Worker,
    tally: Tally,
    made: u32,
    number: u32,
}

impl Worker {
    pub(crate) async fn start() -> io::Result<Self> {
        let sandbox = Sandbox::start().await?;
        let credentials =
            Credentials::auth_token(sandbox.account_sid().clone(), sandbox.auth_token().to_owned());
        let client = VerifyClient::builder(credentials)
            .base_url(sandbox.base_url())
            .timeout(Duration::from_secs(3))
            // A place that is not given back would soon be missed.
            .max_in_flight(64)
            .build()
            .map_err(io::Error::other)?;
        let service = client.service(sandbox.service_sid().clone());
        Ok(Self { sandbox: Arc::new(sandbox), service })
    }

    /// How many messages the sandbox has sent.
    pub(crate) fn sent(&self) -> usize {
        self.sandbox.messages().len()
    }

    pub(crate) fn forget(&self) {
        self.sandbox.reset();
    }

    pub(crate) async fn make(self, calls: u32, number: u32) -> Tally {
        let mut run = Run { worker: self, tally: Tally::default(), made: 0, number };
        let mut person = 0;
        while run.made < calls {
            run.verify(&format!("somebody-{number}-{person}@example.com")).await;
            person += 1;
        }
        run.tally
    }
}

impl Run {
    /// Up to five calls. What follows a call that failed has nothing to go on.
    async fn verify(&mut self, address: &str) {
        let service = self.worker.service.clone();
        let Ok(to) = EmailAddress::parse(address) else { return };
        let create = CreateVerification::new(to, Channel::Email);
        let start = service.verifications();
        let Some(verification) =
            self.call(Operation::CreateVerification, address, start.create(&create)).await
        else {
            return;
        };
        let Verification { sid, .. } = verification;
        let checks = service.verification_checks();
        let Some(code) = self.worker.sandbox.code_for(address) else { return };
        for code in [wrong(&code), code] {
            // What is approved is not found any more.
            let look = start.fetch(sid.clone());
            self.call(Operation::FetchVerification, address, look).await;
            let Ok(code) = Code::parse(&code) else { return };
            let check = CreateVerificationCheck::new(sid.clone()).code(&code);
            let call = checks.create(&check);
            if self.call(Operation::CreateVerificationCheck, address, call).await.is_none() {
                return;
            }
        }
    }

    /// Makes the call, with some trouble once in twenty times, and counts how it ended.
    async fn call<T>(
        &mut self,
        operation: Operation,
        address: &str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Option<T> {
        let trouble = (self.made % 20 == self.number % 20)
            .then(|| Trouble::nth(self.made / 20 + self.number));
        let fault = trouble.map(|trouble| {
            let fault = (trouble.fault)().for_destination(address).for_operation(operation);
            self.worker.sandbox.inject(fault)
        });
        let result = call.await;
        if let Some(fault) = fault {
            fault.remove();
        }
        let end = End::of(&result);
        let expected = trouble.map_or(End::Success, |trouble| trouble.expected(operation));
        let name = trouble.map(|trouble| trouble.name);
        if end != expected {
            let error = result.as_ref().err().map(ToString::to_string);
            self.tally.surprise(format!("{operation} with {name:?}: {end:?}, {error:?}"));
        }
        self.made += 1;
        self.tally.count(name, end, operation == Operation::CreateVerification);
        result.ok()
    }
}

/// Another code of as many digits.
fn wrong(code: &str) -> String {
    let other = if code.starts_with('1') { '2' } else { '1' };
    code.chars().enumerate().map(|(at, digit)| if at == 0 { other } else { digit }).collect()
}
