//! Every setting of [`Behaviour`], both ways.

use super::*;
use crate::sandbox::verify::{
    AfterMaxChecks, FriendlyNameDigits, POLLING, RateLimit, SidAndTo, UndefinedRateLimit,
    UnsupportedLocale,
};

#[test]
fn after_five_wrong_codes_another_send_is_blocked_new_or_the_same() {
    let table = [
        (AfterMaxChecks::BlockUntilExpiry, Err(Refusal::ChecksUsedUp)),
        (AfterMaxChecks::NewVerification, Ok(false)),
        (AfterMaxChecks::ResendSame, Ok(true)),
    ];
    for (mode, expected) in table {
        let behaviour = Behaviour::new().after_max_checks(mode);
        let (mut world, first) = World::behaving(behaviour).then(EXHAUSTED);
        let second = world.send(sms(PHONE));
        let is_same = second.map(|second| second.sid == first.sid);
        assert_eq!(is_same, expected, "{mode:?}");
        let right_code = world.check(&Target::Sid(first.sid.clone()), right(&first));
        assert_eq!(right_code, Err(Refusal::ChecksUsedUp), "{mode:?}");
    }
}

#[test]
fn a_new_verification_after_five_wrong_codes_is_the_one_that_is_meant() {
    let behaviour = Behaviour::new().after_max_checks(AfterMaxChecks::NewVerification);
    let (mut world, _) = World::behaving(behaviour).then(EXHAUSTED);
    let second = world.send(sms(PHONE)).unwrap();
    assert_eq!(world.check(&to(PHONE), right(&second)), Ok(VerificationStatus::Approved));
}

#[test]
fn canceling_frees_the_destination_in_every_mode() {
    for mode in [AfterMaxChecks::BlockUntilExpiry, AfterMaxChecks::ResendSame] {
        let behaviour = Behaviour::new().after_max_checks(mode);
        let (mut world, first) = World::behaving(behaviour).then(EXHAUSTED);
        world.end(&Target::Sid(first.sid.clone()), Ending::Canceled).unwrap();
        assert_ne!(world.send(sms(PHONE)).unwrap().sid, first.sid, "{mode:?}");
    }
}

#[test]
fn what_used_up_its_checks_is_found_or_not() {
    let table =
        [(true, Ok(VerificationStatus::MaxAttemptsReached)), (false, Err(Refusal::NotFound))];
    for (found, expected) in table {
        let behaviour = Behaviour::new().fetch_after_max_checks(found);
        let (mut world, first) = World::behaving(behaviour).then(EXHAUSTED);
        assert_eq!(world.fetch(&Target::Sid(first.sid.clone())), expected);
        assert_eq!(world.check(&Target::Sid(first.sid), WRONG), Err(Refusal::ChecksUsedUp));
    }
}

#[test]
fn a_custom_code_where_there_are_none_is_refused_or_ignored() {
    let custom = || Start { custom_code: Some(Code::custom("ABCD").unwrap()), ..sms(PHONE) };
    let refused = World::new().send(custom()).unwrap_err();
    assert_eq!(refused, Refusal::FeatureClosed("Custom codes"));
    let behaviour = Behaviour::new().ignore_disabled_custom_code(true);
    assert_ne!(right(&World::behaving(behaviour).send(custom()).unwrap()), "ABCD");
}

#[test]
fn an_unsupported_locale_is_invalid_or_not_found() {
    let table = [
        (UnsupportedLocale::InvalidParameter, Refusal::Invalid("Locale")),
        (UnsupportedLocale::NotFound, Refusal::NotFound),
    ];
    for (answer, expected) in table {
        let mut world = World::behaving(Behaviour::new().unsupported_locale(answer));
        let locale = |locale: &str| Start { locale: Some(locale.to_owned()), ..sms(PHONE) };
        assert_eq!(world.send(locale("xx")).unwrap_err(), expected);
        assert!(world.send(locale("pt-BR")).is_ok());
    }
}

#[test]
fn friendly_names_are_as_long_as_one_of_the_sources_says() {
    let name = "n".repeat(32);
    assert!(!Rules::default().is_friendly_name(&name));
    assert!(Rules::default().is_friendly_name(&name[..30]));
    let behaviour = Behaviour::new().friendly_name_length(32);
    let rules = Rules { behaviour, ..Rules::default() };
    assert!(rules.is_friendly_name(&name) && !rules.is_friendly_name(&"n".repeat(33)));
}

#[test]
fn digits_of_a_friendly_name_count_in_total_or_in_a_row() {
    let behaviour = Behaviour::new().friendly_name_digits(FriendlyNameDigits::InARow);
    let (total, row) = (Rules::default(), Rules { behaviour, ..Rules::default() });
    for (name, in_total, in_a_row) in
        [("Shop 1234", true, true), ("1a2b3c4d5", false, true), ("Shop 12345", false, false)]
    {
        assert_eq!(total.is_friendly_name(name), in_total, "{name}");
        assert_eq!(row.is_friendly_name(name), in_a_row, "{name}");
    }
}

