//! Twilio's texts repeat what was sent. What is kept of them does not.

use verify_mfa::{Channel, Code, EmailAddress, TwilioError, client::CreateVerification};

use crate::{
    golden,
    support::{ADDRESS, Wire, assert_safe_to_log, phone, text_message},
};

/// What a refusal of sending keeps of Twilio's message.
async fn message(text: &str) -> String {
    let wire = Wire::answering(400, golden::error(400, 60200, text)).await;
    kept(wire.send().await.unwrap_err().twilio())
}

#[track_caller]
fn kept(error: Option<&TwilioError>) -> String {
    error.and_then(TwilioError::message).unwrap().to_owned()
}

#[tokio::test]
async fn the_phone_that_was_sent_is_not_kept_in_any_spelling() {
    for spelling in [
        "+14155550100",
        "14155550100",
        "%2B14155550100",
        "+1 415 555 0100",
        "(415) 555-0100",
        "+1.415.555.0100",
        "1-415-555-0100",
        "\\u002B14155550100",
    ] {
        let kept = message(&format!("Invalid parameter `To`: {spelling}")).await;
        assert!(!kept.contains("555") && !kept.contains("0100"), "{spelling}: {kept}");
        assert!(kept.starts_with("Invalid parameter `To`: "), "{kept}");
    }
}

#[tokio::test]
async fn a_phone_that_was_not_sent_is_not_kept_either() {
    let kept = message("The number +1 415 555 0199 is on the block list").await;
    assert_eq!(kept, "The number [redacted] is on the block list");
}

#[tokio::test]
async fn the_code_that_was_sent_is_not_kept() {
    let wire = Wire::answering(400, golden::error(400, 60200, "Code 012345 is expired")).await;
    let error = wire.check().await.unwrap_err();
    assert_eq!(kept(error.twilio()), "Code [redacted] is expired");
}

#[tokio::test]
async fn what_names_the_problem_is_kept() {
    for text in [
        "Invalid parameter: Channel",
        "Missing required parameter FriendlyName in the post body",
        "The requested resource /Services/VA00000000000000000000000000000001/VerificationCheck was not found",
        "A code has between 4 and 10 characters",
        "Too many requests",
    ] {
        assert_eq!(message(text).await, text);
    }
}

#[tokio::test]
async fn no_error_shows_what_was_sent() {
    let message = "To +14155550100 Code 012345 for jane.doe@example.com";
    for status in [400, 401, 403, 404, 409, 429, 500, 503] {
        let wire = Wire::answering(status, golden::error(status, 60200, message)).await;
        assert_safe_to_log(&wire.send().await.unwrap_err());
        assert_safe_to_log(&wire.check().await.unwrap_err());
        assert_safe_to_log(&wire.look().await.unwrap_err());
    }
}

#[tokio::test]
async fn no_unreadable_reply_is_quoted() {
    for body in [
        golden::verification_with(&[("VE00000000000000000000000000000001", "+14155550100")]),
        golden::verification_with(&[(r#""pending""#, "14155550100")]),
        "+14155550100".to_owned(),
        r#""+14155550100""#.to_owned(),
        r#"{"+14155550100": "012345"#.to_owned(),
    ] {
        let wire = Wire::answering(200, body).await;
        assert_safe_to_log(&wire.send().await.unwrap_err());
        assert_safe_to_log(&wire.look().await.unwrap_err());
        assert_safe_to_log(&wire.client.services().list(None).await.unwrap_err());
    }
}
