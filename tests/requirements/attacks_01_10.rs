//! D1 to D10: somebody else's code, and other ways around it. Probes that a tutorial's application
//! fails are marked.

use futures_util::future::join_all;
use verify_mfa::{
    Channel,
    flow::{Action, Approval, Decision, Ended, Login, Refusal, Resend},
    sandbox::Sandbox,
};

use crate::{
    spy::Spy,
    support::{
        World, assert_granted, assert_refused, challenged, generous, granted, policy, refused,
        session,
    },
    world::{assert_nothing, phone},
};

/// Probe 1: the victim's password and a code that was sent to the attacker's own phone.
#[tokio::test]
async fn d01_a_code_sent_to_the_attackers_phone_does_not_log_in_as_the_victim() {
    let world = World::enrolled().await;
    let (attacker, browser) = (world.user("mallory"), session("attacker's"));
    let own = challenged(world.enroll_as(&attacker, &browser, &phone(66)).await);
    let code = world.code_of(&phone(66));
    let victims = world.login_in(&browser).await;
    assert_nothing(&world.mfa.approve(&victims.id, &browser, &code).await.unwrap());
    let approval = world.mfa.approve(&own.id, &browser, &code).await.unwrap();
    assert!(matches!(approval, Approval::Enrolled { .. }), "{approval:?}");
    assert_eq!(world.phone().await, Some(world.phone.clone()), "the victim's phone changed");
}

/// Probe 2: a second login in a browser whose session still knows the first one, as the tutorial's
/// does after a logout too.
#[tokio::test]
async fn d01_a_second_login_in_the_same_session_is_of_its_own_user() {
    let world = World::enrolled().await;
    let attacker = world.user_with("mallory", &phone(66)).await;
    let victims = world.login().await;
    let Decision::Challenged(own) = world.login_as(&attacker, &world.session).await else {
        panic!("no challenge")
    };
    let code = world.code_of(&phone(66));
    assert_nothing(&world.approve(&victims, &code).await);
    assert_eq!(granted(world.approve(&own, &code).await).user(), &attacker);
}

#[tokio::test]
async fn d02_a_code_that_was_sent_to_log_in_does_not_switch_two_factor_login_off() {
    let world = World::enrolled().await;
    let login = world.login().await;
    let login_code = world.code();
    let stolen = session("stolen full");
    let started = world.mfa.step_up(&world.user, &stolen, Action::Disable, Channel::Sms).await;
    let disable = challenged(started.unwrap());
    assert_ne!(world.code(), login_code);
    let approval = world.mfa.approve(&disable.id, &stolen, &login_code).await.unwrap();
    assert!(matches!(approval, Approval::Incorrect { .. }), "{approval:?}");
    assert_refused(world.approve(&login, &login_code).await, Ended::Superseded);
}

#[tokio::test]
async fn d02_a_code_for_one_action_does_not_serve_another_in_the_same_session() {
    let world = World::enrolled().await;
    let harmless = world.step_up(Action::Other("export-data".into())).await;
    let code = world.code();
    let disable = world.step_up(Action::Disable).await;
    assert_ne!(harmless.id, disable.id);
    assert_refused(world.approve(&harmless, &code).await, Ended::Superseded);
    let approval = world.approve(&disable, &code).await;
    assert!(matches!(approval, Approval::Incorrect { .. }), "{approval:?}");
}

#[tokio::test]
async fn d03_a_user_with_a_phone_gets_no_grant_without_its_code_whatever_is_called() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.wait(60);
    world.resend(&challenge, Resend::Same).await.unwrap();
    assert_nothing(&world.approve(&challenge, world.wrong_code()).await);
    world.cancel(&challenge).await;
    assert_nothing(&world.approve(&challenge, &world.code()).await);
    for n in 0..20 {
        let decision = world.login_as(&world.user, &session(&format!("{n}th"))).await;
        assert!(!matches!(decision, Decision::NotEnrolled(_)), "{decision:?}");
    }
}

#[tokio::test]
async fn d04_a_store_that_fails_lets_nobody_in() {
    let (world, spy) = Spy::world(Sandbox::start().await.unwrap(), policy());
    spy.fail_for("ada");
    let answer = world.mfa.challenge(&world.user, &world.session, Login::new()).await;
    assert!(matches!(answer, Err(verify_mfa::Error::Store { .. })), "{answer:?}");
}

