//! 17 to 19: what may be sent, to whom and how often.

use std::time::Duration;

use futures_util::future::join_all;
use verify_mfa::{
    Channel, Error, PhoneNumber, UserId,
    flow::{Challenge, Decision, Limit, Policy, Refusal, Resend, Session, Started},
    sandbox::Sandbox,
};

use crate::{
    spy::Spy,
    support::{World, challenged, generous, refused, session},
    world::phone,
};

const HOUR: u64 = 60 * 60;

/// Two sends an hour for one of these, and no other limit that could be in the way.
fn two_for(scope: &str) -> Policy {
    let two = [Limit::per_hour(2)];
    let policy = match scope {
        "user" => generous().sends_per_user(two),
        "phone" => generous().sends_per_phone(two),
        "caller" => generous().sends_per_caller(two),
        "country" => generous().sends_per_country(two),
        _ => generous().sends_in_all(two),
    };
    policy.expect("a policy")
}

/// The `n`-th enrollment, with as much in common with the others as the limit needs.
fn nth(world: &World, scope: &str, n: u8) -> (UserId, Session, PhoneNumber) {
    let session = session(&format!("{n}th"));
    let user = if scope == "user" { world.user.clone() } else { world.user(&format!("u{n}")) };
    let phone = if scope == "phone" { world.phone.clone() } else { phone(20 + n) };
    let session = if scope == "caller" { session.caller([192, 0, 2, 1].into()) } else { session };
    (user, session, phone)
}

async fn nth_start(world: &World, scope: &str, n: u8) -> Started {
    let (user, session, phone) = nth(world, scope, n);
    world.enroll_as(&user, &session, &phone).await
}

const SCOPES: [&str; 5] = ["user", "phone", "caller", "country", "application"];

#[tokio::test]
async fn r17_sends_are_limited_per_user_phone_caller_country_and_application() {
    for scope in SCOPES {
        let world = World::with(two_for(scope)).await;
        challenged(nth_start(&world, scope, 1).await);
        challenged(nth_start(&world, scope, 2).await);
        let until = world.sandbox.now() + Duration::from_secs(HOUR);
        let refusal = refused(nth_start(&world, scope, 3).await);
        assert_eq!(refusal, Refusal::SendLimitReached { until }, "{scope}");
        assert_eq!((world.sent(), world.asked()), (2, 2), "{scope}");
        world.wait(HOUR);
        challenged(nth_start(&world, scope, 4).await);
    }
}

#[tokio::test]
async fn r17_the_waits_grow_and_after_five_sends_of_a_challenge_there_are_no_more() {
    let world = World::enrolled_with(generous()).await;
    let challenge = world.login().await;
    for wait in [30, 40, 60, 90] {
        world.wait(wait - 1);
        world.resend(&challenge, Resend::Same).await.unwrap_err();
        world.wait(1);
        world.resend(&challenge, Resend::Same).await.unwrap();
    }
    world.wait(120);
    let refusal = world.resend(&challenge, Resend::Same).await.unwrap_err();
    assert_eq!(refusal, Refusal::SendLimitReached { until: challenge.expires_at });
}

#[tokio::test]
async fn r17_a_send_is_reserved_before_it_is_made_so_that_twenty_at_once_send_twice() {
    for scope in ["phone", "caller", "country", "application"] {
        let world = World::with(two_for(scope)).await;
        let starts = join_all((1..=20).map(|n| nth_start(&world, scope, n))).await;
        let begun = starts.iter().filter(|started| matches!(started, Started::Challenged(_)));
        assert_eq!((begun.count(), world.sent()), (2, 2), "{scope}");
    }
}

#[tokio::test]
async fn r17_the_reservations_of_a_send_are_stored_before_twilio_is_asked() {
    let (world, spy) = Spy::world(Sandbox::start().await.unwrap(), generous());
    world.sandbox.inject(verify_mfa::sandbox::Fault::drop_before());
    let session = world.session.clone().caller([192, 0, 2, 1].into());
    world.mfa.enroll(&world.user, &session, &world.phone, Channel::Sms).await.unwrap_err();
    let asked = spy.asked();
    let counted = |scope: &str| asked.iter().any(|own| own.key.starts_with(scope));
    assert!(asked.iter().any(|own| own.operation == "save"), "{asked:?}");
    assert!(["sends:caller", "sends:country", "sends:application"].into_iter().all(counted));
}

#[tokio::test]
async fn r17_a_counter_that_cannot_be_asked_refuses() {
    let stores = ["sends:claimed_phone", "sends:caller", "sends:country", "sends:application"];
    for store in stores {
        let policy = Policy::new(verify_mfa::flow::Countries::any());
        let (world, spy) = Spy::world(Sandbox::start().await.unwrap(), policy);
        spy.fail_for(store);
        let session = world.session.clone().caller([192, 0, 2, 1].into());
        let answer = world.mfa.enroll(&world.user, &session, &world.phone, Channel::Sms).await;
        assert!(matches!(answer, Err(Error::Store { .. })), "{store}: {answer:?}");
        assert_eq!(world.asked(), 0, "{store}");
    }
}

#[tokio::test]
async fn r18_before_the_wait_is_over_nothing_is_sent() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(29);
    let (retry_at, asked) = (challenge.next_resend_at, world.asked());
    let refusal = world.resend(&challenge, Resend::Same).await.unwrap_err();
    assert_eq!(refusal, Refusal::ResendTooSoon { retry_at });
    assert_eq!((refusal.retry_at(), world.asked()), (Some(retry_at), asked));
}

#[tokio::test]
async fn r18_two_resends_at_once_send_once() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(30);
    let once = || world.resend(&challenge, Resend::Same);
    let (one, other) = tokio::join!(once(), once());
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(world.sent(), 3);
}

/// Logs in again and again, each time in another session: that cancels the verification at Twilio
/// and starts another one, which has all its sends and checks again.
async fn start_again(world: &World, times: u32) -> Option<Challenge> {
    let mut last = None;
    for n in 0..times {
        let decision = world.login_as(&world.user, &session(&format!("{n}th"))).await;
        last = match decision {
            Decision::Challenged(challenge) => Some(challenge),
            Decision::Refused(Refusal::SendLimitReached { .. }) => None,
            other => panic!("{other:?}"),
        };
    }
    last
}

#[tokio::test]
async fn r19_sends_to_a_phone_are_limited_although_twilio_forgets_them_at_each_new_start() {
    let world = World::enrolled().await;
    assert!(start_again(&world, 20).await.is_none());
    let enrollment = 1;
    assert_eq!(world.sent() - enrollment, 5, "in ten minutes");
    for _ in 0..22 {
        world.wait(HOUR);
        assert!(start_again(&world, 12).await.is_none());
    }
    assert_eq!(world.sent() - enrollment, 10, "in a day");
}

#[tokio::test]
async fn r19_sends_for_a_user_are_limited_although_twilio_forgets_them_at_each_new_start() {
    let limits = [Limit::per_hour(10), Limit::per_day(20)];
    let world = World::enrolled_with(generous().sends_per_user(limits).unwrap()).await;
    for sent in [10, 20, 20] {
        assert!(start_again(&world, 20).await.is_none());
        assert_eq!(world.sent(), sent);
        world.wait(HOUR);
    }
}

#[tokio::test]
async fn r19_wrong_codes_are_counted_although_twilio_forgets_them_at_each_new_start() {
    let world = World::enrolled_with(generous()).await;
    for n in 0..10 {
        world.fail_at(&world.mfa, &session(&format!("{n}th")), 1).await;
    }
    assert_eq!(world.lock().await, Some(Duration::from_secs(900)));
}
