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
async fn a_code_of_ones_own_is_not_kept_in_either_case() {
    for echo in ["ab12cd", "AB12CD"] {
        let wire = Wire::answering(400, golden::error(400, 60200, &format!("{echo} is bad"))).await;
        let code = Code::custom("ab12cd").unwrap();
        let verification = text_message().custom_code(&code);
        let error = wire.service().verifications().create(&verification).await.unwrap_err();
        assert_eq!(kept(error.twilio()), "[redacted] is bad");
    }
}

#[tokio::test]
async fn an_address_is_not_kept() {
    for echo in ["jane.doe@example.com", "Jane.Doe@example.com", "jane.doe%40example.com"] {
        let text = format!("Invalid parameter `To`: {echo}");
        let wire = Wire::answering(400, golden::error(400, 60200, &text)).await;
        let address = EmailAddress::parse(ADDRESS).unwrap();
        let verification = CreateVerification::new(address, Channel::Email);
        let error = wire.service().verifications().create(&verification).await.unwrap_err();
        assert!(!kept(error.twilio()).to_lowercase().contains("doe"), "{echo}");
        assert_safe_to_log(&error);
    }
}

#[tokio::test]
async fn a_destination_in_the_path_is_not_kept() {
    for (to, encoded) in [
        (EmailAddress::parse(ADDRESS).unwrap().into(), "jane.doe%40example.com"),
        (verify_mfa::Destination::from(phone()), "%2B14155550100"),
    ] {
        let path = format!("/Services/VA00000000000000000000000000000001/Verifications/{encoded}");
        let text = format!("The requested resource {path} was not found");
        let wire = Wire::answering(404, golden::error(404, 20404, &text)).await;
        let error = wire.service().verifications().fetch(to).await.unwrap_err();
        let kept = kept(error.twilio());
        assert!(!kept.contains("doe") && !kept.contains("0100"), "{kept}");
        assert!(kept.contains("/Services/VA00000000000000000000000000000001/"), "{kept}");
    }
}

#[tokio::test]
async fn details_and_links_are_cleaned_like_the_message() {
    let body = r#"{"code": 60200, "message": "no",
        "more_info": "https://www.twilio.com/docs/errors/60200?to=%2B14155550100",
        "details": {"to": "+14155550100", "+14155550100": 14155550100,
                    "list": ["jane.doe@example.com", null, true, 7]}}"#;
    let error = Wire::answering(400, body).await.send().await.unwrap_err();
    let error = error.twilio().unwrap();
    let details =
        r#"{"[redacted]":"[redacted]","list":["[redacted]",null,true,7],"to":"[redacted]"}"#;
    assert_eq!(error.details(), Some(details));
    assert!(!error.more_info().unwrap().contains("0100"));
}

#[tokio::test]
async fn a_long_message_is_cut_without_leaving_half_a_secret() {
    for length in 985..1000 {
        let text = format!("{} jane.doe@example.com +14155550100", "x".repeat(length));
        let kept = message(&text).await;
        assert!(!kept.contains("jane") && !kept.contains("+1"), "{length}: {kept}");
        assert!(kept.chars().count() <= 1000);
    }
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
