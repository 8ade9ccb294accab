//! What may be sent over which channel, to whom, and under which settings.

use super::*;
use crate::sandbox::verify::{Block, Line, NumberFacts, Transaction};

fn paid(amount: &str, payee: &str) -> Option<Transaction> {
    Some(Transaction { amount: amount.to_owned(), payee: payee.to_owned() })
}

#[test]
fn custom_codes_need_a_service_that_allows_them() {
    let custom = || Some(Code::custom("ABCD").unwrap());
    let refused = World::new().send(Start { custom_code: custom(), ..sms(PHONE) });
    assert_eq!(refused.unwrap_err(), Refusal::FeatureClosed("Custom codes"));

    let mut world = World::with(settings(|settings| settings.custom_code_enabled = true));
    world.send(sms(PHONE)).unwrap();
    world.send(Start { custom_code: custom(), ..sms(PHONE) }).unwrap();
    assert_eq!(world.check(&to(PHONE), "ABCD"), Ok(VerificationStatus::Approved));
}

#[test]
fn codes_are_as_long_as_the_service_says() {
    for length in 4..=10 {
        let mut world = World::with(settings(|settings| settings.code_length = length));
        assert_eq!(right(&world.send(sms(PHONE)).unwrap()).len(), usize::from(length));
    }
}

#[test]
fn a_payment_is_confirmed_only_as_it_was_started() {
    let mut world = World::with(settings(|settings| settings.psd2_enabled = true));
    assert_eq!(world.send(sms(PHONE)).unwrap_err(), Refusal::TransactionMissing);
    let call = Start { transaction: paid("5", "Acme"), ..start(PHONE, Channel::Call) };
    assert_eq!(world.send(call).unwrap_err(), Refusal::CallWithTransaction);
    let sent = world.send(Start { transaction: paid("5", "Acme"), ..sms(PHONE) }).unwrap();
    assert_eq!(world.check(&to(PHONE), right(&sent)), Err(Refusal::TransactionMissing));
    let table = [
        ("6", "Acme", VerificationStatus::Pending),
        ("5", "Other", VerificationStatus::Pending),
        ("5", "Acme", VerificationStatus::Approved),
    ];
    for (amount, payee, expected) in table {
        let code = Some(right(&sent).into());
        let answer = Answer { code, transaction: paid(amount, payee), ..Answer::default() };
        let checked = world.verify.check(&world.service, &to(PHONE), answer, world.now).unwrap();
        assert_eq!(checked.status(), expected);
    }
}

#[test]
fn channel_and_destination_must_fit() {
    let table = [
        (PHONE, Channel::Email, false),
        ("someone@example.com", Channel::Sms, false),
        ("someone@example.com", Channel::Email, true),
        (PHONE, Channel::WhatsApp, true),
    ];
    for (to, channel, allowed) in table {
        let outcome = World::new().send(start(to, channel.clone()));
        assert_eq!(outcome.is_ok(), allowed, "{channel} to {to}");
    }
}

#[test]
fn an_app_hash_goes_into_text_messages_only() {
    let hashed = |channel| Start { app_hash: Some("h".to_owned()), ..start(PHONE, channel) };
    assert!(World::new().send(hashed(Channel::Sms)).is_ok());
    let refused = World::new().send(hashed(Channel::WhatsApp));
    assert_eq!(refused.unwrap_err(), Refusal::AppHashWithoutSms);
}

#[test]
fn what_the_account_does_not_have_is_refused_in_its_own_way() {
    let email = || start("someone@example.com", Channel::Email);
    let phone = |channel| start(PHONE, channel);
    let channel = || Refusal::Invalid("Channel");
    let table = [
        (Features::new().email(false), email(), Refusal::NoMailer),
        (Features::new().whatsapp(false), phone(Channel::WhatsApp), Refusal::NoWhatsAppSender),
        (Features::new().disable(Channel::Sms), phone(Channel::Sms), Refusal::ChannelDisabled),
        (Features::new().disable(Channel::Call), phone(Channel::Call), Refusal::ChannelDisabled),
        (Features::new(), phone(Channel::Rcs), channel()),
        (Features::new(), phone(Channel::Sna), channel()),
        (Features::new(), phone(Channel::Auto), channel()),
        (Features::new(), phone("voice".into()), channel()),
        (Features::new(), phone("SMS".into()), channel()),
    ];
    for (features, start, expected) in table {
        let asked = start.channel.clone();
        let outcome = World::featuring(features).send(start);
        assert_eq!(outcome.unwrap_err(), expected, "{asked}");
    }
}

