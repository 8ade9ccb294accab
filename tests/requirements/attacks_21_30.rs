//! D21 to D30: what leaks, what is lost, and whose clock counts.

use std::net::IpAddr;

use verify_mfa::{
    Channel,
    flow::{
        Action, Approval, ChallengeId, Decision, Ended, Limit, Refusal, Resend, Resent, Started,
    },
    sandbox::{Fault, Sandbox},
};

use crate::{
    provider::{CHECKS, Provider, STARTS, verification, with},
    spy::Spy,
    support::{World, assert_granted, assert_refused, challenged, generous, session},
    world::{assert_nothing, phone},
};

#[tokio::test]
async fn d21_a_made_up_id_does_not_tell_that_a_user_is_locked() {
    let world = World::enrolled().await;
    let id = world.login().await.id;
    world.fail(10).await;
    assert!(world.is_locked().await);
    let made_up = format!("{}{}", &id.as_str()[..32], "0".repeat(32));
    let made_up = ChallengeId::from(made_up.as_str());
    let stranger = session("stranger's");
    let resent = world.mfa.resend(&made_up, &stranger, Resend::Same).await.unwrap();
    assert!(matches!(resent, Resent::Refused(Refusal::Ended(Ended::Unknown))), "{resent:?}");
    let approval = world.mfa.approve(&made_up, &stranger, "123456").await.unwrap();
    assert_refused(approval, Ended::Unknown);
}

#[tokio::test]
async fn d22_what_twilio_says_with_the_phone_in_it_is_not_told_to_anybody() {
    let provider = Provider::new().await;
    provider.refuses(STARTS, 400, 60224).await;
    let error = provider.enroll().await.unwrap_err();
    let message = error.twilio().and_then(|error| error.message()).unwrap_or_default();
    for text in [format!("{error} {error:?}"), message.to_owned()] {
        assert!(!text.contains("5550100"), "{text}");
    }
}

#[tokio::test]
async fn d23_a_lock_ends_by_itself_and_support_can_end_it_at_once() {
    let world = World::enrolled().await;
    world.fail(10).await;
    world.mfa.unlock(&world.user).await.unwrap();
    assert_granted(world.approve(&world.login().await, &world.code()).await);
}

#[tokio::test]
async fn d24_one_caller_cannot_try_one_code_on_many_users() {
    let world = World::with(generous().sends_per_caller([Limit::per_hour(20)]).unwrap()).await;
    for n in 0..40 {
        let user = world.user_with(&format!("user {n}"), &phone(n)).await;
        let caller = session(&format!("{n}th")).caller(IpAddr::from([192, 0, 2, 1]));
        if let Decision::Challenged(challenge) = world.login_as(&user, &caller).await {
            let _ = world.mfa.approve(&challenge.id, &caller, "123456").await;
        }
    }
    assert_eq!((world.sent(), world.checks()), (20, 20));
}

#[tokio::test]
async fn d24_the_addresses_of_one_ipv6_network_are_one_caller() {
    let world = World::with(generous().sends_per_caller([Limit::per_hour(2)]).unwrap()).await;
    let table = [
        ("2001:db8::1", true),
        ("2001:db8::ffff:1", true),
        ("2001:db8::2", false),
        ("2001:db8:0:1::2", true),
        ("192.0.2.1", true),
        ("::ffff:192.0.2.1", true),
        ("192.0.2.1", false),
    ];
    for (n, (address, allowed)) in table.into_iter().enumerate() {
        let caller = session(&format!("{n}th")).caller(address.parse().unwrap());
        let started = world.enroll_as(&world.user, &caller, &world.phone).await;
        assert_eq!(matches!(started, Started::Challenged(_)), allowed, "{address}");
    }
}

#[tokio::test]
async fn d25_a_mailbox_cannot_take_the_factor_away() {
    let world = World::enrolled().await;
    for action in [Action::Disable, Action::ChangePhone(phone(66))] {
        let challenge = world.step_up(action).await;
        world.wait(60);
        let refusal = world.resend(&challenge, Resend::Call).await.unwrap_err();
        assert_eq!(refusal.code(), "calls_not_allowed");
    }
    assert!(world.sandbox.messages().iter().all(|message| message.channel == Channel::Sms));
}

#[tokio::test]
async fn d26_while_twilio_is_down_nobody_gets_in_and_nobody_is_locked_out() {
    for fault in [Fault::drop_before(), Fault::html(503), Fault::error(500, 20500, "down")] {
        let world = World::enrolled_with(generous()).await;
        let down = world.sandbox.inject(fault);
        for n in 0..20 {
            let session = session(&format!("{n}th"));
            let answer = world.mfa.challenge(&world.user, &session, Default::default()).await;
            assert!(answer.is_err(), "{answer:?}");
        }
        down.remove();
        assert!(!world.is_locked().await);
        assert_granted(world.approve(&world.login().await, &world.code()).await);
    }
}

