//! D11 to D20: what is stale, where a login goes, and the bill. Probes that a tutorial's application
//! fails are marked.

use verify_mfa::{
    Channel, Country, InvalidPhone, LineType, NextPath, PhoneNumber,
    flow::{
        Action, Approval, Countries, Decision, Ended, Login, PhoneNotAllowed, Policy, Refusal,
        Resend, Resent, Started,
    },
    sandbox::Sandbox,
};

use crate::{
    enrollment::half_way,
    spy::Spy,
    support::{
        World, assert_granted, assert_refused, challenged, generous, granted, policy, refused,
        session,
    },
    world::{DAY, phone},
};

/// Probe 5: the tutorial's application lets a challenge outlive a password change.
#[tokio::test]
async fn d11_a_password_change_ends_a_challenge_that_began_before() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.change_password();
    let asked = world.asked();
    assert_refused(world.approve(&challenge, world.wrong_code()).await, Ended::Canceled);
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Canceled);
    assert_eq!(world.asked(), asked);
}

/// Probe 6: the tutorial's application goes wherever the second form's query says.
#[tokio::test]
async fn d13_where_a_login_goes_was_checked_before_the_challenge_began() {
    for evil in ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"] {
        let world = World::enrolled().await;
        let login = Login::new().next(NextPath::parse(evil).ok());
        let decision = world.mfa.challenge(&world.user, &world.session, login).await.unwrap();
        let Decision::Challenged(challenge) = decision else { panic!("{decision:?}") };
        let grant = granted(world.approve(&challenge, &world.code()).await);
        assert_eq!(grant.next(), None);
    }
}

#[tokio::test]
async fn d14_nothing_is_sent_to_a_second_factor_in_a_country_that_was_dropped_and_nobody_let_in() {
    let (world, spy) = Spy::world(Sandbox::start().await.unwrap(), generous());
    world.replace_phone(&world.user, &world.phone).await;
    let challenge = world.login().await;
    world.wait(60);
    let asked = world.asked();
    let elsewhere = spy.node(&world, Policy::new(Countries::only([Country::KE])));
    let refusal = Refusal::PhoneNotAllowed { reason: PhoneNotAllowed::Country };
    let (user, own) = (&world.user, &world.session);
    let login = elsewhere.challenge(user, own, Login::new()).await.unwrap();
    assert!(matches!(login, Decision::Refused(own) if own == refusal));
    let step_up = elsewhere.step_up(user, own, Action::Disable, Channel::Sms).await.unwrap();
    assert_eq!(refused(step_up), refusal);
    let resent = elsewhere.resend(&challenge.id, own, Resend::Same).await.unwrap();
    assert!(matches!(resent, Resent::Refused(own) if own == refusal));
    assert_eq!(world.asked(), asked);
}

#[tokio::test]
async fn d14_a_policy_without_countries_sends_nowhere() {
    let world = World::with(Policy::new(Countries::only([]))).await;
    for phone in [world.phone.clone(), PhoneNumber::parse("+254 700 111222").unwrap()] {
        let refusal = refused(world.enroll_as(&world.user, &world.session, &phone).await);
        assert_eq!(refusal.code(), "country_not_allowed");
    }
    assert_eq!(world.asked(), 0);
}

/// Probe 7: the tutorial's application sends as often as it is asked: 50 sends in a row.
#[tokio::test]
async fn d15_fifty_sends_in_a_row_are_five_and_ten_in_a_day() {
    let world = World::enrolled().await;
    for hour in 0..23 {
        for n in 0..50 {
            let session = session(&format!("{hour} {n}"));
            let channel = if n % 2 == 0 { Channel::Call } else { Channel::Sms };
            let login = Login::new().channel(channel);
            let decision = world.mfa.challenge(&world.user, &session, login).await.unwrap();
            if let Decision::Challenged(challenge) = decision {
                let resent = world.mfa.resend(&challenge.id, &session, Resend::Call).await;
                assert!(matches!(resent, Ok(Resent::Refused(_))));
                world.mfa.cancel(&challenge.id, &session).await.unwrap();
            }
        }
        assert!(hour > 0 || world.sent() <= 5, "{} sends", world.sent());
        world.wait(60 * 60);
    }
    assert!(world.sent() <= 10, "{} sends in a day", world.sent());
}

#[tokio::test]
async fn d16_a_phone_gets_ten_messages_a_day_whoever_enrolls_it() {
    let world = World::new().await;
    for round in 0..10 {
        for n in 0..12 {
            let user = world.user(&format!("{round} {n}"));
            let _ = world.enroll_as(&user, &session("stranger's"), &world.phone).await;
        }
        assert!(round > 0 || world.sent() == 5, "{} sends", world.sent());
        world.wait(600);
    }
    assert_eq!(world.sent(), 10);
    world.wait(DAY);
    challenged(world.enroll_as(&world.user, &world.session, &world.phone).await);
}

#[tokio::test]
async fn d17_strangers_who_use_up_the_claims_of_a_phone_leave_the_logins_of_its_owner() {
    let world = World::enrolled().await;
    world.wait(DAY);
    for n in 0..12 {
        let stranger = world.user(&format!("{n}"));
        let _ = world.enroll_as(&stranger, &session("stranger's"), &world.phone).await;
        world.wait(if n == 5 { 600 } else { 0 });
    }
    world.wait(600);
    let claims = world.sent();
    let login = world.login().await;
    assert_granted(world.approve(&login, &world.code()).await);
    let late = world.enroll_as(&world.user("late"), &session("late"), &world.phone).await;
    assert_eq!(refused(late).code(), "send_limit_reached");
    assert_eq!((claims, world.sent()), (11, 12));
}

