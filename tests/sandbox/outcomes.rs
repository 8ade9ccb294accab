//! What a check comes to, in every situation that Twilio documents.

use std::time::Duration;

use verify_mfa::sandbox::{Behaviour, CheckStatus, Sandbox};

use crate::support::{Answer, PHONE, Wire};

const OTHER_PHONE: &str = "+14155550101";
const UNKNOWN: &str = "VE00000000000000000000000000000009";

/// What was done since the code was sent.
#[derive(Debug, Clone, Copy)]
enum Before {
    Nothing,
    Wrong(u8),
    Right,
    Ended(&'static str),
    Wait(u64),
}

#[derive(Debug, Clone, Copy)]
enum Expected {
    Status(&'static str, bool),
    Error(u16, u64),
}

use Before::{Ended, Nothing, Right, Wait, Wrong};
use Expected::{Error, Status};

async fn situation(before: Before) -> (Wire, String) {
    let wire = Wire::start().await;
    let sid = wire.started().await;
    let code = wire.code();
    match before {
        Nothing => {}
        Wrong(times) => {
            for _ in 0..times {
                wire.check("wrong!").await.expect(201);
            }
        }
        Right => drop(wire.check(&code).await.expect(201)),
        Ended(status) => {
            let path = wire.path(&format!("/Verifications/{sid}"));
            wire.post(&path, &[("Status", status)]).await.expect(200);
        }
        Wait(seconds) => wire.sandbox.advance(Duration::from_secs(seconds)),
    }
    (wire, code)
}

#[track_caller]
fn assert_outcome(answer: Answer, expected: Expected, situation: &str) {
    match expected {
        Status(status, valid) => {
            let Answer { status: http, body, .. } = answer;
            assert_eq!(http, 201, "{situation}: {body}");
            assert_eq!((&body["status"], &body["valid"]), (&status.into(), &valid.into()));
        }
        Error(status, code) => {
            assert_eq!(answer.status, status, "{situation}: {}", answer.body);
            answer.expect_error(status, code);
        }
    }
}

#[tokio::test]
async fn the_state_decides_about_a_code() {
    let table = [
        (Nothing, true, Status("approved", true)),
        (Nothing, false, Status("pending", false)),
        (Wrong(4), false, Status("pending", false)),
        (Wrong(4), true, Status("approved", true)),
        (Wrong(5), false, Error(429, 60202)),
        (Wrong(5), true, Error(429, 60202)),
        (Right, true, Error(404, 20404)),
        (Ended("approved"), true, Error(404, 20404)),
        (Ended("canceled"), true, Error(404, 20404)),
        (Wait(599), true, Status("approved", true)),
        (Wait(600), true, Error(404, 20404)),
    ];
    for (before, is_right, expected) in table {
        let (wire, code) = situation(before).await;
        let answer = wire.check(if is_right { &code } else { "wrong!" }).await;
        assert_outcome(answer, expected, &format!("{before:?}, right: {is_right}"));
    }
}

#[tokio::test]
async fn the_request_decides_before_the_code() {
    let table: [(&[(&str, &str)], Expected); 12] = [
        (&[("To", OTHER_PHONE), ("Code", "123456")], Error(404, 20404)),
        (&[("VerificationSid", UNKNOWN), ("Code", "123456")], Error(404, 20404)),
        (&[("VerificationSid", UNKNOWN), ("To", PHONE), ("Code", "123456")], Error(404, 20404)),
        (&[("Code", "123456")], Error(400, 60221)),
        (&[], Error(400, 60221)),
        (&[("To", "+19995551234"), ("Code", "123456")], Error(400, 60200)),
        (&[("To", "4155550100"), ("Code", "123456")], Error(400, 60200)),
        (&[("To", PHONE), ("Code", "123")], Error(400, 60200)),
        (&[("To", PHONE), ("Code", "12345678901")], Error(400, 60200)),
        (&[("To", PHONE), ("Code", "")], Error(400, 60200)),
        (&[("To", PHONE)], Error(400, 60200)),
        (&[("VerificationSid", "VE1"), ("Code", "123456")], Error(400, 60200)),
    ];
    for (form, expected) in table {
        let (wire, code) = situation(Nothing).await;
        let answer = wire.post(&wire.path("/VerificationCheck"), form).await;
        assert_outcome(answer, expected, &format!("{form:?}"));
        assert_outcome(wire.check(&code).await, Status("approved", true), "untouched");
    }
}

#[tokio::test]
async fn the_payment_decides_too() {
    let wire = Wire::start().await;
    wire.post(&wire.path(""), &[("Psd2Enabled", "true")]).await.expect(200);
    let paid = |amount, payee| [("Amount", amount), ("Payee", payee)];
    let start = [&[("To", PHONE), ("Channel", "sms")][..], &paid("€39.99", "Acme")].concat();
    wire.post(&wire.path("/Verifications"), &start[..3]).await.expect_error(400, 60206);
    wire.post(&wire.path("/Verifications"), &start).await.expect(201);
    assert!(wire.sandbox.messages()[0].body.contains("€39.99 to Acme"));
    let code = wire.code();
    let target = [("To", PHONE), ("Code", code.as_str())];
    let path = wire.path("/VerificationCheck");
    for (given, expected) in [
        (&[][..], Error(400, 60206)),
        (&[("Amount", "€39.99")], Error(400, 60206)),
        (&paid("€39.98", "Acme"), Status("pending", false)),
        (&paid("€39.99", "Other"), Status("pending", false)),
        (&paid("€39.99", "Acme"), Status("approved", true)),
    ] {
        let answer = wire.post(&path, &[&target, given].concat()).await;
        assert_outcome(answer, expected, &format!("{given:?}"));
    }
}

#[tokio::test]
async fn an_unknown_service_is_not_found() {
    let wire = Wire::start().await;
    let path = "/Services/VA00000000000000000000000000000009/VerificationCheck";
    let form = [("To", PHONE), ("Code", "123456")];
    wire.post(path, &form).await.expect_error(404, 20404);
}

#[tokio::test]
async fn a_check_may_be_answered_with_200() {
    let behaviour = Behaviour::new().check_status(CheckStatus::Ok);
    let wire = Wire::with(Sandbox::builder().behaviour(behaviour).start().await.unwrap());
    wire.started().await;
    wire.check("wrong!").await.expect(200);
}
