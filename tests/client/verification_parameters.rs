//! Every parameter that a verification can be started with, and what is refused before it is sent.

use std::{collections::BTreeMap, net::IpAddr};

use verify_mfa::{
    Channel, Code, EmailAddress, Error, Operation, TemplateSid,
    client::{CreateVerification, EmailConfiguration, RiskCheck},
};

use crate::{
    golden,
    support::{ADDRESS, Wire, phone, text_message},
};

const START: &str = "To=%2B14155550100&Channel=sms";

/// What is sent for these parameters, next to destination and channel.
async fn assert_adds(verification: &CreateVerification, added: &str) {
    let wire = Wire::answering(201, golden::verification()).await;
    wire.service().verifications().create(verification).await.unwrap();
    assert_eq!(wire.received().await.body, format!("{START}&{added}"));
}

/// Nothing is sent for these parameters.
async fn assert_refused(verification: &CreateVerification, problem: &str) {
    let wire = Wire::answering(201, golden::verification()).await;
    let error = wire.service().verifications().create(verification).await.unwrap_err();
    assert!(matches!(
        &error,
        Error::InvalidArgument { operation: Operation::CreateVerification, .. }
    ));
    assert!(error.to_string().contains(problem), "{error}");
    assert!(error.is_misconfigured() && !error.is_retryable() && !error.is_ambiguous());
    assert_eq!(wire.received_requests().await, 0);
}

fn template() -> TemplateSid {
    "HJ00000000000000000000000000000001".parse().unwrap()
}

#[tokio::test]
async fn every_parameter_goes_by_its_documented_name_in_the_order_of_the_calls() {
    assert_adds(&everything(), &EVERYTHING.join("&")).await;
}

fn everything() -> CreateVerification {
    let address: IpAddr = "203.0.113.7".parse().unwrap();
    let verification = text_message().custom_friendly_name("My Shop").custom_message("Hello & bye");
    let verification = verification.send_digits("ww1").locale("pt-BR");
    let verification = verification.custom_code(&Code::custom("ab12cd").unwrap());
    let verification = verification.amount("€39.99").payee("Acme Inc.");
    let verification = verification.rate_limits([("end_user_ip", "203.0.113.7")]);
    let email = EmailConfiguration { from: Some("shop@example.com".into()), ..Default::default() };
    let verification = verification.email_configuration(&email).app_hash("AAAAAAAAAAA");
    let verification = verification.template_sid(&template());
    let verification = verification.template_custom_substitutions([("AppName", "My \"App\"")]);
    let verification = verification.templates([(template(), BTreeMap::new())]).device_ip(address);
    let verification = verification.enable_sna_client_token(true).risk_check(RiskCheck::Disable);
    let verification = verification.risk_telemetry_id("telemetry");
    verification.tags([("tenant_id", "12345")]).parameter("New.Parameter", "new value")
}

const EVERYTHING: [&str; 19] = [
    "CustomFriendlyName=My+Shop",
    "CustomMessage=Hello+%26+bye",
    "SendDigits=ww1",
    "Locale=pt-BR",
    "CustomCode=ab12cd",
    "Amount=%E2%82%AC39.99",
    "Payee=Acme+Inc.",
    "RateLimits=%7B%22end_user_ip%22%3A%22203.0.113.7%22%7D",
    "ChannelConfiguration=%7B%22from%22%3A%22shop%40example.com%22%7D",
    "AppHash=AAAAAAAAAAA",
    "TemplateSid=HJ00000000000000000000000000000001",
    "TemplateCustomSubstitutions=%7B%22AppName%22%3A%22My+%5C%22App%5C%22%22%7D",
    "Templates=%5B%7B%22sid%22%3A%22HJ00000000000000000000000000000001%22%7D%5D",
    "DeviceIp=203.0.113.7",
    "EnableSnaClientToken=true",
    "RiskCheck=disable",
    "Risk.TelemetryId=telemetry",
    "Tags=%7B%22tenant_id%22%3A%2212345%22%7D",
    "New.Parameter=new+value",
];

#[tokio::test]
async fn an_address_is_a_destination_too() {
    let address = EmailAddress::parse(ADDRESS).unwrap();
    let wire = Wire::answering(201, golden::email_verification()).await;
    let verification = CreateVerification::new(address, Channel::Email);
    wire.service().verifications().create(&verification).await.unwrap();
    let body = wire.received().await.body;
    assert_eq!(body, "To=jane.doe%40example.com&Channel=email");
}

