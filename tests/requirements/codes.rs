//! 1 to 9: the code and the life of a challenge. 8 is in `provider.rs`.

use std::time::Duration;

use futures_util::future::join_all;
use verify_mfa::{
    Code, Error, MfaFlow, Operation, ServiceClient,
    client::CreateService,
    flow::{Action, Approval, Challenge, Ended, Refusal, Resend, Session},
    sandbox::{Fault, Sandbox},
};

use crate::{
    support::{World, assert_granted, assert_refused, challenged, generous, policy, session},
    world::{assert_nothing, enrolled_on, known_codes, phone},
};

#[tokio::test]
async fn r01_a_code_after_ten_minutes_is_expired_without_asking_twilio() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let (code, asked) = (world.code(), world.asked());
    world.wait(600);
    assert_refused(world.approve(&challenge, &code).await, Ended::Expired);
    assert_eq!(world.asked(), asked);
}

#[tokio::test]
async fn r01_a_code_just_before_ten_minutes_counts() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(599);
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn r01_a_shorter_life_ends_before_twilio_ends_the_code() {
    let policy = generous().lifetime(Duration::from_secs(120)).unwrap();
    let world = World::enrolled_with(policy).await;
    let challenge = world.login().await;
    world.wait(60);
    world.resend(&challenge, Resend::Same).await.unwrap();
    world.wait(60);
    let asked = world.asked();
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Expired);
    assert_eq!(world.asked(), asked);
}

#[tokio::test]
async fn r02_neither_a_resend_nor_a_call_moves_the_expiry() {
    let world = World::enrolled_with(generous()).await;
    let challenge = world.login().await;
    for how in [Resend::Same, Resend::Same, Resend::Call, Resend::Call] {
        world.wait(120);
        let again = world.resend(&challenge, how).await.unwrap();
        assert_eq!(again.expires_at, challenge.expires_at, "{how:?}");
    }
    world.wait(120);
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Expired);
}

#[tokio::test]
async fn r03_a_double_submit_of_a_code_that_worked_says_so() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let code = world.code();
    assert_granted(world.approve(&challenge, &code).await);
    assert_refused(world.approve(&challenge, &code).await, Ended::AlreadyApproved);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r03_thirty_two_tasks_with_the_right_code_get_one_grant() {
    let world = World::enrolled().await;
    let (challenge, code) = (world.login().await, world.code());
    let tasks = (0..32).map(|_| {
        let (mfa, id, code) = (world.mfa.clone(), challenge.id.clone(), world.code());
        let session = world.session.clone();
        tokio::spawn(async move { mfa.approve(&id, &session, &code).await })
    });
    let answers = join_all(tasks).await;
    let granted = |answer: &&_| matches!(answer, Ok(Ok(Approval::LoggedIn(_))));
    assert_eq!(answers.iter().filter(granted).count(), 1);
    assert_nothing(&world.approve(&challenge, &code).await);
}

#[test]
fn r04_short_codes_and_long_lives_are_an_error() {
    let seconds = Duration::from_secs;
    for weak in [0, 4, 5, 11].map(|digits| policy().code_length(digits)) {
        assert!(matches!(weak, Err(Error::Configuration { .. })), "{weak:?}");
    }
    let weak = policy().lifetime(seconds(601));
    assert!(matches!(weak, Err(Error::Configuration { .. })), "{weak:?}");
    policy().code_length(6).and_then(|policy| policy.lifetime(seconds(600))).unwrap();
}

/// A service whose codes have so many digits.
async fn service_with(sandbox: &Sandbox, digits: u8) -> ServiceClient {
    let service = CreateService::new("Another").code_length(digits);
    let service = sandbox.client().services().create(&service).await.unwrap();
    sandbox.client().service(service.sid)
}

