//! A login with a second factor ends in a grant only with the right code.

use verify_mfa::{
    BoxError, Channel, Error, MfaFlow, NextPath, PhoneNumber, UserId,
    flow::{Approval, Decision, Ended, Login, Method},
    store::{PhoneUpdate, SecurityStamp, UserFactors, UserStore},
};

use crate::support::{World, assert_granted, assert_refused, granted, policy, session};

#[tokio::test]
async fn without_a_phone_the_first_factor_is_enough() {
    let world = World::new().await;
    let decision = world.mfa.challenge(&world.user, &world.session, Login::new()).await.unwrap();
    let Decision::NotEnrolled(grant) = decision else { panic!("{decision:?}") };
    assert_eq!((grant.user(), grant.method()), (&world.user, &Method::FirstFactor));
}

#[tokio::test]
async fn the_right_code_gives_a_grant_with_what_was_asked_for_at_the_beginning() {
    let world = World::enrolled().await;
    let next = NextPath::parse("/profile").unwrap();
    let login = Login::new().next(next.clone()).remember(true);
    let decision = world.mfa.challenge(&world.user, &world.session, login).await.unwrap();
    let Decision::Challenged(challenge) = decision else { panic!("{decision:?}") };
    let grant = granted(world.approve(&challenge, &world.code()).await);
    assert_eq!(grant.user(), &world.user);
    assert_eq!(grant.method(), &Method::Code(Channel::Sms));
    assert_eq!((grant.next(), grant.remember()), (Some(&next), true));
    let factors = world.users.load(&world.user).await.unwrap().unwrap();
    assert_eq!(grant.stamp(), &factors.stamp);
}

#[tokio::test]
async fn a_login_can_be_challenged_by_a_call() {
    let world = World::enrolled().await;
    let login = Login::new().channel(Channel::Call);
    let decision = world.mfa.challenge(&world.user, &world.session, login).await.unwrap();
    assert!(
        matches!(decision, Decision::Challenged(challenge) if challenge.channel == Channel::Call)
    );
    assert_eq!(world.sandbox.messages().last().unwrap().channel, Channel::Call);
}

#[tokio::test]
async fn a_user_that_the_store_does_not_have_is_an_error_and_not_a_login() {
    let world = World::new().await;
    let stranger = UserId::new("nobody").unwrap();
    let answer = world.mfa.challenge(&stranger, &world.session, Login::new()).await;
    assert!(matches!(answer, Err(Error::Store { .. })), "{answer:?}");
}

struct BrokenUsers;

#[async_trait::async_trait]
impl UserStore for BrokenUsers {
    async fn load(&self, _: &UserId) -> Result<Option<UserFactors>, BoxError> {
        Err("the database is down".into())
    }

    async fn save_phone(
        &self,
        _: &UserId,
        _: Option<&PhoneNumber>,
        _: &SecurityStamp,
        _: &SecurityStamp,
    ) -> Result<PhoneUpdate, BoxError> {
        Err("the database is down".into())
    }
}

#[tokio::test]
async fn a_store_that_fails_lets_nobody_in() {
    let world = World::new().await;
    let mfa = MfaFlow::new(world.sandbox.service(), BrokenUsers, policy());
    let answer = mfa.challenge(&world.user, &world.session, Login::new()).await;
    assert!(matches!(answer, Err(Error::Store { .. })), "{answer:?}");
}

#[tokio::test]
async fn another_session_gets_another_code_and_ends_the_first_challenge() {
    let world = World::enrolled().await;
    let first = world.login().await;
    let first_code = world.code();
    let second_session = session("second");
    let second = world.login_in(&second_session).await;
    assert_ne!(world.code(), first_code);
    assert_refused(world.approve(&first, &world.code()).await, Ended::Superseded);
    let approval = world.mfa.approve(&second.id, &second_session, &world.code()).await.unwrap();
    assert_granted(approval);
}

#[tokio::test]
async fn a_challenge_of_another_session_is_unknown() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let thief = session("stolen");
    let approval = world.mfa.approve(&challenge.id, &thief, &world.code()).await.unwrap();
    assert_refused(approval, Ended::Unknown);
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn a_code_of_one_user_is_worth_nothing_to_another() {
    let world = World::enrolled().await;
    let attacker = UserId::new("mallory").unwrap();
    world.users.insert(&attacker);
    let phone = PhoneNumber::parse("+14155550166").unwrap();
    let victim = world.login().await;
    let started = world.mfa.enroll(&attacker, &world.session, &phone, Channel::Sms).await;
    crate::support::challenged(started.unwrap());
    let code = world.sandbox.code_for(phone.as_str()).unwrap();
    let approval = world.approve(&victim, &code).await;
    assert!(matches!(approval, Approval::Incorrect { left: 4 }), "{approval:?}");
}

#[tokio::test]
async fn a_password_change_ends_a_challenge_that_began_before() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    world.users.change_stamp(&world.user, SecurityStamp::new("after the password change"));
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Canceled);
}

#[tokio::test]
async fn a_password_change_while_enrolling_saves_no_phone() {
    let world = World::new().await;
    let challenge = world.enroll().await;
    world.users.change_stamp(&world.user, SecurityStamp::new("after the password change"));
    assert_refused(world.approve(&challenge, &world.code()).await, Ended::Canceled);
    assert_eq!(world.phone().await, None);
}

#[tokio::test]
async fn a_canceled_challenge_approves_nothing() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let code = world.code();
    world.mfa.cancel(&challenge.id, &world.session).await.unwrap();
    assert_refused(world.approve(&challenge, &code).await, Ended::Canceled);
}
