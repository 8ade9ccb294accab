//! 36 to 43: grants, and what the challenge carries.

use std::marker::PhantomData;

use serde::{Serialize, de::DeserializeOwned};
use url::Url;
use verify_mfa::{
    Channel, Code, NextPath,
    flow::{
        Action, Approval, Challenge, ChallengeId, Decision, Ended, Limit, Login, LoginGrant,
        Method, Session, StepUp,
    },
    sandbox::Sandbox,
    store::StateStore,
};

use crate::{
    enrollment::half_way,
    spy::Spy,
    support::{World, assert_refused, generous, granted, session},
    world::{delete_account, phone},
};

/// Whether a type implements a trait: the constant of the type itself, which there is only when it
/// does, goes before that of the trait.
macro_rules! implements {
    ($type:ty: $bound:path) => {{
        #[allow(dead_code, reason = "it is used when the answer is no")]
        trait Otherwise {
            const ANSWER: bool = false;
        }
        impl<T> Otherwise for T {}
        struct Of<T>(PhantomData<T>);
        #[allow(dead_code, reason = "it is used when the answer is yes")]
        impl<T: $bound> Of<T> {
            const ANSWER: bool = true;
        }
        <Of<$type>>::ANSWER
    }};
}

#[test]
fn r36_a_grant_can_be_neither_cloned_nor_stored_nor_read() {
    let cloned = [implements!(LoginGrant: Clone), implements!(StepUp: Clone)];
    let written = [
        implements!(LoginGrant: Serialize),
        implements!(StepUp: Serialize),
        implements!(Session: Serialize),
        implements!(Challenge: Serialize),
        implements!(ChallengeId: Serialize),
        implements!(Code: Serialize),
    ];
    let read = [
        implements!(LoginGrant: DeserializeOwned),
        implements!(StepUp: DeserializeOwned),
        implements!(Session: DeserializeOwned),
        implements!(Approval: DeserializeOwned),
        implements!(Decision: DeserializeOwned),
    ];
    let made = [implements!(LoginGrant: Default), implements!(StepUp: Default)];
    assert_eq!((cloned, written, read, made), Default::default());
    assert!(implements!(NextPath: Clone) && implements!(NextPath: Serialize), "it tells nothing");
}

/// A browser would go to another site, or something on the way to it could make it so.
const ELSEWHERE: [&str; 26] = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example",
    "https:/evil.example",
    "HTTPS://evil.example",
    "/%09/evil.example",
    "/%2fevil.example",
    "/%5Cevil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/\r\nLocation: //evil.example",
    "/a\r\nSet-Cookie: a=b",
    "@evil.example",
    ".evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "?next=//evil.example",
    "#//evil.example",
    "/\u{ff0f}evil.example",
    "",
];

#[test]
fn r39_next_is_a_path_on_the_same_site_or_nothing() {
    for text in ELSEWHERE {
        assert!(NextPath::parse(text).is_err(), "{text:?}");
    }
    let site = Url::parse("https://site.example/login").unwrap();
    for text in ["/", "/profile?tab=a#b", "/a//b", "/@evil.example", "/a:b@c", "/https://x"] {
        let next = NextPath::parse(text).unwrap();
        assert_eq!(site.join(next.as_str()).unwrap().origin(), site.origin(), "{text:?}");
    }
}

#[tokio::test]
async fn r39_next_is_checked_again_when_it_comes_back() {
    let (world, spy) = Spy::world(Sandbox::start().await.unwrap(), generous());
    world.replace_phone(&world.user, &world.phone).await;
    let login = Login::new().next(NextPath::parse("/profile").unwrap());
    let decision = world.mfa.challenge(&world.user, &world.session, login).await.unwrap();
    let Decision::Challenged(challenge) = decision else { panic!("{decision:?}") };
    let key = challenge.id.as_str().get(..32).unwrap();
    let record = StateStore::load(&spy, key).await.unwrap().record.unwrap();
    let at = record.bytes.windows(8).position(|part| part == b"/profile").unwrap();
    let mut changed = record.bytes;
    changed[at + 1] = b'/';
    let hour = std::time::Duration::from_secs(3600);
    let _ = spy.save(key, &changed, Some(record.version), hour).await.unwrap();
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Unknown);
}

