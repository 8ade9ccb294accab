//! What is measured of a call of the client.

use metrics::set_default_local_recorder;
use verify_mfa::{
    Credentials, Error, VerifyClient,
    client::Retry,
    measure,
    sandbox::{Fault, Sandbox},
};

use crate::{
    recorder::Recorded,
    repeated::{sandbox, send},
};

fn took(outcome: &str, status: &str) -> String {
    let name = "verify.client.operation.duration";
    format!("{name}{{operation=create verification,outcome={outcome},status={status}}}")
}

/// A send to which this happens.
async fn fail(fault: Fault) -> Error {
    let (sandbox, service) = sandbox().await;
    sandbox.inject(fault);
    send(&service).await.unwrap_err()
}

#[tokio::test]
async fn a_call_that_succeeds_is_measured_once() {
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let (_sandbox, service) = sandbox().await;
    send(&service).await.unwrap();
    assert_eq!(recorded.named(""), [took("success", "2xx")]);
}

#[tokio::test]
async fn a_call_that_was_retried_is_one_call_and_counts_what_was_more() {
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let (sandbox, service) = sandbox().await;
    sandbox.inject(Fault::too_many_requests().times(2));
    send(&service).await.unwrap();
    let retries = "verify.client.retries{operation=create verification}";
    assert_eq!(recorded.named(""), [took("success", "2xx"), retries.to_owned()]);
    assert_eq!(recorded.values(retries), [2.0]);
}

#[tokio::test]
async fn the_duration_is_in_seconds() {
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let elapsed = fail(Fault::fraud_block()).await.attempts().unwrap().elapsed;
    assert_eq!(recorded.values(&took("refused", "4xx")), [elapsed.as_secs_f64()]);
}

#[tokio::test]
async fn what_is_ambiguous_has_an_outcome_of_its_own() {
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    fail(Fault::drop_after()).await;
    fail(Fault::html(502)).await;
    assert_eq!(recorded.named(""), [took("ambiguous", "none"), took("ambiguous", "5xx")]);
}

#[tokio::test]
async fn a_call_that_was_never_made_is_measured_as_failed() {
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let sandbox = Sandbox::start().await.unwrap();
    let credentials = Credentials::auth_token(sandbox.account_sid().clone(), sandbox.auth_token());
    let builder = VerifyClient::builder(credentials).base_url("http://127.0.0.1:1");
    let client = builder.retry(Retry::none()).build().unwrap();
    send(&client.service(sandbox.service_sid().clone())).await.unwrap_err();
    assert_eq!(recorded.named(""), [took("failed", "none")]);
}

#[tokio::test]
async fn a_call_whose_future_is_dropped_is_measured_as_canceled() {
    let recorded = Recorded::default();
    let _guard = set_default_local_recorder(&recorded);
    let (_sandbox, service) = sandbox().await;
    let mut call = Box::pin(send(&service));
    assert!(futures_util::poll!(&mut call).is_pending());
    drop(call);
    assert_eq!(recorded.named(""), [took("canceled", "none")]);
}

#[test]
fn every_metric_can_be_described_with_its_unit() {
    let recorded = Recorded::default();
    metrics::with_local_recorder(&recorded, measure::describe);
    let described = recorded.named("describe ");
    let start = |unit, name| format!("describe {name} in {unit}: ");
    assert!(described[0].starts_with(&start("seconds", measure::CALL_DURATION)), "{described:?}");
    let counters = [
        measure::RETRIES,
        measure::SENDS,
        measure::CHECKS,
        measure::APPROVALS,
        measure::FAILURES,
        measure::REJECTIONS,
        measure::LIMITS,
        measure::LOCKS,
    ];
    assert_eq!(described.len(), 1 + counters.len());
    for (text, name) in described[1..].iter().zip(counters) {
        assert!(text.starts_with(&start("count", name)), "{text}");
    }
}