#[test]
fn combinations_without_meaning_are_refused_or_ignored() {
    let psd2 = || settings(|settings| settings.psd2_enabled = true);
    let transaction =
        Some(super::super::Transaction { amount: "5".to_owned(), payee: "Acme".to_owned() });
    let whatsapp = Start { transaction, ..start(PHONE, Channel::WhatsApp) };
    let email = start("someone@example.com", Channel::Email);
    let email = Start { locale: Some("de".to_owned()), ..email };
    for (refused, in_whatsapp, in_email) in [
        (true, Err(Refusal::Invalid("Channel")), Err(Refusal::Invalid("Locale"))),
        (false, Ok(()), Ok(())),
    ] {
        let behaviour = Behaviour::new().refuse_combinations(refused);
        let rules = Rules { behaviour: behaviour.clone(), ..Rules::default() };
        let outcome = World::under(rules, psd2()).send(whatsapp.clone());
        assert_eq!(outcome.map(drop), in_whatsapp);
        assert_eq!(World::behaving(behaviour).send(email.clone()).map(drop), in_email);
    }
}

#[test]
fn a_sid_and_a_destination_must_match_or_the_sid_decides() {
    let table = [
        (SidAndTo::MustMatch, Err(Refusal::NotFound)),
        (SidAndTo::SidAlone, Ok(VerificationStatus::Approved)),
    ];
    for (meaning, expected) in table {
        let behaviour = Behaviour::new().check_sid_and_to(meaning);
        let (mut world, first) = World::behaving(behaviour).then(&[]);
        let target = Target::Both(first.sid.clone(), destination(OTHER_PHONE));
        assert_eq!(world.check(&target, right(&first)), expected);
    }
}

#[test]
fn a_rate_limit_that_nobody_defined_is_ignored_or_invalid() {
    let limited =
        || Start { rate_limits: [("ip".to_owned(), "::1".to_owned())].into(), ..sms(PHONE) };
    assert!(World::new().send(limited()).is_ok());
    let strict = Behaviour::new().undefined_rate_limit(UndefinedRateLimit::InvalidParameter);
    let refused = World::behaving(strict).send(limited()).unwrap_err();
    assert_eq!(refused, Refusal::Invalid("RateLimits"));
}

#[test]
fn a_full_rate_limit_refuses_before_anything_is_sent() {
    let limit = RateLimit::new("ip").bucket(2, Duration::from_secs(60));
    let rules = Rules { rate_limits: vec![limit], ..Rules::default() };
    let mut world = World::under(rules, ServiceSettings::new("Tests"));
    let from =
        |ip: &str| Start { rate_limits: [("ip".to_owned(), ip.to_owned())].into(), ..sms(PHONE) };
    assert!(world.send(from("::1")).is_ok() && world.send(from("::1")).is_ok());
    world.wait(20);
    let retry_after = Duration::from_secs(40);
    let full = Refusal::RateLimited { name: "ip".to_owned(), retry_after };
    assert_eq!(world.send(from("::1")).unwrap_err(), full);
    assert_eq!(world.send(from("::2")).unwrap().attempts.len(), 3);
    world.wait(40);
    assert!(world.send(from("::1")).is_ok());
}

#[test]
fn fetching_is_limited_by_the_minute_the_hour_and_the_day() {
    let rules = Rules { ttl: Duration::from_secs(100_000), ..Rules::default() };
    let (mut world, first) = World::under(rules, ServiceSettings::new("Tests")).then(&[]);
    let target = Target::Sid(first.sid);
    let polls = |world: &mut World| {
        (0..=250).take_while(|_| world.fetch(&target) != Err(Refusal::PolledTooOften)).count()
    };
    assert_eq!(polls(&mut world), 60);
    world.wait(60);
    assert_eq!(polls(&mut world), 60);
    world.wait(60);
    assert_eq!(polls(&mut world), 60);
    world.wait(60);
    assert_eq!(polls(&mut world), 0, "of the hour");
    world.wait(3_600);
    assert_eq!(polls(&mut world), 60);
    world.wait(60);
    assert_eq!(polls(&mut world), 10, "of the day");
    assert_eq!(POLLING.len(), 3);
}

#[test]
fn fetching_may_be_unlimited() {
    let (mut world, first) = World::behaving(Behaviour::new().polling_limits(false)).then(&[]);
    let target = Target::Sid(first.sid);
    assert!((0..1_000).all(|_| world.fetch(&target).is_ok()));
}