#[tokio::test]
async fn r40_next_and_remember_me_are_those_of_the_last_right_password() {
    let world = World::enrolled().await;
    let next = NextPath::parse("/profile").unwrap();
    let first = Login::new().next(NextPath::parse("/elsewhere").unwrap()).remember(true);
    let decision = world.mfa.challenge(&world.user, &world.session, first).await.unwrap();
    let Decision::Challenged(challenge) = decision else { panic!("{decision:?}") };
    let sent = world.sent();
    let last = Login::new().next(next.clone()).remember(false);
    let again = world.mfa.challenge(&world.user, &world.session, last).await.unwrap();
    assert!(matches!(again, Decision::Challenged(again) if again.id == challenge.id));
    assert_eq!(world.sent(), sent, "the login goes on with the code that was sent");
    let grant = granted(world.approve(&challenge, &world.code()).await);
    assert_eq!((grant.next(), grant.remember()), (Some(&next), false));
    assert_eq!((grant.user(), grant.method()), (&world.user, &Method::Code(Channel::Sms)));
    assert_eq!(grant.stamp(), &world.stamp(&world.user).await);
}

#[tokio::test]
async fn r41_showing_the_code_page_again_sends_nothing() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let asked = world.asked();
    for _ in 0..50 {
        let shown = world.mfa.pending(&challenge.id, &world.session).await.unwrap();
        assert_eq!(shown.as_ref(), Some(&challenge));
        world.mfa.status(&world.user).await.unwrap();
        assert_eq!(world.login().await, challenge);
    }
    assert_eq!(world.asked(), asked);
}

#[tokio::test]
async fn r42_a_grant_comes_from_a_login_only_without_a_phone_or_with_its_code() {
    let world = World::new().await;
    let first = world.login_as(&world.user, &world.session).await;
    let Decision::NotEnrolled(grant) = first else { panic!("{first:?}") };
    assert_eq!((grant.user(), grant.method()), (&world.user, &Method::FirstFactor));
    let _ = world.approve(&world.enroll().await, &world.code()).await;
    for channel in [Channel::Sms, Channel::Call] {
        let login = Login::new().channel(channel.clone());
        let decision = world.mfa.challenge(&world.user, &world.session, login).await.unwrap();
        let Decision::Challenged(challenge) = decision else { panic!("{decision:?}") };
        let grant = granted(world.approve(&challenge, &world.code()).await);
        assert_eq!(world.sandbox.messages().last().unwrap().channel, channel);
        assert_eq!((grant.user(), grant.method()), (&world.user, &Method::Code(channel)));
    }
}

#[tokio::test]
async fn r42_no_other_code_is_a_login() {
    let world = World::with(generous()).await;
    let enrolled = world.approve(&world.enroll().await, &world.code()).await;
    assert!(matches!(enrolled, Approval::Enrolled { .. }), "{enrolled:?}");
    let done = world.approve(&world.step_up(delete_account()).await, &world.code()).await;
    assert!(matches!(done, Approval::SteppedUp(_)), "{done:?}");
    let old = world.step_up(Action::ChangePhone(phone(11))).await;
    let changing = world.approve(&old, &world.code()).await;
    let Approval::Continue(new) = changing else { panic!("{changing:?}") };
    let changed = world.approve(&new, &world.code_of(&phone(11))).await;
    assert!(matches!(changed, Approval::PhoneChanged { .. }), "{changed:?}");
    let disable = world.step_up(Action::Disable).await;
    let disabled = world.approve(&disable, &world.code_of(&phone(11))).await;
    assert!(matches!(disabled, Approval::Disabled { .. }), "{disabled:?}");
}

