//! Which questions an error answers with yes, by Twilio's code and by HTTP status.

use verify_mfa::{Error, TwilioError};

use crate::{golden, support::Wire};

/// The questions that can be asked of a refusal.
fn answers(error: &TwilioError) -> Vec<&'static str> {
    let questions: [(&str, bool); 13] = [
        ("not_found", error.is_not_found()),
        ("max_checks", error.is_max_checks()),
        ("max_sends", error.is_max_sends()),
        ("too_many_concurrent", error.is_too_many_concurrent()),
        ("rate_limited", error.is_rate_limited()),
        ("authentication", error.is_authentication()),
        ("misconfigured", error.is_misconfigured()),
        ("fraud_block", error.is_fraud_block()),
        ("geo_block", error.is_geo_block()),
        ("channel_unavailable", error.is_channel_unavailable()),
        ("opted_out", error.is_opted_out()),
        ("invalid_destination", error.is_invalid_destination()),
        ("server", error.is_server()),
    ];
    questions.into_iter().filter(|(_, yes)| *yes).map(|(name, _)| name).collect()
}

async fn refusal(status: u16, body: &str) -> Error {
    Wire::answering(status, body).await.send().await.unwrap_err()
}

async fn assert_answers(status: u16, code: u32, expected: &[&str]) {
    let error = refusal(status, &golden::error(status, code, "no")).await;
    assert_eq!(answers(error.twilio().unwrap()), expected, "{code}");
    assert_eq!(error.is_retryable(), expected.contains(&"rate_limited"), "{code}");
    assert_eq!(error.is_misconfigured(), expected.contains(&"misconfigured"), "{code}");
    assert_eq!(error.is_ambiguous(), status >= 500, "{code}");
}

#[tokio::test]
async fn the_four_meanings_of_429_are_told_apart() {
    assert_answers(429, 60202, &["max_checks"]).await;
    assert_answers(429, 60203, &["max_sends"]).await;
    assert_answers(429, 60212, &["too_many_concurrent"]).await;
    assert_answers(429, 20429, &["rate_limited"]).await;
}

#[tokio::test]
async fn credentials_are_to_blame_only_when_they_are_twilios() {
    for (status, code) in [(401, 20003), (403, 20005), (403, 20008), (403, 20403), (401, 10001)] {
        assert_answers(status, code, &["authentication", "misconfigured"]).await;
    }
    assert_answers(401, 60603, &["misconfigured"]).await;
    assert_answers(401, 60604, &["misconfigured"]).await;
}

#[tokio::test]
async fn a_wrong_setup_is_to_be_fixed_by_who_runs_it() {
    for code in [20001, 60204, 60206, 60221, 60224, 60228, 60242, 575_001] {
        assert_answers(400, code, &["misconfigured"]).await;
    }
}

#[tokio::test]
async fn fraud_and_geography_are_told_apart() {
    assert_answers(403, 60410, &["fraud_block"]).await;
    assert_answers(403, 60238, &["fraud_block"]).await;
    assert_answers(400, 30450, &["fraud_block"]).await;
    assert_answers(400, 21215, &["geo_block"]).await;
    assert_answers(403, 60605, &["fraud_block", "geo_block"]).await;
    assert_answers(403, 21408, &["geo_block", "channel_unavailable"]).await;
}

#[tokio::test]
async fn another_channel_may_help_where_this_one_does_not() {
    for (status, code) in [(403, 60205), (400, 21612), (400, 21614), (400, 63024)] {
        assert_answers(status, code, &["channel_unavailable"]).await;
    }
    for code in [60223, 60217, 68008] {
        assert_answers(400, code, &["misconfigured", "channel_unavailable"]).await;
    }
}

#[tokio::test]
async fn the_person_is_told_what_is_wrong_with_the_number() {
    assert_answers(400, 21610, &["opted_out"]).await;
    for code in [21211, 21217, 60006, 60236, 60237] {
        assert_answers(400, code, &["invalid_destination"]).await;
    }
}

#[tokio::test]
async fn nothing_is_made_of_a_code_that_nobody_knows() {
    for status in [400, 401, 403, 404, 409, 429] {
        assert_answers(status, 99_999, &[]).await;
    }
}

#[tokio::test]
async fn the_code_decides_and_not_the_status() {
    // It is a start that is answered, so it is the service that is not there.
    assert_answers(400, 20404, &["not_found", "misconfigured"]).await;
    assert_answers(404, 60228, &["misconfigured"]).await;
    assert_answers(500, 60202, &["max_checks", "server"]).await;
    assert_answers(401, 60200, &[]).await;
}

#[tokio::test]
async fn without_a_code_the_status_decides_what_it_can() {
    for (status, expected) in [
        (401, &["authentication", "misconfigured"][..]),
        (429, &[]),
        (502, &["server"]),
        (400, &[]),
        (403, &[]),
        (404, &[]),
        (302, &[]),
    ] {
        let error = refusal(status, "").await;
        assert_eq!(answers(error.twilio().unwrap()), expected, "{status}");
    }
}

#[tokio::test]
async fn a_failure_of_twilios_while_reading_may_be_repeated() {
    for (status, code) in [(500, 20500), (503, 20503)] {
        let wire = Wire::answering(status, golden::error(status, code, "sorry")).await;
        let error = wire.look().await.unwrap_err();
        assert!(error.is_retryable() && !error.is_ambiguous());
        assert_eq!(answers(error.twilio().unwrap()), ["server"]);
    }
}

#[tokio::test]
async fn a_gateway_that_lost_patience_while_writing_leaves_it_open_what_was_done() {
    let error = refusal(408, "<html>Request Timeout</html>").await;
    assert!(error.is_ambiguous() && !error.is_retryable());
    assert_eq!((error.status(), error.code()), (Some(408), None));
}

#[tokio::test]
async fn a_failure_of_twilios_while_writing_is_ambiguous_and_keeps_its_code() {
    for (status, code) in [(500, 20500), (503, 20503), (502, 60200)] {
        let wire = Wire::answering(status, golden::error(status, code, "sorry")).await;
        for error in [wire.send().await.unwrap_err(), wire.check().await.unwrap_err()] {
            assert!(error.is_ambiguous() && !error.is_retryable());
            assert_eq!((error.status(), error.code()), (Some(status), Some(code)));
        }
    }
}

#[tokio::test]
async fn an_invalid_parameter_is_named_however_twilio_spells_it() {
    for (message, name) in [
        ("Invalid parameter: To", Some("To")),
        ("Invalid parameter `To`: +14155550100", Some("To")),
        ("Invalid parameter 'To': +14155550100", Some("To")),
        ("Invalid parameter: Channel", Some("Channel")),
        ("Invalid parameter: Locale", Some("Locale")),
        ("Invalid parameter: Whatsapp.From", Some("Whatsapp.From")),
        ("Invalid parameter (null)", None),
        ("Invalid parameter", None),
        ("Something else", None),
    ] {
        let error = refusal(400, &golden::error(400, 60200, message)).await;
        let error = error.twilio().unwrap();
        assert_eq!(error.invalid_parameter(), name, "{message}");
        assert_eq!(error.is_invalid_destination(), name == Some("To"), "{message}");
    }
}

#[tokio::test]
async fn another_code_names_no_parameter() {
    let error = refusal(400, &golden::error(400, 20001, "Invalid parameter: To")).await;
    assert_eq!(error.twilio().unwrap().invalid_parameter(), None);
}
