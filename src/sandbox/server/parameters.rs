//! What the parameters of a verification mean.

use serde_json::{Map, Value};

use super::{
    error::Rejection,
    form::{Form, boolean, object, short},
};
use crate::{
    sandbox::verify::{
        Answer, Destination, Ending, Refusal, Start, Target, Transaction, is_code,
        is_friendly_name, is_locale,
    },
    types::{Channel, Code, TemplateSid, VerificationSid},
};

pub(super) fn read_start(form: &Form<'_>) -> Result<Start, Refusal> {
    let to = read_destination(form.required("To")?)?;
    let channel = form.parsed("Channel", channel)?.ok_or(Refusal::Missing("Channel"))?;
    let name = |text: &str| is_friendly_name(text).then(|| text.to_owned());
    form.parsed("Locale", |text| is_locale(text).then_some(()))?;
    form.parsed("TemplateSid", |text| TemplateSid::parse(text).ok())?;
    form.parsed("RiskCheck", |text| matches!(text, "enable" | "disable").then_some(()))?;
    form.parsed("EnableSnaClientToken", boolean)?;
    read_json(form)?;
    Ok(Start {
        to,
        channel,
        custom_code: form.parsed("CustomCode", |text| Code::custom(text).ok())?,
        custom_friendly_name: form.parsed("CustomFriendlyName", name)?,
        app_hash: form.parsed("AppHash", short(64))?,
        transaction: read_transaction(form)?,
    })
}

/// Parameters whose value is a JSON text. What they ask for has no effect here.
fn read_json(form: &Form<'_>) -> Result<(), Refusal> {
    for name in ["RateLimits", "ChannelConfiguration", "TemplateCustomSubstitutions"] {
        form.parsed(name, object)?;
    }
    form.parsed("Templates", |text| serde_json::from_str::<Vec<Value>>(text).ok())?;
    form.parsed("Tags", |text| object(text).filter(are_tags)).map(drop)
}

fn are_tags(tags: &Map<String, Value>) -> bool {
    let is_short = |text: &str| text.chars().count() <= 128;
    tags.len() <= 10
        && tags.iter().all(|(key, value)| is_short(key) && value.as_str().is_some_and(is_short))
}

pub(super) fn read_answer(form: &Form<'_>) -> Result<Answer, Refusal> {
    let code = form.text("Code")?.filter(|text| is_code(text)).ok_or(Refusal::Invalid("Code"))?;
    Ok(Answer { code: code.into(), transaction: read_transaction(form)? })
}

pub(super) fn read_ending(form: &Form<'_>) -> Result<Ending, Refusal> {
    form.parsed("Status", ending)?.ok_or(Refusal::Missing("Status"))
}

fn read_transaction(form: &Form<'_>) -> Result<Option<Transaction>, Refusal> {
    let given = |text: &&str| !text.is_empty();
    let amount = form.text("Amount")?.filter(given);
    let payee = form.text("Payee")?.filter(given);
    Ok(amount
        .zip(payee)
        .map(|(amount, payee)| Transaction { amount: amount.to_owned(), payee: payee.to_owned() }))
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

/// The channels that are open to the sandbox's account.
fn channel(text: &str) -> Option<Channel> {
    let channel = Channel::from(text);
    let open = [Channel::Sms, Channel::Call, Channel::Email, Channel::WhatsApp];
    open.contains(&channel).then_some(channel)
}

fn ending(text: &str) -> Option<Ending> {
    match text {
        "approved" => Some(Ending::Approved),
        "canceled" => Some(Ending::Canceled),
        _ => None,
    }
}

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
            ("To=%2B14155550100", Refusal::Invalid("Code")),
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
            ("To=%2B14155550100&Channel=voice", Refusal::Invalid("Channel")),
            ("To=%2B14155550100&Channel=sna", Refusal::Invalid("Channel")),
            ("To=%2B14155550100&Channel=sms&Locale=xx", Refusal::Invalid("Locale")),
            ("To=%2B14155550100&Channel=sms&CustomCode=123", Refusal::Invalid("CustomCode")),
            ("To=%2B14155550100&Channel=sms&Tags=[]", Refusal::Invalid("Tags")),
            ("To=%2B14155550100&Channel=sms&Tags={%22a%22:1}", Refusal::Invalid("Tags")),
            ("To=%2B14155550100&Channel=sms&RateLimits=x", Refusal::Invalid("RateLimits")),
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
