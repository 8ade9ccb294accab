//! What the parameters of a verification mean.

use std::{collections::BTreeMap, net::IpAddr};

use serde_json::Value;

use super::{
    error::Rejection,
    form::{Form, at_most, boolean, object, short},
};
use crate::{
    sandbox::verify::{Answer, Destination, Ending, Refusal, Start, Target, Transaction, is_code},
    types::{Channel, Code, TemplateSid, VerificationSid},
};

pub(super) fn read_start(form: &Form<'_>) -> Result<Start, Refusal> {
    let to = read_destination(form.required("To")?)?;
    let channel = Channel::from(form.required("Channel")?);
    read_ignored(form)?;
    Ok(Start {
        locale: form.parsed("Locale", short(16))?,
        custom_code: form.parsed("CustomCode", |text| Code::custom(text).ok())?,
        custom_friendly_name: form.parsed("CustomFriendlyName", short(TEXT))?,
        app_hash: form.parsed("AppHash", short(64))?,
        transaction: read_transaction(form)?,
        rate_limits: form.parsed("RateLimits", rate_limits)?.unwrap_or_default(),
        tags: form.parsed("Tags", tags)?.unwrap_or_default(),
        template: read_template(form)?,
        risk_check: form.parsed("RiskCheck", risk_check)?.unwrap_or(true),
        sna_client_token: form.parsed("EnableSnaClientToken", boolean)?.unwrap_or(false),
        ..Start::new(to, channel)
    })
}

/// Parameters that must be well-formed, and have no effect here.
fn read_ignored(form: &Form<'_>) -> Result<(), Refusal> {
    for name in ["ChannelConfiguration", "TemplateCustomSubstitutions"] {
        form.parsed(name, object)?;
    }
    form.parsed("SendDigits", send_digits)?;
    form.parsed("DeviceIp", |text| text.parse::<IpAddr>().ok()).map(drop)
}

/// Whether there is a template.
fn read_template(form: &Form<'_>) -> Result<bool, Refusal> {
    let one = form.parsed("TemplateSid", |text| TemplateSid::parse(text).ok())?;
    let Some(list) = form.text("Templates")? else { return Ok(one.is_some()) };
    let list: Vec<Value> = serde_json::from_str(list).map_err(|_| Refusal::TemplatesMalformed)?;
    let is_template = |item: &Value| item["sid"].as_str().is_some_and(is_template_sid);
    if list.len() > 10 || !list.iter().all(is_template) {
        return Err(Refusal::TemplatesInvalid);
    }
    Ok(one.is_some() || !list.is_empty())
}

fn is_template_sid(text: &str) -> bool {
    TemplateSid::parse(text).is_ok()
}

/// Values by name. Numbers and booleans are taken for their text.
fn rate_limits(text: &str) -> Option<BTreeMap<String, String>> {
    object(text)?.into_iter().map(|(name, value)| Some((name, scalar(value)?))).collect()
}

