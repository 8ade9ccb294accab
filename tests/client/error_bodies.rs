//! Error replies, in every shape in which they come.

use std::time::Duration;

use verify_mfa::{
    Code, Error, Operation, RetryAfter, TwilioError, client::CreateVerificationCheck,
};
use wiremock::ResponseTemplate;

use crate::{
    golden,
    support::{Wire, assert_safe_to_log, at, verification_sid},
};

async fn refusal(reply: ResponseTemplate) -> TwilioError {
    match Wire::with(reply).await.send().await.unwrap_err() {
        Error::Twilio(error) => *error,
        other => panic!("{other:?}"),
    }
}

async fn refusal_with(status: u16, body: impl AsRef<[u8]>) -> TwilioError {
    let reply = ResponseTemplate::new(status);
    refusal(reply.set_body_raw(body.as_ref(), "application/json")).await
}

async fn retry_after(value: &str) -> Option<RetryAfter> {
    let reply = ResponseTemplate::new(429).insert_header("Retry-After", value);
    refusal(reply).await.retry_after()
}

async fn request_id(value: &str) -> Option<String> {
    let reply = ResponseTemplate::new(400).insert_header("Twilio-Request-Id", value);
    refusal(reply).await.request_id().map(ToOwned::to_owned)
}

#[tokio::test]
async fn twilios_usual_body_is_read_whole() {
    let error = refusal_with(
        400,
        r#"{"code": 60200, "message": "Invalid parameter: Locale", "status": 400,
            "more_info": "https://www.twilio.com/docs/errors/60200",
            "details": {"field": "Locale", "allowed": ["en", "fr"]}}"#,
    )
    .await;
    assert_eq!((error.status(), error.code()), (400, Some(60200)));
    assert_eq!(error.operation(), Operation::CreateVerification);
    assert_eq!(error.message(), Some("Invalid parameter: Locale"));
    assert_eq!(error.more_info(), Some("https://www.twilio.com/docs/errors/60200"));
    assert_eq!(error.details(), Some(r#"{"allowed":["en","fr"],"field":"Locale"}"#));
    assert_eq!((error.retry_after(), error.request_id()), (None, None));
}

#[tokio::test]
async fn twilios_newer_body_is_read() {
    let error = refusal_with(
        400,
        r#"{"code": 60200, "message": "Invalid", "httpStatusCode": 400, "userError": true,
            "params": {"name": "Locale"}}"#,
    )
    .await;
    assert_eq!((error.code(), error.message()), (Some(60200), Some("Invalid")));
    assert_eq!(error.details(), Some(r#"{"name":"Locale"}"#));
}

#[tokio::test]
async fn a_problem_document_is_read() {
    let error = refusal_with(
        400,
        r#"{"type": "https://www.twilio.com/docs/errors/60200", "title": "Invalid parameter",
            "status": 400, "code": 60200, "detail": "Locale is unknown", "instance": "/1",
            "errors": [{"detail": "unknown", "pointer": "/locale"}]}"#,
    )
    .await;
    assert_eq!((error.code(), error.message()), (Some(60200), Some("Locale is unknown")));
    assert_eq!(error.more_info(), Some("https://www.twilio.com/docs/errors/60200"));
    assert_eq!(error.details(), Some(r#"[{"detail":"unknown","pointer":"/locale"}]"#));
}

#[tokio::test]
async fn a_problem_document_without_a_detail_has_its_title() {
    let error = refusal_with(400, r#"{"title": "Invalid parameter", "detail": null}"#).await;
    assert_eq!(error.message(), Some("Invalid parameter"));
}

#[tokio::test]
async fn a_code_as_text_is_a_code() {
    let error = refusal_with(400, r#"{"code": "60200", "message": "Invalid"}"#).await;
    assert_eq!(error.code(), Some(60200));
}

#[tokio::test]
async fn a_phone_in_place_of_a_code_is_not_kept() {
    let body = r#"{"code": 4155550100, "more_info": "https://example.com/+14155550100"}"#;
    let error = refusal_with(400, body).await;
    assert_eq!((error.code(), error.more_info()), (None, Some("https://example.com/[redacted]")));
}

#[tokio::test]
async fn what_is_no_code_is_none() {
    for code in ["null", "\"\"", "\"60221,\"", "-1", "60200.5", "4294967296", "[60200]", "true"] {
        let error = refusal_with(400, format!(r#"{{"code": {code}, "message": "no"}}"#)).await;
        assert_eq!((error.code(), error.message()), (None, Some("no")), "{code}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_an_object_leaves_the_status() {
    for body in
        ["", " ", "<html>Bad Gateway</html>", r#"{"code": 602"#, "[60200]", "60200", "null", "{]"]
    {
        let error = refusal_with(400, body).await;
        assert_eq!((error.status(), error.code(), error.message()), (400, None, None), "{body}");
        assert_eq!((error.more_info(), error.details()), (None, None), "{body}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_text_leaves_the_status() {
    let error = refusal_with(400, b"{\"message\": \"\xff\xfe\"}").await;
    assert_eq!((error.status(), error.message()), (400, None));
}

#[tokio::test]
async fn a_body_nested_too_deep_leaves_the_status() {
    let body = format!(r#"{{"code": 60200, "details": {}"#, "[".repeat(100_000));
    assert_eq!(refusal_with(400, body).await.code(), None);
}

#[tokio::test]
async fn a_wait_is_read_in_seconds_and_as_a_date() {
    assert_eq!(retry_after("120").await, Some(RetryAfter::In(Duration::from_secs(120))));
    assert_eq!(retry_after("0").await, Some(RetryAfter::In(Duration::ZERO)));
    let date = RetryAfter::At(at("2015-10-21T07:28:00Z").unwrap());
    for text in [
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "Wednesday, 21-Oct-15 07:28:00 GMT",
        "Wed Oct 21 07:28:00 2015",
    ] {
        assert_eq!(retry_after(text).await, Some(date), "{text}");
    }
}

#[tokio::test]
async fn a_wait_too_long_to_be_counted_is_the_longest_one() {
    let longest = RetryAfter::In(Duration::from_secs(u32::MAX.into()));
    for value in ["4294967295", "4294967296", "99999999999999999999"] {
        assert_eq!(retry_after(value).await, Some(longest), "{value}");
    }
}

#[tokio::test]
async fn a_code_that_the_person_typed_is_not_taken_for_twilios() {
    let code = Code::parse("918273").unwrap();
    let check = CreateVerificationCheck::new(verification_sid()).code(&code);
    for code in ["\"918273\"", "918273"] {
        let body = format!("{{\"code\": {code}, \"more_info\": \"about 918273\"}}");
        let reply = ResponseTemplate::new(400).set_body_raw(body, "application/json");
        let wire = Wire::with(reply).await;
        let error = wire.service().verification_checks().create(&check).await.unwrap_err();
        assert_eq!(error.code(), None);
        assert!(!format!("{error} {error:?}").contains("918273"), "{error:?}");
    }
}

#[tokio::test]
async fn a_wait_that_cannot_be_read_is_none() {
    for value in
        ["", "soon", "-5", "1.5", "Wed, 41 Oct 2015", "1 2", "Fri, 21 Oct 2015 07:28:00 GMT"]
    {
        assert_eq!(retry_after(value).await, None, "{value}");
    }
}

#[tokio::test]
async fn the_error_itself_says_how_long_to_wait() {
    let reply = ResponseTemplate::new(429).insert_header("Retry-After", "7");
    let body = golden::error(429, 20429, "Too many requests");
    let reply = reply.set_body_raw(body, "application/json");
    let error = Wire::with(reply).await.send().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(RetryAfter::In(Duration::from_secs(7))));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn the_request_id_is_kept_for_support() {
    let id = "RQ00000000000000000000000000000001";
    assert_eq!(request_id(id).await.as_deref(), Some(id));
}

#[tokio::test]
async fn a_request_id_that_is_none_is_not_kept() {
    for value in ["", "+14155550100", "14155550100", "RQ 1", "<script>", &"R".repeat(65)] {
        assert_eq!(request_id(value).await, None, "{value}");
    }
}

#[tokio::test]
async fn an_unreadable_success_keeps_status_and_request_id() {
    let id = "RQ00000000000000000000000000000001";
    let reply = ResponseTemplate::new(200).insert_header("Twilio-Request-Id", id);
    let wire = Wire::with(reply.set_body_raw("{}", "application/json")).await;
    let error = wire.look().await.unwrap_err();
    assert!(matches!(error, Error::UnexpectedReply { .. }));
    assert_eq!((error.status(), error.request_id()), (Some(200), Some(id)));
    assert_eq!(error.operation(), Some(Operation::FetchVerification));
    assert!(!error.is_retryable() && !error.is_ambiguous());
    assert_safe_to_log(&error);
}

#[tokio::test]
async fn the_error_of_a_page_keeps_the_request_id() {
    let id = "RQ00000000000000000000000000000001";
    for body in ["{}", r#"{"services": [{"sid": 1}]}"#] {
        let reply = ResponseTemplate::new(200).insert_header("Twilio-Request-Id", id);
        let wire = Wire::with(reply.set_body_raw(body, "application/json")).await;
        let error = wire.client.services().list(None).await.unwrap_err();
        assert_eq!((error.status(), error.request_id()), (Some(200), Some(id)), "{body}");
    }
}

#[tokio::test]
async fn every_refused_operation_names_itself() {
    let wire = Wire::answering(403, golden::error(403, 20403, "no")).await;
    let service = wire.service();
    let operations = [
        (service.fetch().await.unwrap_err(), "fetch service"),
        (service.update(&Default::default()).await.unwrap_err(), "update service"),
        (service.delete().await.unwrap_err(), "delete service"),
        (wire.client.services().list(None).await.unwrap_err(), "list services"),
        (wire.send().await.unwrap_err(), "create verification"),
        (wire.look().await.unwrap_err(), "fetch verification"),
        (wire.check().await.unwrap_err(), "create verification check"),
    ];
    for (error, operation) in operations {
        let text = "Twilio answered HTTP 403 with code 20403 (the account or key is not allowed to do this)";
        assert_eq!(error.to_string(), format!("{operation}: {text}"));
    }
}
