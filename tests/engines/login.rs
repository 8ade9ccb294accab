//! A login whose engine fails in the middle.

use verify_mfa::{
    Channel, Country, Error, ManualClock, MfaFlow, PhoneNumber, UserId,
    flow::{Approval, Challenge, Countries, Decision, Login, Policy, Session, Started, StateKey},
    sandbox::Sandbox,
    store::{
        MemoryUsers, StateStore,
        conformance::{Breakable, StateFixture},
    },
};

const PHONE: &str = "+14155550100";

/// A user with a phone, a sandbox, and pending challenges in the engine.
pub(crate) struct World {
    sandbox: Sandbox,
    mfa: MfaFlow,
    user: UserId,
    session: Session,
}

impl World {
    pub(crate) async fn new(state: impl StateStore, clock: ManualClock) -> Self {
        let sandbox = Sandbox::builder().clock(clock).start().await.expect("a loopback port");
        let user = UserId::new("ada").expect("a user id");
        let users = MemoryUsers::default();
        users.insert(&user);
        let policy = Policy::new(Countries::only([Country::US]));
        let mfa = MfaFlow::new(sandbox.service(), users, policy)
            .with_state(state, StateKey::new(*b"a key of 32 bytes for the tests!").unwrap());
        let session = Session::new("the secret of the only session").expect("a long secret");
        let world = Self { sandbox, mfa, user, session };
        world.enroll().await;
        world
    }

    async fn enroll(&self) {
        let phone = PhoneNumber::parse(PHONE).expect("a phone");
        let started = self.mfa.enroll(&self.user, &self.session, &phone, Channel::Sms).await;
        let Ok(Started::Challenged(challenge)) = started else { panic!("{started:?}") };
        let approval = self.approve(&challenge, &self.code()).await;
        assert!(matches!(approval, Ok(Approval::Enrolled { .. })), "{approval:?}");
    }

    pub(crate) async fn try_login(&self) -> Result<Decision, Error> {
        self.mfa.challenge(&self.user, &self.session, Login::new()).await
    }

    pub(crate) async fn login(&self) -> Challenge {
        match self.try_login().await {
            Ok(Decision::Challenged(challenge)) => challenge,
            other => panic!("no challenge but {other:?}"),
        }
    }

    pub(crate) async fn approve(
        &self,
        challenge: &Challenge,
        code: &str,
    ) -> Result<Approval, Error> {
        self.mfa.approve(&challenge.id, &self.session, code).await
    }

    pub(crate) async fn logs_in_with(&self, challenge: &Challenge) {
        let approval = self.approve(challenge, &self.code()).await;
        assert!(matches!(approval, Ok(Approval::LoggedIn(_))), "{approval:?}");
    }

    /// Types a wrong code, and gives how many more may be typed.
    pub(crate) async fn tries_left(&self, challenge: &Challenge) -> u32 {
        let wrong = if self.code() == "000000" { "111111" } else { "000000" };
        match self.approve(challenge, wrong).await {
            Ok(Approval::Incorrect { left }) => left,
            other => panic!("not wrong but {other:?}"),
        }
    }

    /// The code that was sent last.
    pub(crate) fn code(&self) -> String {
        self.sandbox.code_for(PHONE).expect("a message")
    }

    fn sent(&self) -> usize {
        self.sandbox.messages().len()
    }
}

#[track_caller]
pub(crate) fn is_store_error<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(matches!(answer, Err(Error::Store { .. })), "not a store error but {answer:?}");
}

/// Nobody is let in, nothing is sent, and the login begins when the engine is back.
pub(crate) async fn no_login_begins_during_an_outage(
    fixture: &(impl StateFixture + Breakable),
    clock: ManualClock,
) {
    let world = World::new(fixture.store().clone(), clock).await;
    let sent = world.sent();
    fixture.break_it().await;
    is_store_error(world.try_login().await);
    assert_eq!(world.sent(), sent);
    fixture.repair().await;
    let challenge = world.login().await;
    world.logs_in_with(&challenge).await;
}

/// The right code lets nobody in while it cannot be counted, and does when the engine is back.
pub(crate) async fn a_code_during_an_outage_lets_nobody_in_and_works_afterwards(
    fixture: &(impl StateFixture + Breakable),
    clock: ManualClock,
) {
    let world = World::new(fixture.store().clone(), clock).await;
    let challenge = world.login().await;
    let left = world.tries_left(&challenge).await;
    fixture.break_it().await;
    is_store_error(world.approve(&challenge, &world.code()).await);
    fixture.repair().await;
    assert_eq!(world.tries_left(&challenge).await, left - 1);
    world.logs_in_with(&challenge).await;
}
