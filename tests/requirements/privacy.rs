//! 45 to 48 and 51: what is stored, shown and told apart. 44 is in `tests/secrets.rs`.

use std::time::Duration;

use verify_mfa::{
    PhoneNumber,
    flow::{
        Action, Challenge, ChallengeId, ChannelUnavailable, Ended, Limit, PhoneNotAllowed, Refusal,
        Resend, Resent, Session,
    },
    sandbox::Fault,
};

use crate::{
    spy::{Asked, Spy},
    support::{World, assert_refused, challenged, generous, refused, session},
    world::{delete_account, known_codes, phone},
};

/// Enrolls, fails, logs in, sends again, changes the phone: and gives what the state store saw.
async fn everything_stored() -> (World, Vec<Asked>) {
    let (world, spy) = Spy::world(known_codes().await, generous());
    let challenge = world.enroll().await;
    let _ = world.approve(&challenge, "999999").await;
    let _ = world.approve(&challenge, &world.code()).await;
    let challenge = world.login().await;
    world.wait(60);
    world.resend(&challenge, Resend::Call).await.unwrap();
    let _ = world.approve(&challenge, &world.code()).await;
    let _ = world.approve(&world.step_up(delete_account()).await, &world.code()).await;
    let change = world.step_up(Action::ChangePhone(phone(11))).await;
    let changing = world.approve(&change, &world.code()).await;
    let verify_mfa::flow::Approval::Continue(new) = changing else { panic!("{changing:?}") };
    let _ = world.approve(&new, &world.code_of(&phone(11))).await;
    let stored = spy.asked().into_iter().filter(|asked| !asked.operation.ends_with("user"));
    let stored = stored.filter(|asked| asked.operation != "save phone");
    (world, stored.collect())
}