/// Probe 3: the tutorial's application switches off what a stolen session asks it to.
#[tokio::test]
async fn d05_a_stolen_session_does_not_switch_two_factor_login_off() {
    let world = World::enrolled().await;
    let disable = world.step_up(Action::Disable).await;
    assert!(world.phone().await.is_some());
    for _ in 0..5 {
        assert_nothing(&world.approve(&disable, world.wrong_code()).await);
    }
    assert_nothing(&world.approve(&disable, &world.code()).await);
    assert!(world.mfa.is_enrolled(&world.user).await.unwrap());
    world.wait(600);
    let approval = world.approve(&world.step_up(Action::Disable).await, &world.code()).await;
    assert!(matches!(approval, Approval::Disabled { .. }), "{approval:?}");
    assert!(!world.mfa.is_enrolled(&world.user).await.unwrap());
}

#[tokio::test]
async fn d05_without_a_phone_there_is_nothing_to_switch_off() {
    let world = World::new().await;
    let started =
        world.mfa.step_up(&world.user, &world.session, Action::Disable, Channel::Sms).await;
    assert_eq!(refused(started.unwrap()), Refusal::NotEnrolled);
}

#[tokio::test]
async fn d06_somebody_with_the_password_cannot_enroll_a_phone_beside_the_live_one() {
    let world = World::enrolled().await;
    let asked = world.asked();
    for phone in [world.phone.clone(), phone(66)] {
        let started = world.enroll_as(&world.user, &session("attacker's"), &phone).await;
        assert_eq!(refused(started), Refusal::AlreadyEnrolled);
    }
    assert_eq!(world.asked(), asked);
}

#[tokio::test]
async fn d06_an_enrollment_that_began_before_the_live_phone_is_worth_nothing_after_it() {
    let world = World::new().await;
    let browser = session("attacker's");
    let attackers = challenged(world.enroll_as(&world.user, &browser, &phone(66)).await);
    let code = world.code_of(&phone(66));
    let own = world.approve(&world.enroll().await, &world.code()).await;
    assert!(matches!(own, Approval::Enrolled { .. }), "{own:?}");
    assert_nothing(&world.mfa.approve(&attackers.id, &browser, &code).await.unwrap());
    assert_eq!(world.phone().await, Some(world.phone.clone()));
}

/// Probe 4: the tutorial's application limits neither the guesses nor their time (which is 1).
#[tokio::test]
async fn d07_with_all_that_starts_again_a_day_has_twenty_guesses() {
    let world = World::enrolled_with(generous()).await;
    let before = world.checks();
    for minute in 0..24 * 60 {
        let session = session(&format!("minute {minute}"));
        if let Decision::Challenged(challenge) = world.login_as(&world.user, &session).await {
            let code = world.wrong_code();
            let _ = world.mfa.approve(&challenge.id, &session, code).await;
        }
        world.wait(60);
    }
    assert_eq!(world.checks() - before, 20);
}

#[tokio::test]
async fn d08_a_client_that_goes_back_to_an_older_page_does_not_get_its_tries_back() {
    let world = World::enrolled().await;
    let page = world.login().await;
    for left in [4, 3, 2, 1] {
        let copy = page.clone();
        assert_eq!(copy.checks_left, 5);
        let approval = world.approve(&copy, world.wrong_code()).await;
        assert!(matches!(approval, Approval::Incorrect { left: own } if own == left));
    }
    assert_refused(world.approve(&page, world.wrong_code()).await, Ended::Exhausted);
}

#[tokio::test]
async fn d09_a_code_that_worked_works_for_no_later_challenge() {
    let world = World::enrolled().await;
    let code = {
        let challenge = world.login().await;
        let code = world.code();
        assert_granted(world.approve(&challenge, &code).await);
        code
    };
    let next = world.login().await;
    assert_ne!(world.code(), code);
    assert_nothing(&world.approve(&next, &code).await);
    assert_granted(world.approve(&next, &world.code()).await);
}

#[tokio::test]
async fn d10_a_password_change_between_the_right_code_and_the_grant_means_no_grant() {
    let (world, spy) = Spy::world(Sandbox::start().await.unwrap(), generous());
    world.replace_phone(&world.user, &world.phone).await;
    let challenge = world.login().await;
    let (users, user) = (world.users.clone(), world.user.clone());
    let stamp = verify_mfa::store::SecurityStamp::random().unwrap();
    spy.before_save("AlreadyApproved", move || users.change_stamp(&user, stamp.clone()));
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Canceled);
}

#[tokio::test]
async fn d10_two_nodes_that_check_one_code_at_once_give_one_grant() {
    let (world, spy) = Spy::world(Sandbox::start().await.unwrap(), generous());
    world.replace_phone(&world.user, &world.phone).await;
    let (challenge, code) = (world.login().await, world.code());
    let nodes: Vec<_> = (0..8).map(|_| spy.node(&world, generous())).collect();
    let checks = nodes.iter().map(|node| node.approve(&challenge.id, &world.session, &code));
    let answers = join_all(checks).await;
    let grants = answers.iter().filter(|answer| matches!(answer, Ok(Approval::LoggedIn(_))));
    assert_eq!(grants.count(), 1);
}
