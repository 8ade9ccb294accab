//! A service's settings as parameters.

use super::form::{Form, boolean, number, short};
use crate::{
    sandbox::verify::{CODE_LENGTH, Refusal, ServiceSettings},
    types::{CredentialSid, MessagingServiceSid, TemplateSid},
};

/// Changes what the form names and leaves the rest.
pub(super) fn apply(form: &Form<'_>, settings: &mut ServiceSettings) -> Result<(), Refusal> {
    form.set("FriendlyName", text, &mut settings.friendly_name)?;
    form.set("CodeLength", number(CODE_LENGTH), &mut settings.code_length)?;
    form.set("LookupEnabled", boolean, &mut settings.lookup_enabled)?;
    form.set("SkipSmsToLandlines", boolean, &mut settings.skip_sms_to_landlines)?;
    form.set("DtmfInputRequired", boolean, &mut settings.dtmf_input_required)?;
    form.set("TtsName", some(text), &mut settings.tts_name)?;
    form.set("Psd2Enabled", boolean, &mut settings.psd2_enabled)?;
    form.set("DoNotShareWarningEnabled", boolean, &mut settings.do_not_share_warning_enabled)?;
    form.set("CustomCodeEnabled", boolean, &mut settings.custom_code_enabled)?;
    let template = |text: &str| TemplateSid::parse(text).ok();
    form.set("DefaultTemplateSid", some(template), &mut settings.default_template_sid)?;
    let events = &mut settings.verify_event_subscription_enabled;
    form.set("VerifyEventSubscriptionEnabled", boolean, events)?;
    apply_push(form, settings)?;
    apply_totp(form, settings)?;
    apply_whatsapp(form, settings)?;
    apply_passkeys(form, settings)
}

fn apply_push(form: &Form<'_>, settings: &mut ServiceSettings) -> Result<(), Refusal> {
    let push = &mut settings.push;
    let credential = |text: &str| CredentialSid::parse(text).ok();
    form.set("Push.IncludeDate", boolean, &mut push.include_date)?;
    form.set("Push.ApnCredentialSid", some(credential), &mut push.apn_credential_sid)?;
    form.set("Push.FcmCredentialSid", some(credential), &mut push.fcm_credential_sid)
}

fn apply_totp(form: &Form<'_>, settings: &mut ServiceSettings) -> Result<(), Refusal> {
    let totp = &mut settings.totp;
    form.set("Totp.Issuer", some(text), &mut totp.issuer)?;
    form.set("Totp.TimeStep", some(number(20..=60)), &mut totp.time_step)?;
    form.set("Totp.CodeLength", some(number(3..=8)), &mut totp.code_length)?;
    form.set("Totp.Skew", some(number(0..=2)), &mut totp.skew)
}

fn apply_whatsapp(form: &Form<'_>, settings: &mut ServiceSettings) -> Result<(), Refusal> {
    let whatsapp = &mut settings.whatsapp;
    let sender = |text: &str| MessagingServiceSid::parse(text).ok();
    form.set("Whatsapp.MsgServiceSid", some(sender), &mut whatsapp.msg_service_sid)?;
    form.set("Whatsapp.From", some(text), &mut whatsapp.from)
}

fn apply_passkeys(form: &Form<'_>, settings: &mut ServiceSettings) -> Result<(), Refusal> {
    let passkeys = &mut settings.passkeys;
    let party = &mut passkeys.relying_party;
    form.set("Passkeys.RelyingParty.Id", some(text), &mut party.id)?;
    form.set("Passkeys.RelyingParty.Name", some(text), &mut party.name)?;
    form.set("Passkeys.RelyingParty.Origins", some(list), &mut party.origins)?;
    let attachment = some(one_of(&["", "platform", "cross-platform", "any"]));
    let attachments = &mut passkeys.authenticator_attachment;
    form.set("Passkeys.AuthenticatorAttachment", attachment, attachments)?;
    let degrees = &["", "required", "preferred", "discouraged"];
    let discoverable = &mut passkeys.discoverable_credentials;
    form.set("Passkeys.DiscoverableCredentials", some(one_of(degrees)), discoverable)?;
    let verification = &mut passkeys.user_verification;
    form.set("Passkeys.UserVerification", some(one_of(degrees)), verification)
}

/// For a setting that is null until it is given.
fn some<T>(parse: impl FnOnce(&str) -> Option<T>) -> impl FnOnce(&str) -> Option<Option<T>> {
    move |text| parse(text).map(Some)
}

fn text(given: &str) -> Option<String> {
    short(1_000)(given)
}

/// Written with commas, read as a list.
fn list(text: &str) -> Option<Vec<String>> {
    Some(text.split(',').map(|item| item.trim().to_owned()).collect())
}

fn one_of(values: &'static [&'static str]) -> impl FnOnce(&str) -> Option<String> {
    move |text| values.contains(&text).then(|| text.to_owned())
}
