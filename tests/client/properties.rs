//! What holds for every reply.

use proptest::{collection::vec, prelude::*, test_runner::TestCaseResult};
use serde_json::Value;
use tokio::runtime::Runtime;
use verify_mfa::{Error, ServiceClient, client::CheckOutcome};

use crate::{
    golden,
    raw::{RawServer, Reply, reply},
    support::{chain, text_message, typed_code, verification_sid},
};

/// A server whose reply each case chooses.
struct Wire {
    runtime: Runtime,
    server: RawServer,
    service: ServiceClient,
}

thread_local! {
    static WIRE: Wire = Wire::start();
}

impl Wire {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(RawServer::start(Reply::Silence));
        let service = server.service();
        Self { runtime, server, service }
    }
}

/// Sends, checks and looks, answered with `status` and `body`.
fn calls(status: u16, body: &[u8]) -> [Result<Option<CheckOutcome>, Error>; 3] {
    WIRE.with(|wire| {
        wire.server.reply_with(Reply::Bytes(reply(status, "", body)));
        let service = &wire.service;
        wire.runtime.block_on(async {
            [
                service.verifications().create(&text_message()).await.map(|_| None),
                service.verification_checks().create(&typed_code()).await.map(Some),
                service.verifications().fetch(verification_sid()).await.map(|_| None),
            ]
        })
    })
}

fn assert_typed_refusals(status: u16, body: &[u8]) -> TestCaseResult {
    let [send, check, look] = calls(status, body);
    for error in [send.unwrap_err(), look.unwrap_err()] {
        prop_assert_eq!(error.status(), Some(status));
        prop_assert!(error.twilio().is_some());
        prop_assert!(!chain(&error).concat().contains("4155550100"));
    }
    match check {
        Err(error) => prop_assert_eq!(error.status(), Some(status)),
        Ok(outcome) => {
            let refused =
                matches!(outcome, Some(CheckOutcome::NotFound(_) | CheckOutcome::TooManyChecks(_)));
            prop_assert!(refused);
        }
    }
    Ok(())
}

fn is_unexpected(error: &Error) -> bool {
    matches!(error, Error::UnexpectedReply { .. })
}

const NAMES: [&str; 17] = [
    "code",
    "message",
    "more_info",
    "details",
    "status",
    "type",
    "title",
    "detail",
    "errors",
    "params",
    "sid",
    "to",
    "channel",
    "valid",
    "lookup",
    "sna",
    "date_created",
];

/// JSON of any kind, with the names that Twilio uses.
fn json() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(&NAMES);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from("+14155550100")),
        (20000_u32..61000).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((name.clone(), inner), 0..6).prop_map(|fields| {
                Value::Object(
                    fields.into_iter().map(|(name, value)| (name.into(), value)).collect(),
                )
            }),
        ]
    })
}

/// A right reply with one field replaced by something else.
fn spoiled(json: String) -> impl Strategy<Value = Value> {
    let Ok(Value::Object(object)) = serde_json::from_str(&json) else { unreachable!() };
    let names: Vec<_> = object.keys().cloned().collect();
    (prop::sample::select(names), self::json()).prop_map(move |(name, value)| {
        let mut object = object.clone();
        object.insert(name, value);
        Value::Object(object)
    })
}

proptest! {
    #[test]
    fn any_bytes_of_an_error_are_an_error(
        status in 400_u16..600, body in vec(any::<u8>(), 0..200),
    ) {
        assert_typed_refusals(status, &body)?;
    }

    #[test]
    fn any_json_of_an_error_is_an_error(status in 400_u16..600, body in json()) {
        assert_typed_refusals(status, body.to_string().as_bytes())?;
    }

    #[test]
    fn no_bytes_at_all_approve_anything(
        status in 200_u16..300, body in vec(any::<u8>(), 0..200),
    ) {
        prop_assume!(![204, 205].contains(&status));
        let [send, check, look] = calls(status, &body);
        prop_assert!(send.unwrap_err().is_ambiguous());
        prop_assert!(check.unwrap_err().is_ambiguous());
        prop_assert!(is_unexpected(&look.unwrap_err()));
    }

    #[test]
    fn a_check_approves_only_what_says_so_twice(body in spoiled(golden::approved_check())) {
        let [_, check, _] = calls(200, body.to_string().as_bytes());
        let approved = matches!(check, Ok(Some(CheckOutcome::Approved(_))));
        let said_so = body["status"] == "approved" && body["valid"] == true;
        prop_assert!(!approved || said_so);
        prop_assert!(approved || check.is_err() || !said_so);
    }

    #[test]
    fn a_spoiled_verification_is_read_or_ambiguous(body in spoiled(golden::verification())) {
        let [send, _, look] = calls(201, body.to_string().as_bytes());
        match (send, look) {
            (Ok(_), Ok(_)) => {}
            (Err(send), Err(look)) => {
                prop_assert!(send.is_ambiguous());
                prop_assert!(is_unexpected(&look));
            }
            (send, look) => prop_assert!(false, "{:?} {:?}", send, look),
        }
    }

    #[test]
    fn no_wait_that_a_server_asks_for_is_taken_for_another(seconds in "[0-9]{1,25}") {
        let answered = WIRE.with(|wire| {
            let header = format!("retry-after: {seconds}\r\n");
            wire.server.reply_with(Reply::Bytes(reply(429, &header, "")));
            let verifications = wire.service.verifications();
            let error = wire.runtime.block_on(verifications.create(&text_message()));
            error.unwrap_err().retry_after()
        });
        let expected = seconds.parse::<u32>().unwrap_or(u32::MAX).into();
        let expected = std::time::Duration::from_secs(expected);
        prop_assert_eq!(answered, Some(verify_mfa::RetryAfter::In(expected)));
    }
}
