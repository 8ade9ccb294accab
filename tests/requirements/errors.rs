//! E2.6: what each of Twilio's codes becomes, row by row. Rows without a code of Twilio's are
//! proved elsewhere: a malformed code by 6, an unknown challenge by 46, a lock by 14, what a step-up
//! is needed for by 22 and 23, a store that fails by 37.

use std::time::Duration;

use verify_mfa::{
    Error,
    flow::{
        Approval, ChannelUnavailable, Decision, Ended, EventKind, Limit, PhoneNotAllowed, Refusal,
    },
    sandbox::{AfterMaxChecks, Behaviour, Fault, Sandbox},
};

use crate::{
    provider::{CHECKS, Provider, STARTS, verification},
    support::{World, assert_refused, challenged, generous, policy, refused, session},
    world::{Told, phone},
};

/// What Twilio's code makes of a start, for a user who has one send.
async fn start(code: u32, status: u16) -> (Provider, Result<Refusal, Error>) {
    let one = generous().sends_per_user([Limit::per_hour(1)]).unwrap();
    let provider = Provider::with(one).await;
    provider.refuses(STARTS, status, code).await;
    let started = provider.enroll().await.map(refused);
    (provider, started)
}

#[track_caller]
fn assert_is(answer: &Result<Refusal, Error>, expected: &Refusal, code: u32) {
    assert!(matches!(answer, Ok(refusal) if refusal == expected), "{code}: {answer:?}");
}

/// The send is counted: there is none left for another phone.
async fn assert_send_spent(provider: &Provider, code: u32) {
    let next = refused(provider.enroll_phone(&phone(11)).await.unwrap());
    assert!(matches!(next, Refusal::SendLimitReached { .. }), "{code}: {next:?}");
}

/// Twilio refuses these because they never could happen.
const NEVER_SENT: [(u32, u16); 6] =
    [(60200, 400), (21211, 400), (60220, 403), (60212, 429), (60202, 429), (60203, 429)];

#[tokio::test]
async fn e26_a_send_that_never_could_happen_is_given_back_as_often_as_the_user_may_send() {
    for (code, status) in NEVER_SENT {
        let (provider, _) = start(code, status).await;
        refused(provider.enroll_phone(&phone(11)).await.unwrap());
        assert_eq!(provider.requests().await.len(), 2, "{code}");
        assert_send_spent(&provider, code).await;
        assert_eq!(provider.requests().await.len(), 2, "{code}");
    }
}

#[tokio::test]
async fn e26_a_call_that_never_could_happen_is_given_back_whole_and_the_text_before_it_is_not() {
    let four = generous().sends_per_user([Limit::per_hour(4)]).unwrap();
    let provider = Provider::with(four.call_when_text_fails(true)).await;
    provider.refuses_channel("sms", 403, 60205).await;
    provider.refuses_channel("call", 429, 60203).await;
    let sent = [(11, "text, call", 2), (12, "text, call", 4), (13, "text", 5), (14, "text", 6)];
    for (end, what, asked) in sent.into_iter().chain([(15, "nothing", 6)]) {
        refused(provider.enroll_phone(&phone(end)).await.unwrap());
        assert_eq!(provider.requests().await.len(), asked, "{what}");
    }
}

#[tokio::test]
async fn e26_only_a_phone_that_does_not_exist_is_given_back_as_an_unconfirmed_one() {
    for (code, status) in NEVER_SENT {
        let one = generous().new_phones_per_user([Limit::per_day(1)]).unwrap();
        let provider = Provider::with(one).await;
        provider.refuses(STARTS, status, code).await;
        for end in [11, 12, 13] {
            refused(provider.enroll_phone(&phone(end)).await.unwrap());
        }
        let asked = if matches!(code, 60200 | 21211) { 3 } else { 1 };
        assert_eq!(provider.requests().await.len(), asked, "{code}");
    }
}

#[tokio::test]
async fn e26_a_phone_that_got_a_code_stays_an_unconfirmed_one() {
    let one = generous().new_phones_per_user([Limit::per_day(1)]).unwrap();
    let (mut provider, challenge) = Provider::challenged_with(one).await;
    provider.mfa.cancel(&challenge.id, &session("only")).await.unwrap();
    // The same session would have to wait.
    provider.session = session("another");
    provider.server.reset().await;
    provider.refuses(STARTS, 400, 60200).await;
    assert_is(&provider.enroll().await.map(refused), &Refusal::InvalidPhone, 60200);
    assert_send_spent(&provider, 60200).await;
}

