//! Verifications: what is written to look at one or end it, and every field that is read.

use verify_mfa::{
    Channel, Destination, EmailAddress, VerificationStatus,
    client::{Verification, VerificationId},
};

use crate::{
    golden,
    support::{
        ACCOUNT, ADDRESS, ATTEMPT, PHONE, SERVICE, VERIFICATION, Wire, at, phone, verification_sid,
    },
};

const PATH: &str = "/v2/Services/VA00000000000000000000000000000001/Verifications";

fn read(json: &str) -> Verification {
    serde_json::from_str(json).unwrap()
}

fn address() -> EmailAddress {
    EmailAddress::parse(ADDRESS).unwrap()
}

/// What stands in the path for each way to name a verification.
fn names() -> [(VerificationId, &'static str); 3] {
    [
        (verification_sid().into(), VERIFICATION),
        (phone().into(), "%2B14155550100"),
        (address().into(), "jane.doe%40example.com"),
    ]
}

#[tokio::test]
async fn creating_a_verification_posts_destination_and_channel() {
    let wire = Wire::answering(201, golden::verification()).await;
    wire.send().await.unwrap();
    let received = wire.received().await;
    received.expect(&format!("POST {PATH}"), "To=%2B14155550100&Channel=sms");
}

#[tokio::test]
async fn a_verification_is_fetched_by_sid_phone_and_address() {
    for (id, name) in names() {
        let wire = Wire::answering(200, golden::verification()).await;
        wire.service().verifications().fetch(id).await.unwrap();
        wire.received().await.expect(&format!("GET {PATH}/{name}"), "");
    }
}

#[tokio::test]
async fn a_verification_is_approved_by_sid_phone_and_address() {
    for (id, name) in names() {
        let wire = Wire::answering(200, golden::verification()).await;
        wire.service().verifications().approve(id).await.unwrap();
        wire.received().await.expect(&format!("POST {PATH}/{name}"), "Status=approved");
    }
}

#[tokio::test]
async fn a_verification_is_canceled_by_sid_phone_and_address() {
    for (id, name) in names() {
        let wire = Wire::answering(200, golden::verification()).await;
        wire.service().verifications().cancel(id).await.unwrap();
        wire.received().await.expect(&format!("POST {PATH}/{name}"), "Status=canceled");
    }
}

#[tokio::test]
async fn nothing_in_an_address_can_leave_its_place_in_the_path() {
    for (text, name) in [
        ("a/../b@example.com", "a%2F..%2Fb%40example.com"),
        ("a?b=c#d@example.com", "a%3Fb%3Dc%23d%40example.com"),
        ("100%25@example.com", "100%2525%40example.com"),
        ("a+b@example.com", "a%2Bb%40example.com"),
        ("..@..", "..%40.."),
    ] {
        let wire = Wire::answering(200, golden::verification()).await;
        let address = EmailAddress::parse(text).unwrap();
        wire.service().verifications().fetch(address).await.unwrap();
        wire.received().await.expect(&format!("GET {PATH}/{name}"), "");
    }
}

#[tokio::test]
async fn a_reply_is_what_the_call_returns() {
    let wire = Wire::answering(201, golden::verification()).await;
    assert_eq!(wire.send().await.unwrap(), read(&golden::verification()));
}

#[tokio::test]
async fn any_status_of_success_is_success() {
    for status in [200, 201, 202, 299] {
        let wire = Wire::answering(status, golden::verification()).await;
        assert_eq!(wire.send().await.unwrap().sid, verification_sid(), "{status}");
    }
}

#[test]
fn every_field_of_a_text_message_is_read() {
    let verification = read(&golden::verification());
    assert_eq!(verification.sid.as_str(), VERIFICATION);
    assert_eq!(verification.service_sid.unwrap().as_str(), SERVICE);
    assert_eq!(verification.account_sid.unwrap().as_str(), ACCOUNT);
    assert_eq!(verification.to, Destination::Phone(phone()));
    assert_eq!(verification.channel, Some(Channel::Sms));
    assert_eq!(verification.status, VerificationStatus::Pending);
    assert_eq!(verification.valid, Some(false));
    assert_eq!(verification.lookup.unwrap().carrier, None);
    assert_eq!((verification.amount, verification.payee), (None, None));
    assert_eq!(verification.sna, None);
    assert_eq!(verification.date_created, at("2015-07-30T20:00:00Z"));
    assert_eq!(verification.date_updated, at("2015-07-30T20:01:30Z"));
    let attempts = verification.send_code_attempts.unwrap();
    let [attempt] = &attempts[..] else { panic!("{attempts:?}") };
    assert_eq!(attempt.time, at("2015-07-30T20:00:00Z"));
    assert_eq!(attempt.channel, Some(Channel::Sms));
    assert_eq!(attempt.attempt_sid.as_ref().unwrap().as_str(), ATTEMPT);
}

#[track_caller]
fn assert_channels(verification: &Verification, channel: &Channel) {
    assert_eq!(verification.channel.as_ref(), Some(channel));
    let attempts = verification.send_code_attempts.as_deref().unwrap();
    assert!(attempts.iter().all(|attempt| attempt.channel.as_ref() == Some(channel)));
}

#[test]
fn an_email_goes_to_an_address() {
    let verification = read(&golden::email_verification());
    assert_eq!(verification.to, Destination::Email(address()));
    assert_channels(&verification, &Channel::Email);
}

#[test]
fn a_whatsapp_message_names_its_channel_in_lower_case_throughout() {
    let verification = read(&golden::whatsapp_verification());
    assert_eq!(verification.to.as_str(), PHONE);
    assert_channels(&verification, &Channel::WhatsApp);
}

#[test]
fn silent_network_authentication_brings_its_url_and_the_carrier() {
    let verification = read(&golden::sna_verification());
    assert_channels(&verification, &Channel::Sna);
    assert_eq!(verification.sna.unwrap().url.as_deref(), Some(golden::SNA_URL));
    let carrier = verification.lookup.unwrap().carrier.unwrap();
    assert_eq!(carrier.mobile_country_code.as_deref(), Some("311"));
    assert_eq!(carrier.mobile_network_code.as_deref(), Some("180"));
    assert_eq!(carrier.name.as_deref(), Some("T-Mobile USA, Inc."));
    assert_eq!(carrier.line_type.as_deref(), Some("mobile"));
    assert_eq!(carrier.error_code, None);
}

#[test]
fn the_error_of_a_lookup_is_read_as_text_and_as_a_number() {
    for error in [r#""60600""#, "60600"] {
        let change = (r#""error_code": null"#, &*format!(r#""error_code": {error}"#));
        let verification = read(&golden::changed(golden::sna_verification(), &[change]));
        let carrier = verification.lookup.unwrap().carrier.unwrap();
        assert_eq!(carrier.error_code.as_deref(), Some("60600"));
    }
}

#[test]
fn a_canceled_verification_says_so() {
    let verification = read(&golden::verification_with(&[("pending", "canceled")]));
    assert_eq!(verification.status, VerificationStatus::Canceled);
    assert_eq!(verification.valid, Some(false));
}

#[test]
fn each_attempt_keeps_its_own_channel_whatever_its_case() {
    let attempts = r#""send_code_attempts": [
        {"channel": "SMS"}, {"channel": "sms"}, {"channel": "Call"}, {"channel": "EMAIL"},
        {"channel": "whatsapp"}, {"channel": null}, {}"#;
    let start = r#""send_code_attempts": ["#;
    let json = golden::verification_with(&[(start, &format!("{attempts}, "))]);
    let attempts = read(&json).send_code_attempts.unwrap();
    let channels: Vec<_> = attempts.into_iter().map(|attempt| attempt.channel).collect();
    let known = [Channel::Sms, Channel::Sms, Channel::Call, Channel::Email, Channel::WhatsApp];
    let known = known.map(Some).into_iter().chain([None, None, Some(Channel::Sms)]);
    assert_eq!(channels, known.collect::<Vec<_>>());
}

#[test]
fn a_channel_that_nobody_knows_is_kept_as_it_came() {
    let json = golden::verification_with(&[
        (r#""channel": "sms""#, r#""channel": "Pigeon""#),
        (r#""channel": "SMS""#, r#""channel": "Pigeon""#),
    ]);
    assert_channels(&read(&json), &Channel::Other("Pigeon".into()));
}

#[test]
fn a_status_that_nobody_knows_is_kept_as_it_came() {
    let verification = read(&golden::verification_with(&[("pending", "on_hold")]));
    assert_eq!(verification.status, VerificationStatus::Other("on_hold".into()));
}

#[test]
fn fields_that_nobody_knows_are_ignored() {
    let new = r#""sna": {"url": null, "new": {"deep": [1]}}, "newer": [{"field": 1}]"#;
    let verification = read(&golden::verification_with(&[(r#""sna": null"#, new)]));
    assert_eq!(verification.sna.unwrap().url, None);
}

#[test]
fn nothing_an_empty_object_and_an_empty_text_stay_apart() {
    let lookup = |json| read(&golden::verification_with(&[(r#""lookup": {}"#, json)])).lookup;
    assert_eq!(lookup(r#""lookup": null"#), None);
    assert_eq!(lookup(r#""lookup": {}"#).unwrap().carrier, None);
    let amount = |json| read(&golden::verification_with(&[(r#""amount": null"#, json)])).amount;
    assert_eq!(amount(r#""amount": null"#), None);
    assert_eq!(amount(r#""amount": """#).as_deref(), Some(""));
    assert_eq!(amount(r#""amount": "€39.99""#).as_deref(), Some("€39.99"));
}

#[test]
fn a_verification_is_no_more_than_sid_destination_and_status() {
    let verification =
        read(&format!(r#"{{"sid":"{VERIFICATION}","to":"{PHONE}","status":"pending"}}"#));
    assert_eq!((verification.channel, verification.valid), (None, None));
    assert_eq!((verification.date_created, verification.send_code_attempts), (None, None));
    assert_eq!((verification.lookup, verification.sna), (None, None));
}

#[test]
fn dates_are_times_however_they_are_written() {
    for (text, time) in [
        ("2015-07-30T20:00:00Z", "2015-07-30T20:00:00Z"),
        ("2015-07-30T20:00:00.123456789Z", "2015-07-30T20:00:00.123456789Z"),
        ("2015-07-30T22:00:00+02:00", "2015-07-30T20:00:00Z"),
        ("Thu, 30 Jul 2015 20:00:00 +0000", "2015-07-30T20:00:00Z"),
        ("Thu, 30 Jul 2015 16:00:00 -0400", "2015-07-30T20:00:00Z"),
    ] {
        let json = golden::verification_with(&[("2015-07-30T20:00:00Z", text)]);
        assert_eq!(read(&json).date_created, at(time), "{text}");
    }
}

#[test]
fn an_empty_text_where_a_date_or_a_sid_could_be_means_that_there_is_none() {
    let attempt = format!(r#""{ATTEMPT}""#);
    let json = golden::verification_with(&[
        (r#""2015-07-30T20:00:00Z""#, r#""""#),
        (&attempt, r#""""#),
        (&format!(r#""{ACCOUNT}""#), r#""""#),
    ]);
    let verification = read(&json);
    assert_eq!((verification.date_created, verification.account_sid), (None, None));
    let attempts = verification.send_code_attempts.unwrap();
    assert_eq!(attempts.first().unwrap().attempt_sid, None);
}

#[test]
fn what_must_be_there_must_be_right() {
    for change in [
        (VERIFICATION, SERVICE),
        (PHONE, "4155550100"),
        (r#""pending""#, "null"),
        ("2015-07-30T20:00:00Z", "yesterday"),
        (SERVICE, "VA"),
    ] {
        let json = golden::verification_with(&[change]);
        assert!(serde_json::from_str::<Verification>(&json).is_err(), "{change:?}");
    }
}
