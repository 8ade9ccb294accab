//! Checks: what is written, every field that is read, and what counts as approved.

use verify_mfa::{
    Channel, Destination, EmailAddress, VerificationStatus,
    client::{CheckOutcome, CreateVerificationCheck, VerificationCheck},
};

use crate::{
    golden,
    support::{
        ACCOUNT, ADDRESS, ATTEMPT, SERVICE, VERIFICATION, Wire, at, code, phone, typed_code,
        verification_sid,
    },
};

const LINE: &str = "POST /v2/Services/VA00000000000000000000000000000001/VerificationCheck";

fn read(json: &str) -> VerificationCheck {
    serde_json::from_str(json).unwrap()
}

async fn assert_sends(check: CreateVerificationCheck, body: &str) {
    let wire = Wire::answering(200, golden::approved_check()).await;
    let _ = wire.service().verification_checks().create(&check).await.unwrap();
    wire.received().await.expect(LINE, body);
}

async fn outcome(status: u16, body: &str) -> CheckOutcome {
    Wire::answering(status, body).await.check().await.unwrap()
}

#[tokio::test]
async fn a_check_names_the_verification_or_the_destination_or_both() {
    let sid = format!("VerificationSid={VERIFICATION}");
    assert_sends(typed_code(), &format!("{sid}&Code=012345")).await;
    let by_phone = CreateVerificationCheck::new(phone()).code(&code());
    assert_sends(by_phone, "To=%2B14155550100&Code=012345").await;
    let address = EmailAddress::parse(ADDRESS).unwrap();
    let by_address = CreateVerificationCheck::new(address).code(&code());
    assert_sends(by_address, "To=jane.doe%40example.com&Code=012345").await;
    let both = CreateVerificationCheck::new(verification_sid()).to(phone()).code(&code());
    assert_sends(both, &format!("{sid}&To=%2B14155550100&Code=012345")).await;
}

#[tokio::test]
async fn every_parameter_of_a_check_goes_by_its_documented_name() {
    let check = typed_code().amount("€39.99").payee("Acme Inc.").sna_client_token("token");
    let parameters = [
        &format!("VerificationSid={VERIFICATION}"),
        "Code=012345",
        "Amount=%E2%82%AC39.99",
        "Payee=Acme+Inc.",
        "SnaClientToken=token",
        "New=1",
    ];
    assert_sends(check.parameter("New", "1"), &parameters.join("&")).await;
}

#[tokio::test]
async fn silent_network_authentication_is_checked_without_a_code() {
    assert_sends(CreateVerificationCheck::new(phone()), "To=%2B14155550100").await;
}

#[test]
fn every_field_of_a_check_is_read() {
    let check = read(&golden::approved_check());
    assert_eq!(check.sid.as_str(), VERIFICATION);
    assert_eq!(check.service_sid.unwrap().as_str(), SERVICE);
    assert_eq!(check.account_sid.unwrap().as_str(), ACCOUNT);
    assert_eq!(check.to, Destination::Phone(phone()));
    assert_eq!(check.channel, Some(Channel::Sms));
    assert_eq!(check.status, VerificationStatus::Approved);
    assert_eq!(check.valid, Some(true));
    assert_eq!((check.amount, check.payee), (None, None));
    assert_eq!(check.sna_attempts_error_codes, Some(vec![]));
    assert_eq!(check.date_created, at("2015-07-30T20:00:00Z"));
    assert_eq!(check.date_updated, at("2015-07-30T20:01:30Z"));
}

#[test]
fn the_failures_of_silent_network_authentication_are_read() {
    let codes = format!(r#"[{{"attempt_sid": "{ATTEMPT}", "code": 60001}}]"#);
    let check = read(&golden::check_with(&[("[]", &codes)]));
    let codes = check.sna_attempts_error_codes.unwrap();
    let [failure] = &codes[..] else { panic!("{codes:?}") };
    assert_eq!(failure.attempt_sid.as_ref().unwrap().as_str(), ATTEMPT);
    assert_eq!(failure.code, Some(60001));
    assert_eq!(read(&golden::check_with(&[("[]", "null")])).sna_attempts_error_codes, None);
}

#[tokio::test]
async fn the_right_code_is_approved_with_200_and_with_201() {
    for status in [200, 201] {
        let outcome = outcome(status, &golden::approved_check()).await;
        assert_eq!(outcome, CheckOutcome::Approved(read(&golden::approved_check())));
    }
}

#[tokio::test]
async fn a_wrong_code_is_not_approved() {
    let outcome = outcome(200, &golden::pending_check()).await;
    assert_eq!(outcome, CheckOutcome::NotApproved(read(&golden::pending_check())));
}

#[tokio::test]
async fn fields_that_contradict_each_other_are_inconclusive() {
    for change in [
        (r#""valid": true"#, r#""valid": false"#),
        (r#""valid": true"#, r#""valid": null"#),
        (r#""valid": true,"#, ""),
        ("approved", "pending"),
        ("approved", "Approved"),
        ("approved", "approved "),
        ("approved", "canceled"),
        ("approved", "max_attempts_reached"),
    ] {
        let outcome = outcome(200, &golden::check_with(&[change])).await;
        assert!(matches!(outcome, CheckOutcome::Inconclusive(_)), "{change:?}");
    }
}

#[tokio::test]
async fn the_last_wrong_code_is_not_approved_whatever_its_status_is_called() {
    let reply = golden::pending_check().replace("pending", "max_attempts_reached");
    let outcome = outcome(200, &reply).await;
    assert!(matches!(outcome, CheckOutcome::NotApproved(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_consumed_verification_is_not_found() {
    let message = "The requested resource /Services/VA/VerificationCheck was not found";
    let outcome = outcome(404, &golden::error(404, 20404, message)).await;
    let CheckOutcome::NotFound(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!((error.status(), error.code()), (404, Some(20404)));
}

#[tokio::test]
async fn a_404_that_is_not_twilios_decides_nothing() {
    for body in ["<html>404 Not Found</html>", "", "{}", r#"{"message": "no Route matched"}"#] {
        let error = Wire::answering(404, body).await.check().await.unwrap_err();
        assert_eq!((error.status(), error.code()), (Some(404), None));
        assert!(!error.is_retryable() && !error.is_ambiguous(), "{body}");
    }
}

#[tokio::test]
async fn the_sixth_check_is_one_too_many() {
    let outcome = outcome(429, &golden::error(429, 60202, "Max check attempts reached")).await;
    let CheckOutcome::TooManyChecks(error) = outcome else { panic!("{outcome:?}") };
    assert!(error.is_max_checks() && !error.is_rate_limited());
}

#[tokio::test]
async fn another_refusal_of_a_check_is_an_error() {
    for (status, code) in [(429, 20429), (429, 60203), (400, 60200), (401, 20003), (403, 20403)] {
        let wire = Wire::answering(status, golden::error(status, code, "no")).await;
        let error = wire.check().await.unwrap_err();
        assert_eq!((error.status(), error.code()), (Some(status), Some(code)));
        assert!(!error.is_ambiguous(), "{code}");
    }
}

#[tokio::test]
async fn a_check_whose_reply_cannot_be_read_may_have_been_made() {
    for (status, body) in [(200, ""), (204, ""), (200, "{}"), (200, "[]"), (201, "<html>")] {
        let error = Wire::answering(status, body).await.check().await.unwrap_err();
        assert!(error.is_ambiguous() && !error.is_retryable(), "{status} {body}");
    }
}