#[tokio::test]
async fn e26_a_send_that_a_limit_across_users_refuses_is_not_given_back() {
    let policy = generous().sends_per_user([Limit::per_hour(1)]).unwrap();
    let mut world = World::with(policy.sends_per_country([Limit::per_hour(0)]).unwrap()).await;
    let told = Told::by(&mut world);
    for end in [11, 12] {
        refused(world.enroll_as(&world.user, &world.session, &phone(end)).await);
    }
    let limits = told.all().into_iter().filter(|event| event.kind == EventKind::SendLimited);
    let reasons: Vec<_> = limits.filter_map(|event| event.reason).collect();
    assert_eq!(reasons, ["country_claims", "user"]);
}

/// What Twilio's code makes of a check, for a user whom one wrong code locks.
async fn check(code: u32, status: u16) -> (Provider, Result<Approval, Error>) {
    let (provider, challenge) = Provider::challenged_with(policy().hard_lock(1).unwrap()).await;
    provider.refuses(CHECKS, status, code).await;
    let approval = provider.approve(&challenge).await;
    assert!(!provider.is_enrolled().await, "{code}");
    (provider, approval)
}

#[tokio::test]
async fn e26_a_number_that_cannot_be_is_an_invalid_phone() {
    for (code, status) in [(60200, 400), (21211, 400)] {
        assert_is(&start(code, status).await.1, &Refusal::InvalidPhone, code);
    }
}

#[tokio::test]
async fn e26_a_country_that_the_account_may_not_send_to_is_not_allowed() {
    let refusal = Refusal::PhoneNotAllowed { reason: PhoneNotAllowed::Country };
    assert_is(&start(60220, 403).await.1, &refusal, 60220);
}

#[tokio::test]
async fn e26_a_channel_that_does_not_reach_the_phone_is_unavailable_and_the_send_is_spent() {
    let unreachable = [(60205, 403), (60223, 400), (21408, 403), (21612, 400), (21614, 400)];
    let unreachable = unreachable.map(|code| (code, ChannelUnavailable::Unreachable));
    for ((code, status), reason) in
        unreachable.into_iter().chain([((21610, 400), ChannelUnavailable::OptedOut)])
    {
        let (provider, answer) = start(code, status).await;
        assert_is(&answer, &Refusal::ChannelUnavailable { reason }, code);
        assert_send_spent(&provider, code).await;
    }
}

#[tokio::test]
async fn e26_fraud_is_a_block_and_the_send_is_spent() {
    for (code, status) in [(60410, 403), (60605, 403), (30450, 400)] {
        let (provider, answer) = start(code, status).await;
        assert_is(&answer, &Refusal::BlockedByFraudGuard, code);
        assert_send_spent(&provider, code).await;
    }
}

#[tokio::test]
async fn e26_too_many_starts_at_once_ask_for_patience() {
    let world = World::enrolled().await;
    world.sandbox.inject(Fault::error(429, 60212, "Too many concurrent requests").once());
    let decision = world.login_as(&world.user, &world.session).await;
    let retry_at = world.sandbox.now() + Duration::from_secs(30);
    let expected = Refusal::ResendTooSoon { retry_at };
    assert!(matches!(&decision, Decision::Refused(own) if *own == expected), "{decision:?}");
}

#[tokio::test]
async fn e26_used_up_sends_or_checks_at_twilio_say_until_when() {
    // To whoever claims a phone, too many starts at once are no different.
    for code in [60202, 60203, 60212] {
        let answer = start(code, 429).await.1.unwrap();
        assert!(matches!(answer, Refusal::SendLimitReached { .. }), "{answer:?}");
        assert!(answer.retry_at().is_some());
    }
}

#[tokio::test]
async fn e26_a_worthless_code_that_was_sent_again_says_until_when_and_the_send_is_spent() {
    let one = generous().sends_per_user([Limit::per_hour(1)]).unwrap();
    let provider = Provider::with(one).await;
    provider.says(STARTS, 201, verification("max_attempts_reached")).await;
    let answer = refused(provider.enroll().await.unwrap());
    assert!(matches!(answer, Refusal::SendLimitReached { .. }), "{answer:?}");
    assert!(answer.retry_at().is_some());
    assert_send_spent(&provider, 201).await;
}