fn scalar(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn tags(text: &str) -> Option<BTreeMap<String, String>> {
    let tags: BTreeMap<String, String> = serde_json::from_str(text).ok()?;
    let is_short = |text: &String| text.chars().count() <= 128;
    let fit = tags.len() <= 10 && tags.iter().all(|(key, tag)| is_short(key) && is_short(tag));
    fit.then_some(tags)
}

fn risk_check(text: &str) -> Option<bool> {
    match text {
        "enable" => Some(true),
        "disable" => Some(false),
        _ => None,
    }
}

/// Keys to press after somebody picked up, and pauses.
fn send_digits(text: &str) -> Option<()> {
    text.chars().all(|key| key.is_ascii_digit() || "wW*#".contains(key)).then_some(())
}

pub(super) fn read_answer(form: &Form<'_>) -> Result<Answer, Refusal> {
    let code = form.parsed("Code", |text| is_code(text).then(|| text.into()))?;
    Ok(Answer {
        code,
        transaction: read_transaction(form)?,
        sna_client_token: form.text("SnaClientToken")?.map(str::to_owned),
    })
}

pub(super) fn read_ending(form: &Form<'_>) -> Result<Ending, Refusal> {
    form.parsed("Status", ending)?.ok_or(Refusal::Missing("Status"))
}

fn read_transaction(form: &Form<'_>) -> Result<Option<Transaction>, Refusal> {
    let amount = form.parsed("Amount", at_most(TEXT))?.filter(|text| !text.is_empty());
    let payee = form.parsed("Payee", at_most(TEXT))?.filter(|text| !text.is_empty());
    Ok(amount.zip(payee).map(|(amount, payee)| Transaction { amount, payee }))
}

pub(super) fn read_check_target(form: &Form<'_>) -> Result<Target, Refusal> {
    let given = |text: &&str| !text.is_empty();
    let sid = form.text("VerificationSid")?.filter(given);
    let sid = sid.map(VerificationSid::parse).transpose();
    let sid = sid.map_err(|_| Refusal::Invalid("VerificationSid"))?;
    let to = form.text("To")?.filter(given).map(read_destination).transpose()?;
    match (sid, to) {
        (Some(sid), Some(to)) => Ok(Target::Both(sid, to)),
        (Some(sid), None) => Ok(Target::Sid(sid)),
        (None, Some(to)) => Ok(Target::To(to)),
        (None, None) => Err(Refusal::NoTarget),
    }
}

/// The last part of a path: a SID, or the destination in its place.
pub(super) fn read_target(text: &str) -> Result<Target, Rejection> {
    if let Ok(sid) = VerificationSid::parse(text) {
        return Ok(Target::Sid(sid));
    }
    if is_sid(text) {
        return Err(Rejection::WrongSid);
    }
    Destination::parse(text).map(Target::To).ok_or(Refusal::NotFound.into())
}

fn is_sid(text: &str) -> bool {
    text.len() == 34
        && text.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
        && text.bytes().skip(2).all(|byte| byte.is_ascii_hexdigit())
}

fn read_destination(text: &str) -> Result<Destination, Refusal> {
    Destination::parse(text).ok_or_else(|| Refusal::InvalidTo(text.to_owned()))
}

fn ending(text: &str) -> Option<Ending> {
    match text {
        "approved" => Some(Ending::Approved),
        "canceled" => Some(Ending::Canceled),
        _ => None,
    }
}

/// How long the texts of a message may be. Twilio does not say.
const TEXT: usize = 256;

#[cfg(test)]
mod tests {
    use super::{Form, Refusal, read_answer, read_check_target, read_start};

    fn form(text: &str) -> Form<'_> {
        Form::decode(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_check_names_what_is_wrong_with_it() {
        let impossible = || Refusal::InvalidTo("+19995551234".to_owned());
        let table = [
            ("Code=123456", Refusal::NoTarget),
            ("Code=123456&To=&VerificationSid=", Refusal::NoTarget),
            ("Code=123456&To=%2B19995551234", impossible()),
            ("Code=123456&VerificationSid=VE1", Refusal::Invalid("VerificationSid")),
            ("To=%2B14155550100&Code=", Refusal::Invalid("Code")),
            ("To=%2B14155550100&Code=123", Refusal::Invalid("Code")),
            ("To=%2B14155550100&Code=12345678901", Refusal::Invalid("Code")),
            ("To=%2B14155550100&Code=1234&Code=1234", Refusal::Invalid("Code")),
        ];
        for (text, expected) in table {
            let form = form(text);
            let outcome = read_check_target(&form).and_then(|_| read_answer(&form));
            assert_eq!(outcome.unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn a_start_names_what_is_wrong_with_it() {
        let table = [
            ("", Refusal::Missing("To")),
            ("To=%2B14155550100", Refusal::Missing("Channel")),
            ("To=%2B14155550100&Channel=sms&CustomCode=123", Refusal::Invalid("CustomCode")),
            ("To=%2B14155550100&Channel=sms&Tags=[]", Refusal::Invalid("Tags")),
            ("To=%2B14155550100&Channel=sms&Tags={%22a%22:1}", Refusal::Invalid("Tags")),
            ("To=%2B14155550100&Channel=sms&RateLimits=x", Refusal::Invalid("RateLimits")),
            (
                "To=%2B14155550100&Channel=sms&RateLimits={%22a%22:[]}",
                Refusal::Invalid("RateLimits"),
            ),
            ("To=%2B14155550100&Channel=sms&RiskCheck=no", Refusal::Invalid("RiskCheck")),
            ("To=%2B14155550100&Channel=call&SendDigits=x", Refusal::Invalid("SendDigits")),
            ("To=%2B14155550100&Channel=sms&DeviceIp=here", Refusal::Invalid("DeviceIp")),
            ("To=%2B14155550100&Channel=sms&Templates={}", Refusal::TemplatesMalformed),
            ("To=%2B14155550100&Channel=sms&Templates=[1]", Refusal::TemplatesInvalid),
        ];
        for (text, expected) in table {
            assert_eq!(read_start(&form(text)).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn documented_parameters_are_accepted() {
        let text = "To=%2B14155550100&Channel=sms&Locale=pt-BR&Tags={%22tenant%22:%221%22}\
                    &RateLimits={%22ip%22:%22a%22}&Templates=[]&RiskCheck=disable&Unknown=1";
        assert!(read_start(&form(text)).is_ok());
    }
}
