//! What may cross threads.

use futures_util::Stream;
use verify_mfa::{
    Attempts, Credentials, Error, ServiceClient, TwilioError, VerifyClient,
    client::{
        CheckOutcome, CreateService, CreateVerification, CreateVerificationCheck, Page, Retry,
        Service, Services, UpdateService, Verification, VerificationCheck, VerificationChecks,
        Verifications, VerifyClientBuilder,
    },
};

use crate::support::{client, service_sid, text_message, typed_code, verification_sid};

fn send_sync_static<T: Send + Sync + 'static>() {}

fn send_sync<T: Send + Sync>(_: &T) {}

fn send<T: Send>(_: T) {}

fn send_stream<T: Stream + Send + 'static>(_: T) {}

#[test]
fn clients_can_be_shared() {
    send_sync_static::<VerifyClient>();
    send_sync_static::<VerifyClientBuilder>();
    send_sync_static::<(Retry, Attempts)>();
    send_sync_static::<ServiceClient>();
    send_sync_static::<Services<'static>>();
    send_sync_static::<Verifications<'static>>();
    send_sync_static::<VerificationChecks<'static>>();
    send_sync_static::<Credentials>();
}

#[test]
fn requests_replies_and_errors_can_be_shared() {
    send_sync_static::<(CreateService, UpdateService)>();
    send_sync_static::<(CreateVerification, CreateVerificationCheck)>();
    send_sync_static::<(Service, Page<Service>, Verification, VerificationCheck)>();
    send_sync_static::<(CheckOutcome, TwilioError, Error)>();
}

#[test]
fn an_error_becomes_any_boxed_error() {
    let error = Error::Conflict;
    let boxed: Box<dyn std::error::Error + Send + Sync> = error.into();
    send_sync(&boxed);
}

#[test]
fn calls_can_be_spawned() {
    let client = client("http://localhost");
    let service = client.service(service_sid());
    send(service.fetch());
    send(service.update(&UpdateService::new()));
    send(service.delete());
    send(client.services().create(&CreateService::new("name")));
    send(client.services().list(None));
    send_stream(client.services().stream());
    send(service.verifications().create(&text_message()));
    send(service.verifications().fetch(verification_sid()));
    send(service.verifications().approve(verification_sid()));
    send(service.verifications().cancel(verification_sid()));
    send(service.verification_checks().create(&typed_code()));
}