#[tokio::test]
async fn e26_a_phone_whose_checks_others_used_up_gets_no_challenge_before_they_are_new() {
    let behaviour = Behaviour::new().after_max_checks(AfterMaxChecks::ResendSame);
    let sandbox = Sandbox::builder().behaviour(behaviour).start().await.unwrap();
    let world = World::on(sandbox, generous());
    let stranger = (world.user("mallory"), session("stranger's"));
    let taken = challenged(world.enroll_as(&stranger.0, &stranger.1, &world.phone).await);
    for _ in 0..5 {
        let _ = world.mfa.approve(&taken.id, &stranger.1, world.wrong_code()).await.unwrap();
    }
    let until = world.sandbox.now() + Duration::from_secs(600);
    let answer = refused(world.enroll_as(&world.user, &world.session, &world.phone).await);
    assert_eq!(answer, Refusal::SendLimitReached { until });
    world.wait(600);
    let challenge = world.enroll().await;
    assert!(matches!(world.approve(&challenge, &world.code()).await, Approval::Enrolled { .. }));
}

#[tokio::test]
async fn e26_a_start_that_twilio_could_not_serve_is_an_error_and_the_send_is_spent() {
    let table = [(20429, 429), (20500, 500), (20503, 503), (20502, 502), (20504, 504)];
    for (code, status) in table {
        let (provider, answer) = start(code, status).await;
        let error = answer.unwrap_err();
        assert_eq!(error.is_retryable(), code == 20429, "{error:?}");
        assert_eq!(error.is_ambiguous(), status >= 500, "{error:?}");
        assert!(!error.is_misconfigured(), "{error:?}");
        assert_send_spent(&provider, code).await;
    }
}

/// Credentials, features, PSD2, rate limits, templates, and a service that is not there.
const MISCONFIGURED: [(u32, u16); 7] = [
    (20003, 401),
    (60204, 403),
    (60206, 400),
    (60207, 400),
    (60224, 400),
    (60228, 400),
    (20404, 404),
];

#[tokio::test]
async fn e26_what_only_the_operator_can_fix_is_an_error_that_says_so() {
    for (code, status) in MISCONFIGURED {
        let error = start(code, status).await.1.unwrap_err();
        assert!(error.is_misconfigured() && !error.is_retryable(), "{error:?}");
        assert_eq!(error.code(), Some(code));
    }
}

#[tokio::test]
async fn e26_a_check_under_a_wrong_configuration_costs_neither_a_try_nor_a_failure() {
    for (code, status) in MISCONFIGURED.into_iter().filter(|(code, _)| *code != 20404) {
        let (provider, answer) = check(code, status).await;
        assert!(answer.unwrap_err().is_misconfigured(), "{code}");
        assert!(!provider.is_locked().await, "{code}");
    }
}

#[tokio::test]
async fn e26_a_wrong_code_is_counted_as_a_check_and_as_a_failure() {
    let (provider, challenge) = Provider::challenged_with(policy().hard_lock(2).unwrap()).await;
    provider.says(CHECKS, 200, verification("pending")).await;
    for expected in [4, 3] {
        assert!(!provider.is_locked().await);
        let approval = provider.approve(&challenge).await.unwrap();
        assert!(matches!(approval, Approval::Incorrect { left } if left == expected));
    }
    assert!(provider.is_locked().await);
}

#[tokio::test]
async fn e26_checks_that_are_used_up_exhaust_the_challenge() {
    assert_refused(check(60202, 429).await.1.unwrap(), Ended::Exhausted);
}

#[tokio::test]
async fn e26_a_verification_that_is_gone_is_expired_and_no_failure() {
    let (provider, answer) = check(20404, 404).await;
    assert_refused(answer.unwrap(), Ended::Expired);
    assert!(!provider.is_locked().await);
}

#[tokio::test]
async fn e26_an_unknown_fate_of_a_check_spends_the_attempt_and_is_no_failure() {
    for (code, status) in [(20500, 500), (20503, 503), (20504, 504)] {
        let (provider, answer) = check(code, status).await;
        assert!(answer.unwrap_err().is_ambiguous(), "{code}");
        assert!(!provider.is_locked().await, "{code}");
    }
}

#[tokio::test]
async fn r51_nothing_that_is_answered_holds_twilios_text() {
    let codes = [(60200, 400), (60410, 403), (20003, 401), (20503, 503), (20429, 429)];
    for (code, status) in codes {
        let told = match start(code, status).await.1 {
            Ok(refusal) => format!("{refusal:?} {} {}", refusal.code(), refusal.message()),
            Err(error) => {
                let mut told = format!("{error} {error:?}");
                let mut source = std::error::Error::source(&error);
                while let Some(error) = source {
                    told += &format!(" {error} {error:?}");
                    source = error.source();
                }
                told
            }
        };
        for text in ["Invalid parameter", "5550100"] {
            assert!(!told.contains(text), "{code}: {told}");
        }
    }
}