#[tokio::test]
async fn every_channel_goes_by_its_name_and_an_unknown_one_as_it_is() {
    for name in ["sms", "call", "email", "whatsapp", "rcs", "sna", "auto", "pigeon"] {
        let wire = Wire::answering(201, golden::verification()).await;
        let verification = CreateVerification::new(phone(), name.into());
        wire.service().verifications().create(&verification).await.unwrap();
        assert_eq!(wire.received().await.body, format!("To=%2B14155550100&Channel={name}"));
    }
}

#[tokio::test]
async fn maps_are_sent_as_json_with_sorted_names() {
    let verification = text_message().tags([("b", "2"), ("a", "1")]);
    assert_adds(&verification, "Tags=%7B%22a%22%3A%221%22%2C%22b%22%3A%222%22%7D").await;
}

#[tokio::test]
async fn an_empty_map_is_sent_as_an_empty_object() {
    assert_adds(&text_message().tags::<String, String>([]), "Tags=%7B%7D").await;
}

#[tokio::test]
async fn a_template_takes_its_substitutions_along() {
    let substitutions = BTreeMap::from([("name".to_owned(), "Jo".to_owned())]);
    let verification = text_message().templates([(template(), substitutions)]);
    let json = format!(r#"[{{"sid":"{}","substitutions":{{"name":"Jo"}}}}]"#, template());
    let json: String = url::form_urlencoded::byte_serialize(json.as_bytes()).collect();
    assert_adds(&verification, &format!("Templates={json}")).await;
}

#[tokio::test]
async fn the_whole_look_of_an_email_is_sent() {
    let configuration = EmailConfiguration {
        from: Some("foo@example.com".into()),
        from_name: Some("Bar Inc.".into()),
        template_id: Some("D1".into()),
        substitutions: BTreeMap::from([("username".to_owned(), "baz".to_owned())]),
    };
    let json = r#"{"from":"foo@example.com","from_name":"Bar Inc.","template_id":"D1","substitutions":{"username":"baz"}}"#;
    let json: String = url::form_urlencoded::byte_serialize(json.as_bytes()).collect();
    let verification = text_message().email_configuration(&configuration);
    assert_adds(&verification, &format!("ChannelConfiguration={json}")).await;
}

#[tokio::test]
async fn an_ipv6_address_is_sent_as_text() {
    let verification = text_message().device_ip("2001:db8::7".parse().unwrap());
    assert_adds(&verification, "DeviceIp=2001%3Adb8%3A%3A7").await;
}

#[tokio::test]
async fn fraud_guard_is_switched_on_and_off_by_name() {
    assert_adds(&text_message().risk_check(RiskCheck::Enable), "RiskCheck=enable").await;
    assert_adds(&text_message().risk_check(RiskCheck::Disable), "RiskCheck=disable").await;
}

#[tokio::test]
async fn ten_templates_are_sent_and_eleven_are_not() {
    let templates = |count| vec![(template(), BTreeMap::new()); count];
    let wire = Wire::answering(201, golden::verification()).await;
    let ten = text_message().templates(templates(10));
    wire.service().verifications().create(&ten).await.unwrap();
    assert_refused(&text_message().templates(templates(11)), "at most 10 templates").await;
}

#[tokio::test]
async fn ten_tags_of_128_characters_are_sent_and_no_more() {
    let tag = |number: usize, length: usize| (format!("{number:0>length$}"), "é".repeat(length));
    let tags = |count, length| (0..count).map(move |number| tag(number, length));
    let wire = Wire::answering(201, golden::verification()).await;
    wire.service().verifications().create(&text_message().tags(tags(10, 128))).await.unwrap();
    assert_refused(&text_message().tags(tags(11, 128)), "at most 10 tags").await;
    assert_refused(&text_message().tags(tags(1, 129)), "at most 128 characters").await;
}

#[tokio::test]
async fn one_good_list_does_not_excuse_a_bad_one() {
    let eleven = (0..11).map(|number| (number.to_string(), "value"));
    let verification = text_message().tags(eleven).templates([(template(), BTreeMap::new())]);
    assert_refused(&verification, "at most 10 tags").await;
}