#[track_caller]
fn assert_absent(stored: &[Asked], secret: &str) {
    for Asked { operation, key, bytes } in stored {
        let text = format!("{operation} {key} {}", String::from_utf8_lossy(bytes));
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

#[tokio::test]
async fn r45_no_code_and_no_clear_phone_is_ever_stored() {
    let (world, stored) = everything_stored().await;
    assert!(stored.iter().filter(|asked| asked.operation == "save").count() > 10);
    assert!(stored.iter().any(|asked| asked.key.starts_with("sends:country")));
    let messages = world.sandbox.messages();
    assert_eq!(messages.len(), 6);
    messages.iter().for_each(|message| assert_absent(&stored, message.code.expose_secret()));
    // In digits, in groups, in hexadecimal and in base64, with or without the plus sign.
    let clear = ["4155550100", "4155550111", "5550100", "555-01", "555 01"];
    let hexadecimal = ["34313535353530313030", "34313535353530313131"];
    let base64 = ["KzE0MTU1NTUwMTAw", "MTQxNTU1NTAxMDA", "NDE1NTU1MDEwM", "KzE0MTU1NTUwMTEx"];
    let secrets = [&clear[..], &hexadecimal, &base64].concat();
    secrets.into_iter().for_each(|secret| assert_absent(&stored, secret));
}

#[tokio::test]
async fn r45_a_phone_has_the_same_name_in_all_limits_and_another_under_another_key() {
    let names = |stored: &[Asked]| -> std::collections::BTreeSet<String> {
        let keys = stored.iter().filter(|asked| asked.key.starts_with("sends:claimed_phone"));
        keys.map(|asked| asked.key.clone()).collect()
    };
    let mut seen = Vec::new();
    for first in [7, 7, 8] {
        let policy = verify_mfa::flow::Policy::new(verify_mfa::flow::Countries::any());
        let (mut world, spy) = Spy::world(known_codes().await, policy);
        let key =
            verify_mfa::flow::StateKey::new(std::array::from_fn(|at| first + at as u8)).unwrap();
        world.mfa = world.mfa.clone().with_state(spy.clone(), key);
        world.enroll().await;
        seen.push(names(&spy.asked()));
    }
    assert_eq!((seen[0].len(), &seen[0]), (2, &seen[1]));
    assert!(seen[0].is_disjoint(&seen[2]));
}

/// What the verbs answer about an id, and how often they ask the stores.
async fn answers(world: &World, spy: &Spy, id: &str, own: &Session) -> usize {
    let id = ChallengeId::from(id);
    spy.asked();
    assert_refused(world.mfa.approve(&id, own, "123456").await.unwrap(), Ended::Unknown);
    let approving = spy.asked().len();
    for how in [Resend::Same, Resend::Call] {
        let resent = world.mfa.resend(&id, own, how).await.unwrap();
        assert!(matches!(resent, Resent::Refused(Refusal::Ended(Ended::Unknown))), "{resent:?}");
    }
    assert_eq!(spy.asked().len(), 2 * approving);
    world.mfa.cancel(&id, own).await.unwrap();
    assert_eq!(world.mfa.pending(&id, own).await.unwrap(), None);
    assert_eq!(spy.asked().len(), 2 * approving);
    approving
}

#[tokio::test]
async fn r46_a_foreign_an_unknown_and_a_malformed_id_are_answered_alike() {
    let (world, spy) = Spy::world(known_codes().await, generous());
    world.replace_phone(&world.user, &world.phone).await;
    let challenge = world.login().await;
    let foreign = challenge.id.as_str().to_owned();
    let same_record = format!("{}{}", &foreign[..32], "0".repeat(32));
    let long = "a".repeat(100_000);
    let malformed = ["", "nonsense", "💥", "../../etc/passwd", "' OR 1=1 --", "\0", long.as_str()];
    let unknown = ["0".repeat(64), "f".repeat(64), foreign.to_uppercase(), foreign.repeat(2)];
    let asked = world.asked();
    let stranger = session("stranger's");
    let once = answers(&world, &spy, &foreign, &stranger).await;
    for id in malformed.into_iter().chain(unknown.iter().map(String::as_str)) {
        assert_eq!(answers(&world, &spy, id, &world.session).await, once, "{id:.70}");
    }
    assert_eq!(answers(&world, &spy, &same_record, &world.session).await, once);
    assert_eq!((once, world.asked()), (1, asked));
}

#[tokio::test]
async fn r47_enrolling_a_phone_answers_alike_whether_or_not_somebody_has_it() {
    let mut seen = Vec::new();
    for owned in [false, true] {
        let (world, spy) = Spy::world(known_codes().await, generous());
        if owned {
            world.user_with("owner", &phone(21)).await;
        }
        let started = world.enroll_as(&world.user, &world.session, &phone(21)).await;
        let challenge = challenged(started);
        let asked = spy.asked().iter().map(|asked| asked.operation).collect::<Vec<_>>();
        let Challenge { masked_phone, channel, expires_at, next_resend_at, checks_left, .. } =
            challenge;
        seen.push((masked_phone, channel, expires_at, next_resend_at, checks_left, asked));
    }
    assert_eq!(seen[0], seen[1]);
}

/// What somebody hears who enrolls a phone, and for how long that holds.
async fn refused_enrollment(world: &World) -> (&'static str, Duration) {
    let refusal = refused(world.enroll_as(&world.user, &world.session, &phone(21)).await);
    let wait = refusal.retry_at().unwrap().duration_since(world.sandbox.now());
    (refusal.code(), wait.unwrap())
}

#[tokio::test]
async fn r47_a_phone_whose_owner_uses_up_twilios_limits_answers_like_one_with_our_own_limit() {
    let once = [Limit::new(1, Duration::from_secs(600))];
    let limited = World::with(generous().sends_per_phone(once).unwrap()).await;
    let stranger = limited.user("mallory");
    challenged(limited.enroll_as(&stranger, &session("another"), &phone(21)).await);
    let expected = refused_enrollment(&limited).await;
    for code in [60202, 60203, 60212] {
        let world = World::with(generous()).await;
        world.sandbox.inject(Fault::error(429, code, "Too many").once());
        assert_eq!(refused_enrollment(&world).await, expected, "{code}");
    }
}

#[test]
fn r48_a_masked_phone_shows_the_calling_code_and_two_digits_at_most() {
    for end in 0..100 {
        let phone = phone(end);
        assert_eq!(phone.masked(), format!("+1 *** *** **{end:02}"));
    }
    for number in ["+254700111222", "+4930123456", "+2908123", "+999123456789"] {
        let masked = PhoneNumber::from_e164(number).unwrap().masked();
        let digits = masked.chars().filter(char::is_ascii_digit).count();
        assert!(digits <= 3 + 2, "{masked}");
    }
}

#[tokio::test]
async fn r48_a_challenge_shows_the_masked_phone_and_prints_no_id() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    assert_eq!(challenge.masked_phone, "+1 *** *** **00");
    let printed = format!("{challenge:?}");
    assert!(!printed.contains(challenge.id.as_str()) && !printed.contains("555"), "{printed}");
}

#[test]
fn r51_every_refusal_has_a_stable_code_of_its_own_and_a_sentence() {
    let time = std::time::SystemTime::UNIX_EPOCH;
    let not_allowed = |reason| Refusal::PhoneNotAllowed { reason };
    let unavailable = |reason| Refusal::ChannelUnavailable { reason };
    let refusals = [
        (Refusal::InvalidPhone, "invalid_phone"),
        (not_allowed(PhoneNotAllowed::Country), "country_not_allowed"),
        (not_allowed(PhoneNotAllowed::LineType), "line_type_not_allowed"),
        (not_allowed(PhoneNotAllowed::Risk), "phone_at_risk"),
        (unavailable(ChannelUnavailable::Unreachable), "channel_unavailable"),
        (unavailable(ChannelUnavailable::OptedOut), "opted_out"),
        (unavailable(ChannelUnavailable::Unsupported), "channel_unsupported"),
        (unavailable(ChannelUnavailable::CallLimit), "call_limit_reached"),
        (unavailable(ChannelUnavailable::CallsNotAllowed), "calls_not_allowed"),
        (Refusal::BlockedByFraudGuard, "blocked_by_fraud_guard"),
        (Refusal::ResendTooSoon { retry_at: time }, "resend_too_soon"),
        (Refusal::SendLimitReached { until: time }, "send_limit_reached"),
        (Refusal::MalformedCode { digits: 6 }, "malformed_code"),
        (Refusal::Locked { until: None }, "locked"),
        (Ended::AlreadyApproved.into(), "already_approved"),
        (Ended::Expired.into(), "expired"),
        (Ended::Exhausted.into(), "exhausted"),
        (Ended::Superseded.into(), "superseded"),
        (Ended::Canceled.into(), "canceled"),
        (Ended::Unknown.into(), "unknown"),
        (Refusal::AlreadyEnrolled, "already_enrolled"),
        (Refusal::NotEnrolled, "not_enrolled"),
        (Refusal::StepUpRequired, "step_up_required"),
        (Refusal::NoticeRequired, "notice_required"),
    ];
    for (refusal, code) in refusals {
        assert_eq!(refusal.code(), code);
        assert!(refusal.message().ends_with('.'), "{code}: {}", refusal.message());
    }
}
