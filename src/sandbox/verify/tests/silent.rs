//! Silent network authentication, and the channel that Twilio chooses.

use super::*;
use crate::sandbox::verify::SnaError;

fn world() -> World {
    World::featuring(Features::new().sna(true).auto(true))
}

impl World {
    fn open(&mut self, verification: &Verification, failure: Option<u32>) -> Result<(), Refusal> {
        let attempt = &verification.sna.as_ref().unwrap().attempt;
        let (service, sid) = (self.service.clone(), &verification.sid);
        self.verify.open_sna(&service, sid, attempt, failure, self.now).map(drop)
    }

    /// Status, and the codes of what went wrong.
    fn ask(&mut self, token: Option<&str>) -> (VerificationStatus, Option<Vec<u32>>) {
        let sna_client_token = token.map(str::to_owned);
        let answer = Answer { sna_client_token, ..Answer::default() };
        let checked = self.verify.check(&self.service, &to(PHONE), answer, self.now).unwrap();
        let codes = |errors: Vec<SnaError>| errors.iter().map(|error| error.code).collect();
        (checked.status(), checked.verification.sna_errors().map(codes))
    }
}

fn sna() -> Start {
    start(PHONE, Channel::Sna)
}

#[test]
fn a_silent_authentication_waits_until_its_address_is_opened() {
    let mut world = world();
    let sent = world.send(sna()).unwrap();
    assert_eq!(sent.sent_code().map(|_| ()), None);
    for _ in 0..10 {
        assert_eq!(world.ask(None), (VerificationStatus::Pending, Some(vec![60519])));
    }
    world.open(&sent, None).unwrap();
    assert_eq!(world.ask(None), (VerificationStatus::Approved, Some(vec![])));
}

#[test]
fn an_address_works_once_and_not_after_the_end() {
    let mut world = world();
    let sent = world.send(sna()).unwrap();
    world.open(&sent, None).unwrap();
    assert_eq!(world.open(&sent, None), Err(Refusal::NotFound));
    let again = world.send(sna()).unwrap();
    assert_eq!(world.open(&sent, None), Err(Refusal::NotFound), "it belongs to the attempt before");
    world.wait(600);
    assert_eq!(world.open(&again, None), Err(Refusal::NotFound));
}

#[test]
fn what_the_carrier_denies_uses_up_a_check_and_is_listed() {
    let mut world = world();
    let sent = world.send(sna()).unwrap();
    world.open(&sent, Some(60500)).unwrap();
    assert_eq!(world.ask(None), (VerificationStatus::Pending, Some(vec![60500])));
    let again = world.send(sna()).unwrap();
    world.open(&again, None).unwrap();
    assert_eq!(world.ask(None), (VerificationStatus::Approved, Some(vec![60500])));
}

#[test]
fn a_token_that_was_asked_for_must_come_back() {
    let mut world = world();
    let sent = world.send(Start { sna_client_token: true, ..sna() }).unwrap();
    let token = sent.sna.as_ref().unwrap().client_token.clone().unwrap();
    world.open(&sent, None).unwrap();
    assert_eq!(world.ask(None).0, VerificationStatus::Pending);
    assert_eq!(world.ask(Some("wrong")).0, VerificationStatus::Pending);
    assert_eq!(world.ask(Some(&token)).0, VerificationStatus::Approved);
}

#[test]
fn without_a_code_only_a_silent_authentication_can_be_checked() {
    let mut world = world();
    world.send(sms(PHONE)).unwrap();
    let outcome = world.verify.check(&world.service, &to(PHONE), Answer::default(), world.now);
    assert_eq!(outcome.map(drop), Err(Refusal::Invalid("Code")));
}

#[test]
fn twilio_chooses_silence_first_and_then_a_text_message() {
    let mut world = world();
    let auto = || start(PHONE, Channel::Auto);
    let first = world.send(auto()).unwrap();
    assert_eq!((&first.channel, first.auto, first.line.is_some()), (&Channel::Sna, true, true));
    let second = world.send(auto()).unwrap();
    assert_eq!((&second.channel, &second.sid), (&Channel::Sms, &first.sid));
    assert_eq!(second.sna_errors(), None, "the last channel was not silent");
    assert_eq!(world.check(&to(PHONE), right(&second)), Ok(VerificationStatus::Approved));
}

#[test]
fn twilio_chooses_a_text_message_where_silence_is_closed() {
    let mut world = World::featuring(Features::new().auto(true));
    assert_eq!(world.send(start(PHONE, Channel::Auto)).unwrap().channel, Channel::Sms);
}

#[test]
fn a_payment_is_never_silent() {
    let rules = Rules { features: Features::new().sna(true).auto(true), ..Rules::default() };
    let mut world = World::under(rules, settings(|settings| settings.psd2_enabled = true));
    let transaction = || {
        let (amount, payee) = ("5".to_owned(), "Acme".to_owned());
        Some(crate::sandbox::verify::Transaction { amount, payee })
    };
    let refused = world.send(Start { transaction: transaction(), ..sna() }).unwrap_err();
    assert_eq!(refused, Refusal::SnaWithTransaction);
    let auto = Start { transaction: transaction(), ..start(PHONE, Channel::Auto) };
    assert_eq!(world.send(auto).unwrap().channel, Channel::Sms);
}