#[test]
fn what_the_account_has_is_sent() {
    let features = Features::new().rcs(true).sna(true).auto(true);
    for channel in [Channel::Rcs, Channel::Sna, Channel::Auto, Channel::Sms, Channel::Call] {
        let mut world = World::featuring(features.clone());
        assert!(world.send(start(PHONE, channel.clone())).is_ok(), "{channel}");
    }
}

#[test]
fn what_the_account_does_not_have_cannot_be_switched_on() {
    let features = Features::new().custom_code(false).psd2(false).custom_friendly_name(false);
    let mut world = World::featuring(features);
    for change in [
        |settings: &mut ServiceSettings| settings.custom_code_enabled = true,
        |settings: &mut ServiceSettings| settings.psd2_enabled = true,
    ] {
        let service = world.service.clone();
        let outcome = world.verify.update_service(&service, settings(change), world.now);
        assert!(matches!(outcome, Err(Refusal::FeatureClosed(_))));
    }
    let named = Start { custom_friendly_name: Some("Acme".to_owned()), ..sms(PHONE) };
    assert!(matches!(world.send(named), Err(Refusal::FeatureClosed(_))));
}

#[test]
fn a_template_goes_where_there_is_text() {
    let with_template = |channel| Start { template: true, ..start(PHONE, channel) };
    assert!(World::new().send(with_template(Channel::Sms)).is_ok());
    assert!(World::new().send(with_template(Channel::Call)).is_ok());
    let refused = World::new().send(with_template(Channel::WhatsApp));
    assert_eq!(refused.unwrap_err(), Refusal::TemplateWithChannel);
}

#[test]
fn only_a_service_with_lookup_knows_the_line() {
    assert_eq!(World::new().send(sms(PHONE)).unwrap().line, None);
    let mut world = World::with(settings(|settings| settings.lookup_enabled = true));
    assert_eq!(world.send(sms(PHONE)).unwrap().line, Some(Line::Mobile));
    let marked = NumberFacts { landline: true, ..NumberFacts::default() };
    let call = Start { number: marked, ..start(OTHER_PHONE, Channel::Call) };
    assert_eq!(world.send(call).unwrap().line, Some(Line::Landline));
}

#[test]
fn text_messages_skip_landlines_if_the_service_looks_them_up() {
    let landline = NumberFacts { landline: true, ..NumberFacts::default() };
    let to_landline = |channel| Start { number: landline, ..start(PHONE, channel) };
    let skipping = |lookup| {
        settings(|settings| {
            settings.lookup_enabled = lookup;
            settings.skip_sms_to_landlines = true;
        })
    };
    let outcome = |lookup, channel| World::with(skipping(lookup)).send(to_landline(channel));
    assert_eq!(outcome(true, Channel::Sms).unwrap_err(), Refusal::Landline);
    assert!(outcome(true, Channel::Call).is_ok());
    assert!(outcome(false, Channel::Sms).is_ok());
    assert!(World::with(skipping(true)).send(sms(PHONE)).is_ok());
    let known = World::with(skipping(true)).send(sms("+442079460000"));
    assert_eq!(known.unwrap_err(), Refusal::Landline);
}

#[test]
fn a_block_concerns_some_channels() {
    let table = [
        (Block::Fraud, Channel::Sms, true, true),
        (Block::Fraud, Channel::Sms, false, false),
        (Block::Fraud, Channel::Call, true, false),
        (Block::Geography, Channel::Sms, true, true),
        (Block::Geography, Channel::Call, false, true),
        (Block::OptedOut, Channel::Sms, false, true),
        (Block::OptedOut, Channel::WhatsApp, true, false),
    ];
    for (block, channel, risk_check, refused) in table {
        let number = NumberFacts { block: Some(block), ..NumberFacts::default() };
        let start = Start { number, risk_check, ..start(PHONE, channel.clone()) };
        let outcome = World::new().send(start).map(drop);
        let expected = if refused { Err(Refusal::Blocked(block)) } else { Ok(()) };
        assert_eq!(outcome, expected, "{block:?} over {channel}, risk check {risk_check}");
    }
}

#[test]
fn what_was_refused_was_not_sent() {
    let (mut world, first) = World::after(&[]);
    let number = NumberFacts { block: Some(Block::Geography), ..NumberFacts::default() };
    world.send(Start { number, ..sms(PHONE) }).unwrap_err();
    assert_eq!(world.send(sms(PHONE)).unwrap().attempts.len(), 2);
    assert_eq!(world.fetch(&Target::Sid(first.sid)), Ok(VerificationStatus::Pending));
}
