//! What is told to `tracing` of every call.

use std::{
    io::{self, Write},
    sync::{Arc, LazyLock, Mutex},
};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{filter::LevelFilter, fmt::format::FmtSpan};
use wiremock::ResponseTemplate;

use crate::{
    golden,
    raw::{RawServer, Reply},
    support::{PHONE, Wire, assert_no_secret, builder, phone, service_sid, text_message},
};

static ALWAYS: LazyLock<()> = LazyLock::new(|| {
    let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE);
    let subscriber = subscriber.with_writer(io::sink).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
});

/// What this thread told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<u8>>>);

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Told {
    fn listen() -> (Self, DefaultGuard) {
        // Whether a span is of interest is remembered for all threads. Somebody who always listens keeps
        // the end of one test from making another one's spans uninteresting.
        LazyLock::force(&ALWAYS);
        let told = Self::default();
        let writer = told.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        (told, tracing::subscriber::set_default(subscriber))
    }

    /// The line that a span of ours ends with.
    #[track_caller]
    fn end(&self) -> String {
        let told = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        assert_no_secret(&told);
        let mut ends = told.lines().filter(|line| {
            line.contains("verify_mfa::client: close") && line.contains("verify.outcome")
        });
        let end = ends.next().unwrap_or_else(|| panic!("{told}")).to_owned();
        assert_eq!(ends.next(), None);
        end
    }

    #[track_caller]
    fn ends_with(&self, fields: &[&str]) {
        let end = self.end();
        for field in fields {
            assert!(end.contains(field), "{field} is not in {end}");
        }
    }
}

#[tokio::test]
async fn a_success_is_told_with_the_names_of_opentelemetry() {
    let (told, _guard) = Told::listen();
    let reply = ResponseTemplate::new(201).insert_header("Twilio-Request-Id", "RQ1");
    let wire = Wire::with(reply.set_body_raw(golden::verification(), "application/json")).await;
    wire.send().await.unwrap();
    told.ends_with(&[
        "INFO",
        r#"otel.kind="client" otel.name="create verification""#,
        r#"rpc.system.name="twilio" rpc.method=CreateVerification"#,
        r#"http.request.method="POST""#,
        r#"url.template="/v2/Services/{ServiceSid}/Verifications""#,
        r#"server.address="127.0.0.1" server.port="#,
        "http.response.status_code=201",
        r#"twilio.request_id="RQ1""#,
        r#"verify.outcome="success" verify.attempts=1 verify.duration_ms="#,
    ]);
    let end = told.end();
    for absent in ["error.type", "resend_count", "twilio.code", "otel.status_code"] {
        assert!(!end.contains(absent), "{absent} is in {end}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_with_its_code_and_its_attempts() {
    let (told, _guard) = Told::listen();
    let body = golden::error(429, 20429, PHONE);
    let reply = ResponseTemplate::new(429).insert_header("Twilio-Request-Id", "RQ1");
    let wire = Wire::with(reply.set_body_raw(body, "application/json")).await.impatient();
    wire.service().verifications().fetch(phone()).await.unwrap_err();
    told.ends_with(&[
        r#"http.request.method="GET""#,
        r#"url.template="/v2/Services/{ServiceSid}/Verifications/{Sid}""#,
        r#"verify.outcome="refused" verify.attempts=3"#,
        "http.request.resend_count=2 http.response.status_code=429",
        r#"twilio.code=20429 twilio.request_id="RQ1" error.type="429" otel.status_code="ERROR""#,
    ]);
    let told = String::from_utf8(told.0.lock().unwrap().clone()).unwrap();
    assert_eq!(told.matches("will try again").count(), 2, "{told}");
}

#[tokio::test]
async fn what_nobody_knows_is_told_as_such() {
    for (bytes, kind) in [(vec![], "interrupted"), (crate::raw::reply(201, "", "{}"), "201")] {
        let (told, _guard) = Told::listen();
        let server = RawServer::start(Reply::Last(bytes)).await;
        server.service().verifications().create(&text_message()).await.unwrap_err();
        told.ends_with(&[r#"verify.outcome="ambiguous""#, &format!("error.type={kind:?}")]);
    }
}

#[tokio::test]
async fn a_call_that_is_not_made_is_told_too() {
    let (told, _guard) = Told::listen();
    let client = builder("http://127.0.0.1:1").max_in_flight(0).build().unwrap();
    client.service(service_sid()).fetch().await.unwrap_err();
    told.ends_with(&[r#"verify.outcome="failed" verify.attempts=0"#, "too_many_in_flight"]);
}

#[tokio::test]
async fn a_dropped_call_is_told_as_canceled() {
    let (told, _guard) = Told::listen();
    let server = RawServer::start(Reply::Silence).await;
    let (service, verification) = (server.service(), text_message());
    tokio::select! {
        _ = async { service.verifications().create(&verification).await } => panic!("answered"),
        () = server.request_arrived() => {}
    }
    told.ends_with(&[r#"verify.outcome="canceled" verify.attempts=1"#, r#"error.type="canceled""#]);
}