#[tokio::test]
async fn d17_the_logins_of_the_owner_are_limited_and_open_no_more_claims() {
    let world = World::enrolled().await;
    for _ in 0..2 {
        for n in 0..5 {
            world.login_in(&session(&format!("{n}th"))).await;
        }
        world.wait(60 * 60);
    }
    let decision = world.login_as(&world.user, &world.session).await;
    assert!(
        matches!(decision, Decision::Refused(Refusal::SendLimitReached { .. })),
        "{decision:?}"
    );
    let mut claimed = 0;
    for n in 0..12 {
        let stranger = world.user(&format!("{n}"));
        let started = world.enroll_as(&stranger, &session("stranger's"), &world.phone).await;
        claimed += usize::from(matches!(started, Started::Challenged(_)));
        world.wait(600);
    }
    assert_eq!(claimed, 9, "the owner's own enrollment was the first");
}

#[tokio::test]
async fn d17_a_stranger_who_enrolls_the_phone_and_gives_up_does_not_end_its_owners_login() {
    let world = World::enrolled().await;
    let (stranger, elsewhere) = (world.user("mallory"), session("stranger's"));
    let challenge = world.login().await;
    let enrolled = challenged(world.enroll_as(&stranger, &elsewhere, &world.phone).await);
    world.mfa.cancel(&enrolled.id, &elsewhere).await.unwrap();
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn d17_a_stranger_who_uses_up_the_codes_of_a_phone_stops_its_owner_once_at_most() {
    let world = World::enrolled_with(generous()).await;
    let (stranger, elsewhere) = (world.user("mallory"), session("stranger's"));
    let enrolled = challenged(world.enroll_as(&stranger, &elsewhere, &world.phone).await);
    for _ in 0..5 {
        let _ = world.mfa.approve(&enrolled.id, &elsewhere, world.wrong_code()).await.unwrap();
    }
    let decision = world.login_as(&world.user, &world.session).await;
    assert_eq!(decision_code(decision), "send_limit_reached");
    let login = world.login().await;
    assert_granted(world.approve(&login, &world.code()).await);
}

fn decision_code(decision: Decision) -> &'static str {
    match decision {
        Decision::Refused(refusal) => refusal.code(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn d18_a_number_that_was_mistyped_is_replaced_and_never_confirmed() {
    let world = World::new().await;
    let mistyped = world.enroll().await;
    let code = world.code();
    let corrected = challenged(world.enroll_as(&world.user, &world.session, &phone(11)).await);
    assert_refused(world.approve(&mistyped, &code).await, Ended::Superseded);
    let approval = world.approve(&corrected, &world.code_of(&phone(11))).await;
    assert!(matches!(approval, Approval::Enrolled { .. }), "{approval:?}");
    assert_eq!(world.phone().await, Some(phone(11)));
}

#[tokio::test]
async fn d18_another_session_cannot_finish_a_phone_change() {
    let (world, challenge) = half_way().await;
    let code = world.code_of(&phone(11));
    let approval = world.mfa.approve(&challenge.id, &session("stolen"), &code).await.unwrap();
    assert_refused(approval, Ended::Unknown);
    assert_eq!(world.phone().await, Some(world.phone.clone()));
}

/// Table D.1.
#[test]
fn d19_what_looks_like_a_phone_is_read_as_seen_or_refused() {
    let expected = phone(67);
    let read =
        [" +1 415 555 0167\t", "+1 (415) 555-0167", "+1.415.555.0167", "+１４１５５５５０１６７"];
    let read = read.into_iter().chain(["+١٤١٥٥٥٥٠١٦٧"]);
    for text in read {
        assert_eq!(PhoneNumber::parse(text).as_ref(), Ok(&expected), "{text:?}");
    }
    let letters = ["+1415555016l7", "+1415555016l", "+1-800-FLOWERS", "+1415555O167"];
    let extensions = [" ext. 99", ",,,1", ";ext=99", " x99", "#99"];
    let extensions = extensions.map(|extension| format!("+14155550167{extension}"));
    let hidden = ["+1415\u{200b}5550167", "+1415\u{2060}5550167", "+1415\u{ad}5550167"];
    let texts = letters.into_iter().chain(hidden).chain(extensions.iter().map(String::as_str));
    for text in texts {
        let refused = PhoneNumber::parse(text).unwrap_err();
        let kind = matches!(refused, InvalidPhone::Character(_) | InvalidPhone::Extension);
        assert!(kind, "{text:?}: {refused:?}");
    }
    assert_eq!(PhoneNumber::parse("+1 900 234 5678").unwrap().line_type(), LineType::PremiumRate);
}

#[tokio::test]
async fn d20_spellings_of_one_number_share_its_limit() {
    let world = World::with(policy()).await;
    let spellings = ["+1 415 555 0100", "+14155550100", "+1 (415) 555-0100", "tel:+1-415-555-0100"];
    let national = PhoneNumber::parse_in("001 415 555 0100", "DE".parse().unwrap()).unwrap();
    let phones = spellings.map(|text| PhoneNumber::parse(text).unwrap());
    for (n, phone) in phones.into_iter().chain([national]).cycle().take(8).enumerate() {
        let user = world.user(&format!("{n}"));
        let started = world.enroll_as(&user, &session("any"), &phone).await;
        assert_eq!(matches!(started, Started::Challenged(_)), n < 5, "{n}: {started:?}");
    }
}