#[tokio::test]
async fn d27_an_approval_whose_reply_is_lost_is_no_grant_and_a_new_code_works() {
    for lost in [Fault::drop_after(), Fault::truncated_body()] {
        let world = World::enrolled().await;
        let (challenge, code) = (world.login().await, world.code());
        world.sandbox.inject(lost.once());
        let answer = world.mfa.approve(&challenge.id, &world.session, &code).await;
        assert!(answer.unwrap_err().is_ambiguous());
        let asked = world.asked();
        assert_refused(world.approve(&challenge, &code).await, Ended::Unknown);
        assert_eq!(world.asked(), asked, "the check was repeated");
        assert_granted(world.approve(&world.login().await, &world.code()).await);
    }
}

#[tokio::test]
async fn d28_a_wrong_clock_never_makes_a_code_live_longer_than_ten_minutes() {
    for skew in [-3600, -300, -2, 0, 2, 300, 3600] {
        let (mut world, mut spy) = Spy::world(Sandbox::start().await.unwrap(), generous());
        world.replace_phone(&world.user, &world.phone).await;
        let (begun, code) = (world.login().await, world.code());
        spy.skew = skew;
        world.mfa = spy.node(&world, generous());
        world.wait(601);
        assert_nothing(&world.approve(&begun, &code).await);
        let late = world.login().await;
        spy.skew = 0;
        world.mfa = spy.node(&world, generous());
        let code = world.code();
        world.wait(601);
        assert_nothing(&world.approve(&late, &code).await);
        assert!(!world.is_locked().await, "{skew}");
    }
}

#[tokio::test]
async fn d28_nodes_on_one_store_agree_whatever_their_own_clocks_say() {
    let (world, spy) = Spy::world(Sandbox::start().await.unwrap(), generous());
    world.replace_phone(&world.user, &world.phone).await;
    let challenge = world.login().await;
    world.wait(599);
    let other = spy.node(&world, generous());
    let shown = other.pending(&challenge.id, &world.session).await.unwrap().unwrap();
    assert_eq!(shown.expires_at, challenge.expires_at);
    let approval = other.approve(&challenge.id, &world.session, &world.code()).await.unwrap();
    assert_granted(approval);
}

#[tokio::test]
async fn d29_how_a_challenge_ended_is_known_here_and_an_ended_one_approves_nothing() {
    let world = World::enrolled_with(generous()).await;
    let canceled = world.login().await;
    let code = world.code();
    world.cancel(&canceled).await;
    assert_refused(world.approve(&canceled, &code).await, Ended::Canceled);
    world.wait(30);
    let exhausted = world.login().await;
    for _ in 0..5 {
        assert_nothing(&world.approve(&exhausted, world.wrong_code()).await);
    }
    assert_refused(world.approve(&exhausted, &world.code()).await, Ended::Exhausted);
    let superseded = world.login().await;
    let approved = world.login_in(&session("second")).await;
    assert_refused(world.approve(&superseded, &world.code()).await, Ended::Superseded);
    let second = session("second");
    assert_granted(world.mfa.approve(&approved.id, &second, &world.code()).await.unwrap());
    let again = world.mfa.approve(&approved.id, &second, &world.code()).await.unwrap();
    assert_refused(again, Ended::AlreadyApproved);
}

#[tokio::test]
async fn d29_a_verification_that_vanished_at_twilio_is_not_counted_as_a_wrong_code() {
    let world = World::enrolled_with(generous()).await;
    for _ in 0..10 {
        let challenge = world.login().await;
        let verification = world.sandbox.messages().last().unwrap().verification_sid.clone();
        world.sandbox.service().verifications().cancel(verification).await.unwrap();
        assert_refused(world.approve(&challenge, &world.code()).await, Ended::Expired);
    }
    assert!(!world.is_locked().await);
}

#[tokio::test]
async fn d30_a_start_that_is_answered_for_another_service_or_phone_begins_nothing() {
    let foreign = [
        ("service_sid", "VA00000000000000000000000000000002"),
        ("to", "+14155550199"),
        ("status", "approved"),
        ("sid", "VA00000000000000000000000000000001"),
    ];
    for (field, value) in foreign {
        let provider = Provider::new().await;
        provider.says(STARTS, 201, with(verification("pending"), field, value)).await;
        assert!(provider.enroll().await.unwrap_err().is_ambiguous(), "{field}");
        provider.says(CHECKS, 201, verification("approved")).await;
        let challenge = challenged(provider.enroll().await.unwrap());
        let approval = provider.approve(&challenge).await;
        assert!(!matches!(approval, Ok(Approval::Enrolled { .. })), "{field}: {approval:?}");
    }
}
