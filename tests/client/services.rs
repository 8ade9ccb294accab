//! Services: what is written for each operation, and every field that is read.

use verify_mfa::client::{CreateService, Service, UpdateService};

use crate::{
    golden,
    support::{ACCOUNT, PHONE, SERVICE, Wire, at},
};

const PATH: &str = "/v2/Services/VA00000000000000000000000000000001";

fn read(json: &str) -> Service {
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn creating_a_service_posts_its_name_to_services() {
    let wire = Wire::answering(201, golden::service()).await;
    let service = CreateService::new("My Shop & Co");
    wire.client.services().create(&service).await.unwrap();
    wire.received().await.expect("POST /v2/Services", "FriendlyName=My+Shop+%26+Co");
}

#[tokio::test]
async fn every_setting_of_a_service_goes_by_its_documented_name() {
    let wire = Wire::answering(201, golden::service()).await;
    wire.client.services().create(&everything()).await.unwrap();
    wire.received().await.expect("POST /v2/Services", &EVERYTHING.join("&"));
}

fn everything() -> CreateService {
    let credential = "CR00000000000000000000000000000001".parse().unwrap();
    let service = CreateService::new("name").code_length(4).lookup_enabled(false);
    let service = service.skip_sms_to_landlines(false).dtmf_input_required(true).tts_name("name");
    let service = service.psd2_enabled(false).do_not_share_warning_enabled(false);
    let service = service.custom_code_enabled(true).push_include_date(false);
    let service = service.push_apn_credential_sid(&credential).push_fcm_credential_sid(&credential);
    let service = service.totp_issuer("test-issuer").totp_time_step(30).totp_code_length(3);
    let template = "HJ00000000000000000000000000000001".parse().unwrap();
    let service = service.totp_skew(2).default_template_sid(&template);
    let sender = "MG00000000000000000000000000000001".parse().unwrap();
    let service = service.whatsapp_msg_service_sid(&sender).whatsapp_from("whatsapp:+14155550100");
    let service = service.passkeys_relying_party_id("example.com");
    let service = service.passkeys_relying_party_name("My domain");
    let service = service.passkeys_relying_party_origins("a.example.com,b.example.com");
    let service = service.passkeys_authenticator_attachment("any");
    let service = service.passkeys_discoverable_credentials("preferred");
    let service = service.passkeys_user_verification("required");
    let service = service.verify_event_subscription_enabled(false);
    let service = service.email_from("shop@example.com").email_from_name("Shop");
    service.email_content_template_id("d-1").parameter("MailerSid", "MD1")
}

const EVERYTHING: [&str; 30] = [
    "FriendlyName=name",
    "CodeLength=4",
    "LookupEnabled=false",
    "SkipSmsToLandlines=false",
    "DtmfInputRequired=true",
    "TtsName=name",
    "Psd2Enabled=false",
    "DoNotShareWarningEnabled=false",
    "CustomCodeEnabled=true",
    "Push.IncludeDate=false",
    "Push.ApnCredentialSid=CR00000000000000000000000000000001",
    "Push.FcmCredentialSid=CR00000000000000000000000000000001",
    "Totp.Issuer=test-issuer",
    "Totp.TimeStep=30",
    "Totp.CodeLength=3",
    "Totp.Skew=2",
    "DefaultTemplateSid=HJ00000000000000000000000000000001",
    "Whatsapp.MsgServiceSid=MG00000000000000000000000000000001",
    "Whatsapp.From=whatsapp%3A%2B14155550100",
    "Passkeys.RelyingParty.Id=example.com",
    "Passkeys.RelyingParty.Name=My+domain",
    "Passkeys.RelyingParty.Origins=a.example.com%2Cb.example.com",
    "Passkeys.AuthenticatorAttachment=any",
    "Passkeys.DiscoverableCredentials=preferred",
    "Passkeys.UserVerification=required",
    "VerifyEventSubscriptionEnabled=false",
    "Email.From=shop%40example.com",
    "Email.FromName=Shop",
    "Email.ContentTemplateId=d-1",
    "MailerSid=MD1",
];

#[tokio::test]
async fn fetching_a_service_gets_its_path() {
    let wire = Wire::answering(200, golden::service()).await;
    let service = wire.service().fetch().await.unwrap();
    assert_eq!(service.sid.as_str(), SERVICE);
    wire.received().await.expect(&format!("GET {PATH}"), "");
}

#[tokio::test]
async fn updating_a_service_posts_only_what_changes() {
    let wire = Wire::answering(200, golden::service()).await;
    let changes = UpdateService::new().friendly_name("Other").code_length(8);
    wire.service().update(&changes).await.unwrap();
    wire.received().await.expect(&format!("POST {PATH}"), "FriendlyName=Other&CodeLength=8");
}

#[tokio::test]
async fn setting_something_twice_sends_the_last_value_once() {
    let wire = Wire::answering(200, golden::service()).await;
    let changes = UpdateService::new().code_length(4).lookup_enabled(true).code_length(8);
    wire.service().update(&changes).await.unwrap();
    wire.received().await.expect(&format!("POST {PATH}"), "CodeLength=8&LookupEnabled=true");
}

#[tokio::test]
async fn deleting_a_service_sends_no_body_and_reads_none() {
    let wire = Wire::answering(204, "").await;
    wire.service().delete().await.unwrap();
    wire.received().await.expect(&format!("DELETE {PATH}"), "");
}

#[tokio::test]
async fn any_status_of_success_deletes_a_service() {
    for status in [200, 202, 204] {
        let wire = Wire::answering(status, "").await;
        wire.service().delete().await.unwrap();
    }
}

#[tokio::test]
async fn listing_services_gets_them_in_the_page_size_asked_for() {
    for (size, line) in [(None, "GET /v2/Services"), (Some(20), "GET /v2/Services?PageSize=20")] {
        let wire = Wire::answering(200, golden::page(&[golden::bare_service()], None)).await;
        let page = wire.client.services().list(size).await.unwrap();
        assert_eq!((page.items().len(), page.has_next()), (1, false));
        wire.received().await.expect(line, "");
    }
}

#[test]
fn the_plain_settings_of_a_service_are_read() {
    let service = read(&golden::service());
    assert_eq!(service.sid.as_str(), SERVICE);
    assert_eq!(service.account_sid.unwrap().as_str(), ACCOUNT);
    assert_eq!(service.friendly_name.as_deref(), Some("name"));
    assert_eq!((service.code_length, service.tts_name.as_deref()), (Some(4), Some("name")));
    assert_eq!((service.lookup_enabled, service.psd2_enabled), (Some(false), Some(false)));
    assert_eq!(service.skip_sms_to_landlines, Some(false));
    assert_eq!(service.dtmf_input_required, Some(false));
    assert_eq!(service.do_not_share_warning_enabled, Some(false));
    assert_eq!(service.custom_code_enabled, Some(true));
    assert_eq!(service.verify_event_subscription_enabled, Some(false));
    let template = service.default_template_sid.unwrap();
    assert_eq!(template.as_str(), "HJ00000000000000000000000000000001");
    assert_eq!(service.date_created, at("2015-07-30T20:00:00Z"));
    assert_eq!(service.date_updated, at("2015-07-30T20:01:30Z"));
    assert_eq!(service.url.unwrap(), format!("https://verify.twilio.com{PATH}"));
    let checks = format!("https://verify.twilio.com{PATH}/VerificationCheck");
    assert_eq!(service.links.unwrap()["verification_checks"], checks);
}

#[test]
fn the_settings_of_factors_are_read() {
    let service = read(&golden::service());
    let push = service.push.unwrap();
    let apple = push.apn_credential_sid.unwrap();
    assert_eq!(apple.as_str(), "CR00000000000000000000000000000001");
    assert_eq!((push.include_date, push.fcm_credential_sid), (Some(false), None));
    let totp = service.totp.unwrap();
    assert_eq!(totp.issuer.as_deref(), Some("test-issuer"));
    assert_eq!((totp.time_step, totp.code_length, totp.skew), (Some(30), Some(3), Some(2)));
}

#[test]
fn the_settings_of_whatsapp_and_passkeys_are_read() {
    let service = read(&golden::service());
    let whatsapp = service.whatsapp.unwrap();
    let sender = whatsapp.msg_service_sid.unwrap();
    assert_eq!(sender.as_str(), "MG00000000000000000000000000000001");
    assert_eq!(whatsapp.from, Some(format!("whatsapp:{PHONE}")));
    let passkeys = service.passkeys.unwrap();
    assert_eq!(passkeys.authenticator_attachment.as_deref(), Some(""));
    assert_eq!(passkeys.discoverable_credentials, None);
    assert_eq!(passkeys.user_verification.as_deref(), Some("discouraged"));
    let party = passkeys.relying_party.unwrap();
    assert_eq!(party.id.as_deref(), Some("www.example.com"));
    assert_eq!(party.name.as_deref(), Some("My domain"));
    assert_eq!(party.origins.unwrap(), ["www.example.com", "login.example.com"]);
}

#[test]
fn settings_that_were_never_made_are_null() {
    let service = read(&golden::bare_service());
    let (push, totp) = (service.push.unwrap(), service.totp.unwrap());
    assert_eq!((push.apn_credential_sid, push.fcm_credential_sid), (None, None));
    assert_eq!(
        (totp.issuer, totp.time_step, totp.code_length, totp.skew),
        (None, None, None, None)
    );
    let whatsapp = service.whatsapp.unwrap();
    assert_eq!((whatsapp.msg_service_sid, whatsapp.from), (None, None));
    let party = service.passkeys.unwrap().relying_party.unwrap();
    assert_eq!((party.id, party.name, party.origins), (None, None, None));
    assert_eq!(service.default_template_sid, None);
}

#[test]
fn a_service_is_no_more_than_its_sid() {
    let service = read(&format!(r#"{{"sid": "{SERVICE}"}}"#));
    assert_eq!((service.account_sid, service.friendly_name, service.links), (None, None, None));
    assert_eq!((service.date_created, service.push), (None, None));
}

#[test]
fn an_empty_text_where_a_sid_could_be_means_that_there_is_none() {
    let json = golden::changed(
        golden::service(),
        &[
            (r#""HJ00000000000000000000000000000001""#, r#""""#),
            (r#""CR00000000000000000000000000000001""#, r#""""#),
            (r#""MG00000000000000000000000000000001""#, r#""""#),
        ],
    );
    let service = read(&json);
    assert_eq!(service.default_template_sid, None);
    assert_eq!(service.push.unwrap().apn_credential_sid, None);
    assert_eq!(service.whatsapp.unwrap().msg_service_sid, None);
}
