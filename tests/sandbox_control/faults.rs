//! Faults as JSON.

use serde_json::{Value, json as object};

use crate::support::{Desk, PHONE, json, problem};

async fn inject(desk: &Desk, fault: &str) -> Value {
    json(desk.post("/sandbox/faults", fault).await, 201).await
}

#[tokio::test]
async fn a_fault_happens_to_whom_it_is_meant_and_as_often() {
    let desk = Desk::start().await;
    let fault = r#"{"fault": "drop_after", "operation": "create_verification",
                    "to": "+14155550100", "times": 1}"#;
    inject(&desk, fault).await;
    desk.send("+14155550101").await.unwrap();
    assert!(desk.send(PHONE).await.unwrap_err().is_ambiguous());
    desk.send(PHONE).await.unwrap();
    assert_eq!(desk.sandbox.messages().len(), 3);
}

#[tokio::test]
async fn every_fault_can_be_named() {
    let desk = Desk::start().await;
    for fault in [
        r#"{"fault": "delay", "seconds": 0.5}"#,
        r#"{"fault": "hold"}"#,
        r#"{"fault": "drop_before"}"#,
        r#"{"fault": "drop_after"}"#,
        r#"{"fault": "reply", "status": 200, "body": "{}"}"#,
        r#"{"fault": "reply", "status": 503, "body": {"a": 1}, "retry_after_seconds": 1}"#,
        r#"{"fault": "error", "status": 503, "code": 20503, "message": "Service unavailable"}"#,
        r#"{"fault": "html", "status": 502, "retry_after_date": "2026-01-01T00:00:00Z"}"#,
        r#"{"fault": "too_many_requests", "retry_after_seconds": 30, "times": null}"#,
        r#"{"fault": "truncated_body"}"#,
        r#"{"fault": "endless_body"}"#,
        r#"{"fault": "fraud_block"}"#,
        r#"{"fault": "geo_block"}"#,
        r#"{"fault": "opted_out"}"#,
        r#"{"fault": "landline"}"#,
        r#"{"fault": "sna_failure", "code": 60500}"#,
    ] {
        let given: Value = serde_json::from_str(fault).unwrap();
        let made = inject(&desk, fault).await;
        let written_as_reply = ["error", "html", "too_many_requests"];
        let name = given["fault"].as_str().unwrap();
        let name = if written_as_reply.contains(&name) { "reply" } else { name };
        assert_eq!((&made["fault"], &made["hits"]), (&name.into(), &0.into()), "{fault}");
    }
    assert_eq!(desk.sandbox.faults().len(), 16);
}

#[tokio::test]
async fn every_operation_can_be_named() {
    let desk = Desk::start().await;
    for operation in [
        "create_service",
        "fetch_service",
        "update_service",
        "delete_service",
        "list_services",
        "create_verification",
        "fetch_verification",
        "update_verification",
        "create_verification_check",
    ] {
        let fault = object!({ "fault": "drop_before", "operation": operation }).to_string();
        assert_eq!(inject(&desk, &fault).await["operation"], operation);
    }
}

#[tokio::test]
async fn a_reply_is_what_was_given() {
    let desk = Desk::start().await;
    let fault = r#"{"fault": "reply", "status": 429, "body": {"a": 1}, "retry_after_seconds": 7}"#;
    inject(&desk, fault).await;
    let request = desk.request(reqwest::Method::GET, "/v2/Services");
    let (account, token) = (desk.sandbox.account_sid(), desk.sandbox.auth_token());
    let answer = request.basic_auth(account, Some(token)).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    assert_eq!(answer.text().await.unwrap(), r#"{"a":1}"#);
}

#[tokio::test]
async fn what_cannot_be_understood_is_named() {
    let desk = Desk::start().await;
    for (fault, named) in [
        ("", "JSON object"),
        ("[]", "JSON object"),
        ("{}", "'fault'"),
        (r#"{"fault": 1}"#, "'fault'"),
        (r#"{"fault": "fire"}"#, "'fire'"),
        (r#"{"fault": "delay"}"#, "'seconds'"),
        (r#"{"fault": "delay", "seconds": -1}"#, "'seconds'"),
        (r#"{"fault": "html", "status": 99}"#, "'status'"),
        (r#"{"fault": "html", "status": 600}"#, "'status'"),
        (r#"{"fault": "error", "status": 500, "code": 1}"#, "'message'"),
        (r#"{"fault": "sna_failure"}"#, "'code'"),
        (r#"{"fault": "hold", "operation": "create"}"#, "'operation'"),
        (r#"{"fault": "hold", "times": 0}"#, "'times'"),
        (r#"{"fault": "hold", "times": -1}"#, "'times'"),
        (r#"{"fault": "hold", "to": 1}"#, "'to'"),
        (r#"{"fault": "hold", "to": "555 0100"}"#, "'to'"),
        (r#"{"fault": "hold", "seconds": 1}"#, "'seconds'"),
        (r#"{"fault": "hold", "retry_after_seconds": 1}"#, "'retry_after_seconds'"),
        (r#"{"fault": "html", "status": 503, "retry_after_date": "soon"}"#, "'retry_after_date'"),
    ] {
        let sentence = problem(desk.post("/sandbox/faults", fault).await, 422).await;
        assert!(sentence.contains(named), "{fault}: {sentence}");
    }
    assert!(desk.sandbox.faults().is_empty());
}

#[tokio::test]
async fn faults_are_listed_and_removed() {
    let desk = Desk::start().await;
    let first = inject(&desk, r#"{"fault": "geo_block", "to": "+14155550100"}"#).await;
    inject(&desk, r#"{"fault": "drop_after", "operation": "list_services"}"#).await;
    assert!(desk.send(PHONE).await.is_err());
    let listed = json(desk.get("/sandbox/faults").await, 200).await;
    let expected = object!({
        "id": first["id"], "fault": "geo_block", "after_processing": false, "operation": null,
        "to": PHONE, "times": null, "hits": 1,
    });
    assert_eq!(listed["faults"][0], expected);
    let path = format!("/sandbox/faults/{}", first["id"]);
    let left = json(desk.delete(&path).await, 200).await;
    assert_eq!(left["faults"].as_array().unwrap().len(), 1);
    problem(desk.delete(&path).await, 404).await;
    assert_eq!(json(desk.delete("/sandbox/faults").await, 200).await, object!({ "faults": [] }));
    desk.send(PHONE).await.unwrap();
}

#[tokio::test]
async fn what_holds_a_request_is_listed_until_it_is_removed() {
    let desk = Desk::start().await;
    let hold = inject(&desk, r#"{"fault": "hold", "times": 1}"#).await;
    let removed = async {
        while json(desk.get("/sandbox/faults").await, 200).await["faults"][0]["hits"] != 1 {}
        let path = format!("/sandbox/faults/{}", hold["id"]);
        assert_eq!(json(desk.delete(&path).await, 200).await, object!({ "faults": [] }));
    };
    let (sent, ()) = tokio::join!(desk.send(PHONE), removed);
    sent.unwrap();
}

#[tokio::test]
async fn there_is_an_end_to_faults() {
    let desk = Desk::start().await;
    for _ in 0..1_000 {
        inject(&desk, r#"{"fault": "landline"}"#).await;
    }
    problem(desk.post("/sandbox/faults", r#"{"fault": "landline"}"#).await, 422).await;
}
