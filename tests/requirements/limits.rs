//! 17 to 19: what may be sent, to whom and how often.

use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use verify_mfa::{
    Channel, Error, PhoneNumber, UserId,
    flow::{Challenge, Decision, Limit, Login, Policy, Refusal, Resend, Session, Started},
    sandbox::{Fault, Sandbox},
};

use crate::{
    spy::Spy,
    support::{World, assert_granted, challenged, generous, refused, session},
    world::{landline, phone},
};

const HOUR: u64 = 60 * 60;

/// Two enrollments an hour for one of these, and no other limit that could be in the way. Of what all
/// share, enrollments get half.
fn two_for(scope: &str) -> Policy {
    let (two, four) = ([Limit::per_hour(2)], [Limit::per_hour(4)]);
    let policy = match scope {
        "user" => generous().sends_per_user(two),
        "phone" => generous().sends_per_phone(two),
        "caller" => generous().sends_per_caller(two),
        "country" => generous().sends_per_country(four),
        _ => generous().sends_in_all(four),
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

/// The `n`-th login of somebody who has a second factor.
async fn nth_login(world: &World, n: u8) -> Decision {
    let user = world.user_with(&format!("owner{n}"), &phone(60 + n)).await;
    world.login_as(&user, &session(&format!("owner{n}"))).await
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
async fn r17_strangers_who_register_leave_half_of_what_all_share_to_those_who_log_in() {
    for scope in ["country", "application"] {
        let world = World::with(two_for(scope)).await;
        challenged(nth_start(&world, scope, 1).await);
        challenged(nth_start(&world, scope, 2).await);
        let refusal = refused(nth_start(&world, scope, 3).await);
        assert!(matches!(refusal, Refusal::SendLimitReached { .. }), "{scope}: {refusal:?}");
        for owner in 1..=2 {
            let decision = nth_login(&world, owner).await;
            assert!(matches!(decision, Decision::Challenged(_)), "{scope}: {decision:?}");
        }
        let decision = nth_login(&world, 3).await;
        assert!(matches!(decision, Decision::Refused(_)), "{scope}: {decision:?}");
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
    world.sandbox.inject(Fault::drop_before());
    let session = world.session.clone().caller([192, 0, 2, 1].into());
    world.mfa.enroll(&world.user, &session, &world.phone, Channel::Sms).await.unwrap_err();
    let asked = spy.asked();
    let counted = |scope: &str| asked.iter().any(|own| own.key.starts_with(scope));
    assert!(asked.iter().any(|own| own.operation == "save"), "{asked:?}");
    assert!(["sends:caller", "sends:country", "sends:application"].into_iter().all(counted));
}

#[tokio::test]
async fn r17_a_counter_that_cannot_be_asked_refuses() {
    let stores = [
        "sends:claimed_phone",
        "sends:caller",
        "sends:country_claims",
        "sends:application_claims",
        "sends:country:",
        "sends:application:",
    ];
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

/// Begins a login in the first session, which has to wait.
async fn retry_at(world: &World, how: Login) -> SystemTime {
    let asked = world.asked();
    let decision = world.mfa.challenge(&world.user, &world.session, how).await.unwrap();
    assert_eq!(world.asked(), asked);
    match decision {
        Decision::Refused(Refusal::ResendTooSoon { retry_at }) => retry_at,
        other => panic!("it need not wait: {other:?}"),
    }
}

#[tokio::test]
async fn r18_giving_up_and_starting_again_is_no_way_around_the_waits() {
    let world = World::enrolled_with(generous()).await;
    for wait in [30, 40, 60, 90, 120] {
        let challenge = world.login().await;
        world.cancel(&challenge).await;
        world.wait(wait - 1);
        let next = world.sandbox.now() + Duration::from_secs(1);
        assert_eq!(retry_at(&world, Login::new()).await, next);
        world.wait(1);
    }
}

#[tokio::test]
async fn r18_a_call_after_a_text_that_was_given_up_waits_for_a_minute() {
    let world = World::enrolled_with(generous()).await;
    let (challenge, minute) = (world.login().await, Duration::from_secs(60));
    let call = || Login::new().channel(Channel::Call);
    let expected = world.sandbox.now() + minute;
    world.cancel(&challenge).await;
    world.wait(59);
    assert_eq!(retry_at(&world, call()).await, expected);
    world.wait(1);
    let called = world.mfa.challenge(&world.user, &world.session, call()).await.unwrap();
    assert!(matches!(called, Decision::Challenged(_)), "{called:?}");
}

#[tokio::test]
async fn r18_letting_a_challenge_expire_is_no_way_around_the_waits() {
    let world = World::enrolled_with(generous()).await;
    let challenge = world.login().await;
    for wait in [30, 40, 60, 469] {
        world.wait(wait);
        world.resend(&challenge, Resend::Same).await.unwrap();
    }
    let expected = world.sandbox.now() + Duration::from_secs(120);
    world.wait(1);
    assert_eq!(retry_at(&world, Login::new()).await, expected);
    world.wait(119);
    world.login().await;
}

#[tokio::test]
async fn r18_an_approved_code_ends_the_waits() {
    let world = World::enrolled_with(generous()).await;
    world.cancel(&world.login().await).await;
    world.wait(30);
    assert_granted(world.approve(&world.login().await, &world.code()).await);
    world.cancel(&world.login().await).await;
    world.wait(30);
    world.login().await;
}

#[tokio::test]
async fn r18_whoever_goes_on_in_another_browser_need_not_wait() {
    let world = World::enrolled().await;
    world.login().await;
    let second = session("second");
    let challenge = world.login_in(&second).await;
    world.mfa.cancel(&challenge.id, &second).await.unwrap();
    let challenge = world.login_in(&session("third")).await;
    let approval = world.mfa.approve(&challenge.id, &session("third"), &world.code()).await;
    assert_granted(approval.unwrap());
}

#[tokio::test]
async fn r18_a_send_that_was_not_made_makes_nobody_wait() {
    let busy = || Fault::error(429, 20429, "Too Many Requests");
    let used_up = || Fault::error(429, 60203, "Max send attempts reached");
    for fault in [busy(), used_up(), landline()] {
        let world = World::enrolled_with(generous()).await;
        world.sandbox.inject(fault.once());
        let _ = world.mfa.challenge(&world.user, &world.session, Login::new()).await;
        assert_eq!(world.sent(), 1, "the enrollment");
        world.login().await;
    }
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