#[tokio::test]
async fn r43_a_change_of_the_factor_tells_the_stamp_that_its_session_goes_on_with() {
    let world = World::with(generous()).await;
    let enrolled = world.approve(&world.enroll().await, &world.code()).await;
    let Approval::Enrolled { stamp } = enrolled else { panic!("{enrolled:?}") };
    assert_eq!(stamp, world.stamp(&world.user).await);
    let disable = world.step_up(Action::Disable).await;
    let disabled = world.approve(&disable, &world.code()).await;
    let Approval::Disabled { stamp: next, .. } = disabled else { panic!("{disabled:?}") };
    assert_eq!(next, world.stamp(&world.user).await);
    assert_ne!(next, stamp);
}

#[tokio::test]
async fn r43_after_a_new_stamp_no_challenge_is_worth_anything_and_twilio_is_not_asked() {
    for begun in ["login", "disable", "change", "own"] {
        let world = World::enrolled().await;
        let challenge = match begun {
            "login" => world.login().await,
            "disable" => world.step_up(Action::Disable).await,
            "change" => world.step_up(Action::ChangePhone(phone(11))).await,
            _ => world.step_up(delete_account()).await,
        };
        world.change_password();
        let asked = world.asked();
        assert_refused(world.approve(&challenge, &world.code()).await, Ended::Canceled);
        assert_eq!((world.asked(), world.phone().await), (asked, Some(world.phone.clone())));
    }
}

#[tokio::test]
async fn r43_a_new_stamp_while_a_phone_is_enrolled_or_changed_saves_no_phone() {
    let world = World::new().await;
    let challenge = world.enroll().await;
    world.change_password();
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Canceled);
    assert_eq!(world.phone().await, None);
    let (world, challenge) = half_way().await;
    world.change_password();
    let code = world.code_of(&phone(11));
    assert_refused(world.approve(&challenge, &code).await, Ended::Canceled);
    assert_eq!(world.phone().await, Some(world.phone.clone()));
}

#[tokio::test]
async fn r43_a_phone_that_support_replaced_no_longer_approves() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let stamp = world.stamp(&world.user).await;
    world.replace_phone(&world.user, &phone(99)).await;
    world.users.change_stamp(&world.user, stamp);
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Canceled);
}

#[tokio::test]
async fn r43_after_a_password_change_nothing_is_sent_again() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.change_password();
    world.wait(30);
    let refusal = world.resend(&challenge, verify_mfa::flow::Resend::Same).await.unwrap_err();
    assert_eq!((refusal, world.sent()), (Ended::Canceled.into(), 2));
}

#[tokio::test]
async fn r43_an_outdated_challenge_does_not_use_up_the_sends_of_its_user() {
    let policy = generous().sends_per_user([Limit::per_hour(4)]).unwrap();
    let world = World::enrolled_with(policy).await;
    let challenge = world.login().await;
    world.change_password();
    for _ in 0..4 {
        world.wait(120);
        let refusal = world.resend(&challenge, verify_mfa::flow::Resend::Same).await.unwrap_err();
        assert_eq!(refusal, Ended::Canceled.into());
    }
    world.login_in(&session("after the change")).await;
}

#[tokio::test]
async fn r43_nothing_is_sent_again_to_a_phone_that_support_replaced() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let stamp = world.stamp(&world.user).await;
    world.replace_phone(&world.user, &phone(99)).await;
    world.users.change_stamp(&world.user, stamp);
    world.wait(30);
    let refusal = world.resend(&challenge, verify_mfa::flow::Resend::Same).await.unwrap_err();
    assert_eq!((refusal, world.sent()), (Ended::Canceled.into(), 2));
}

#[tokio::test]
async fn r43_a_user_who_is_gone_is_an_error() {
    let world = World::enrolled().await;
    let gone = "nobody".parse().unwrap();
    let answer = world.mfa.challenge(&gone, &world.session, Login::new()).await;
    assert!(matches!(answer, Err(verify_mfa::Error::Store { .. })), "{answer:?}");
}