#[tokio::test]
async fn r04_a_service_with_codes_of_another_length_is_told_when_the_application_starts() {
    let world = World::new().await;
    world.mfa.check_configuration().await.unwrap();
    let other = service_with(&world.sandbox, 8).await;
    let login = MfaFlow::new(other.clone(), world.users.clone(), policy());
    let enroll = world.mfa.clone().with_enroll_service(other.clone());
    for wrong in [login, enroll] {
        let error = wrong.check_configuration().await.unwrap_err();
        assert!(matches!(error, Error::Configuration { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("8 digits") && text.contains('6') && error.is_misconfigured());
    }
    let eight = policy().code_length(8).unwrap();
    let right = MfaFlow::new(other.clone(), world.users.clone(), eight);
    right.with_enroll_service(other).check_configuration().await.unwrap();
    assert_eq!(world.sent(), 0);
}

#[tokio::test]
async fn r04_a_service_that_is_missing_or_closed_to_us_is_told_when_the_application_starts() {
    let world = World::new().await;
    let gone = service_with(&world.sandbox, 6).await;
    gone.delete().await.unwrap();
    let flow = world.mfa.clone().with_enroll_service(gone);
    let error = flow.check_configuration().await.unwrap_err();
    assert_eq!((error.status(), error.code()), (Some(404), Some(20404)));
    world.sandbox.inject(Fault::error(401, 20003, "Authenticate").once());
    let error = world.mfa.check_configuration().await.unwrap_err();
    assert!(error.is_misconfigured(), "{error:?}");
}

#[tokio::test]
async fn r05_leading_zeros_survive() {
    let codes = ["000001", "012345"].map(|code| Code::parse(code).unwrap());
    let world = World::on(Sandbox::builder().codes(codes).start().await.unwrap(), policy());
    let challenge = world.enroll().await;
    assert_nothing(&world.approve(&challenge, "1").await);
    assert!(matches!(world.approve(&challenge, "000001").await, Approval::Enrolled { .. }));
    let challenge = world.login().await;
    assert_nothing(&world.approve(&challenge, "12345").await);
    assert_granted(world.approve(&challenge, "012345").await);
}

#[tokio::test]
async fn r06_what_cannot_be_a_code_is_neither_counted_nor_sent() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let asked = world.asked();
    let empty = ["", " ", "------"];
    let lengths = ["1", "12345", "1234567", "1234567890"];
    let digits = ["12345l", "0x1234", "12.345", "+12345", "123456;", "１２３４５６", "١٢٣٤٥٦"];
    let hidden = ["12345\u{200b}6", "\u{feff}123456", "12345\0", "1234\r\n56", "123\u{a0}456"];
    for text in [&empty[..], &lengths, &digits, &hidden].concat() {
        assert_refused(world.approve(&challenge, text).await, Refusal::MalformedCode { digits: 6 });
    }
    assert_eq!(world.asked(), asked);
    let approval = world.approve(&challenge, world.wrong_code()).await;
    assert!(matches!(approval, Approval::Incorrect { left: 4 }), "{approval:?}");
}

#[tokio::test]
async fn r06_every_well_formed_wrong_code_is_counted() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    for expected in [4, 3, 2, 1] {
        let approval = world.approve(&challenge, world.wrong_code()).await;
        assert!(matches!(approval, Approval::Incorrect { left } if left == expected));
    }
    assert_refused(world.approve(&challenge, world.wrong_code()).await, Ended::Exhausted);
    let asked = world.asked();
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Exhausted);
    assert_eq!(world.asked(), asked);
}

/// A challenge with the code that was sent for it.
struct Begun {
    challenge: Challenge,
    session: Session,
    code: String,
}

/// Two challenges that differ in one thing.
async fn two(world: &World, varied: &str) -> [Begun; 2] {
    let begun = |challenge, session: &Session, code| {
        let session = session.clone();
        Begun { challenge, session, code }
    };
    let (own, second) = (&world.session, session("second"));
    if varied == "phone" {
        let [one, other] = [phone(21), phone(22)];
        let (grace, alan) = (world.user("grace"), world.user("alan"));
        let first = challenged(world.enroll_as(&grace, own, &one).await);
        let other_one = challenged(world.enroll_as(&alan, own, &other).await);
        return [(first, one), (other_one, other)]
            .map(|(challenge, phone)| begun(challenge, own, world.code_of(&phone)));
    }
    let first = begun(world.login().await, own, world.code());
    let other = match varied {
        "user" => {
            let grace = world.user("grace");
            let challenge = challenged(world.enroll_as(&grace, own, &phone(21)).await);
            begun(challenge, own, world.code_of(&phone(21)))
        }
        "purpose" => begun(world.step_up(Action::Disable).await, own, world.code()),
        _ => begun(world.login_in(&second).await, &second, world.code()),
    };
    [first, other]
}

#[tokio::test]
async fn r07_a_code_is_bound_to_the_request_that_caused_it() {
    for varied in ["user", "purpose", "session", "phone"] {
        let world = enrolled_on(known_codes().await, generous()).await;
        let [one, other] = two(&world, varied).await;
        assert_ne!(one.code, other.code, "{varied}");
        for (begun, code) in [(&one, &other.code), (&other, &one.code)] {
            let answer = world.mfa.approve(&begun.challenge.id, &begun.session, code).await;
            assert_nothing(&answer.unwrap());
        }
        let right = world.mfa.approve(&other.challenge.id, &other.session, &other.code).await;
        let right = right.unwrap();
        assert!(!matches!(right, Approval::Incorrect { .. } | Approval::Refused(_)), "{right:?}");
    }
}

#[tokio::test]
async fn r07_a_challenge_of_another_session_is_unknown() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let approval = world.mfa.approve(&challenge.id, &session("stolen"), &world.code()).await;
    assert_refused(approval.unwrap(), Ended::Unknown);
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn r09_starting_again_in_the_same_session_sends_nothing() {
    let world = World::new().await;
    let first = world.enroll().await;
    let second = world.enroll().await;
    assert_eq!((first.id, world.sent()), (second.id, 1));
}

#[tokio::test]
async fn r09_many_starts_at_once_send_one_message() {
    let world = World::new().await;
    let challenges = join_all((0..8).map(|_| world.enroll())).await;
    assert!(challenges.iter().all(|challenge| challenge.id == challenges[0].id));
    assert_eq!(world.sent(), 1);
}

#[tokio::test]
async fn r09_another_session_gets_another_code_and_ends_the_first_challenge() {
    let world = World::enrolled().await;
    let first = world.login().await;
    let first_code = world.code();
    let second_session = session("second");
    let second = world.login_in(&second_session).await;
    assert_eq!(world.count(Operation::UpdateVerification), 1, "it was not canceled at Twilio");
    assert_ne!(world.code(), first_code);
    assert_refused(world.approve(&first, &world.code()).await, Ended::Superseded);
    let approval = world.mfa.approve(&second.id, &second_session, &world.code()).await.unwrap();
    assert_granted(approval);
}
