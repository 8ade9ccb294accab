//! A phone becomes a factor only when a code sent to it comes back.

use verify_mfa::{
    Channel, PhoneNumber,
    flow::{ChannelUnavailable, PhoneNotAllowed, Refusal},
};

use crate::support::{World, refused};

#[tokio::test]
async fn a_challenge_tells_the_code_page_what_it_needs() {
    let world = World::new().await;
    let challenge = world.enroll().await;
    let now = world.sandbox.now();
    assert_eq!(challenge.masked_phone, world.phone.masked());
    assert_eq!(challenge.channel, Channel::Sms);
    assert_eq!(challenge.checks_left, 5);
    assert_eq!(challenge.expires_at.duration_since(now).unwrap().as_secs(), 600);
    assert_eq!(challenge.next_resend_at.duration_since(now).unwrap().as_secs(), 30);
}

#[tokio::test]
async fn a_phone_of_a_country_that_is_not_listed_costs_nothing() {
    let world = World::new().await;
    let kenyan = PhoneNumber::parse("+254 700 111222").unwrap();
    let started = world.mfa.enroll(&world.user, &world.session, &kenyan, Channel::Sms).await;
    let reason = PhoneNotAllowed::Country;
    assert_eq!(refused(started.unwrap()), Refusal::PhoneNotAllowed { reason });
    assert_eq!(world.asked(), 0);
}

#[tokio::test]
async fn email_is_not_a_second_factor() {
    let world = World::new().await;
    let started = world.mfa.enroll(&world.user, &world.session, &world.phone, Channel::Email).await;
    let reason = ChannelUnavailable::Unsupported;
    assert_eq!(refused(started.unwrap()), Refusal::ChannelUnavailable { reason });
}
