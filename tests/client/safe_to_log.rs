//! `Debug` of everything public shows no token, no code, and no phone or address in full.

use std::{collections::BTreeMap, fmt::Debug};

use verify_mfa::{
    Channel, Code, Credentials, EmailAddress,
    client::{
        CreateService, CreateVerification, EmailConfiguration, UpdateService, VerificationId,
    },
};

use crate::{
    golden,
    support::{
        ACCOUNT, ADDRESS, CODE, KEY, PHONE, TOKEN, Wire, assert_no_secret, builder, code,
        credentials, phone, text_message, typed_code,
    },
};

#[track_caller]
fn assert_safe(value: impl Debug) -> String {
    assert_no_secret(&format!("{value:?}"));
    assert_no_secret(&format!("{value:#?}"));
    format!("{value:?}")
}

fn address() -> EmailAddress {
    EmailAddress::parse(ADDRESS).unwrap()
}

#[test]
fn credentials_show_who_and_not_the_secret() {
    assert!(assert_safe(credentials()).contains(ACCOUNT));
    let key = Credentials::api_key(ACCOUNT.parse().unwrap(), KEY.parse().unwrap(), TOKEN);
    assert!(assert_safe(key).contains(KEY));
}

#[tokio::test]
async fn clients_show_where_and_not_the_secret() {
    let wire = Wire::answering(200, golden::page(&[golden::service()], None)).await;
    let builder = builder(wire.uri()).http_client(crate::support::bare_client());
    assert_safe(&builder);
    let client = builder.build().unwrap();
    assert!(assert_safe(&client).contains("127.0.0.1"));
    assert_safe(client.services());
    let service = client.service(crate::support::service_sid());
    assert_safe((&service, service.verifications(), service.verification_checks()));
    assert_safe(client.services().list(None).await.unwrap());
}

#[test]
fn a_builder_does_not_show_the_credentials_of_a_url() {
    let text = format!("{:?}", builder("https://jane:hunter2@example.com"));
    assert!(!text.contains("hunter2") && !text.contains("jane"), "{text}");
}

#[test]
fn requests_show_the_names_of_their_parameters() {
    let verification =
        text_message().custom_code(&code()).payee("jane").rate_limits([(PHONE, CODE)]);
    let verification = verification.tags([("name", "jane")]).parameter("New", "jane");
    let text = assert_safe(verification);
    assert!(text.contains("CustomCode") && text.contains("New"), "{text}");
    assert_safe(CreateVerification::new(address(), Channel::Email));
    assert_safe(typed_code().to(phone()).sna_client_token(TOKEN));
    assert_safe(CreateService::new("jane").whatsapp_from(PHONE));
    assert_safe(UpdateService::new().friendly_name("jane"));
}

#[test]
fn the_look_of_an_email_shows_no_values() {
    let substitutions = BTreeMap::from([("username".to_owned(), "jane".to_owned())]);
    let from = Some(ADDRESS.to_owned());
    let text = assert_safe(EmailConfiguration { from, substitutions, ..Default::default() });
    assert!(text.contains("username"), "{text}");
}

#[test]
fn destinations_are_masked() {
    let text = assert_safe(VerificationId::from(phone()));
    assert!(text.contains("+1 *** *** **00"), "{text}");
    let text = assert_safe(VerificationId::from(address()));
    assert!(text.contains("j***@example.com"), "{text}");
}

#[tokio::test]
async fn replies_show_no_destination_and_no_secret_url() {
    for body in [golden::verification(), golden::email_verification(), golden::sna_verification()] {
        let text = assert_safe(Wire::answering(201, body).await.send().await.unwrap());
        assert!(!text.contains("cipherSalt"), "{text}");
    }
    for body in [golden::approved_check(), golden::pending_check()] {
        assert_safe(Wire::answering(200, body).await.check().await.unwrap());
    }
    let wire = Wire::answering(200, golden::service()).await;
    assert_safe(wire.service().fetch().await.unwrap());
}

#[tokio::test]
async fn outcomes_that_carry_an_error_show_no_message() {
    for (status, code) in [(404, 20404), (429, 60202)] {
        let message = format!("{PHONE} {CODE} {ADDRESS}");
        let wire = Wire::answering(status, golden::error(status, code, &message)).await;
        assert_safe(wire.check().await.unwrap());
    }
}

#[test]
fn a_code_is_never_shown() {
    assert_eq!(assert_safe(code()), "Code([redacted])");
    assert_eq!(assert_safe(Code::custom(CODE).unwrap()), "Code([redacted])");
}
