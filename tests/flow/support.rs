//! One user, one sandbox, one clock.

use std::time::Duration;

use verify_mfa::{
    Channel, Country, MfaFlow, PhoneNumber, UserId,
    flow::{
        Approval, Challenge, Countries, Decision, Login, LoginGrant, Policy, Refusal, Session,
        Started, StateKey,
    },
    sandbox::Sandbox,
    store::{MemoryState, MemoryUsers, UserStore},
};

pub(crate) const PHONE: &str = "+14155550100";

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) users: MemoryUsers,
    pub(crate) mfa: MfaFlow,
    pub(crate) user: UserId,
    pub(crate) session: Session,
    pub(crate) phone: PhoneNumber,
}

pub(crate) fn policy() -> Policy {
    Policy::new(Countries::only([Country::US]))
}

/// Without the limits that span challenges.
pub(crate) fn generous() -> Policy {
    let unlimited = policy()
        .sends_per_user([])
        .and_then(|policy| policy.new_phones_per_user([]))
        .and_then(|policy| policy.sends_per_phone([]));
    unlimited.expect("a policy")
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(policy()).await
    }

    pub(crate) async fn with(policy: Policy) -> Self {
        Self::on(Sandbox::start().await.expect("a loopback port"), policy)
    }

    pub(crate) fn on(sandbox: Sandbox, policy: Policy) -> Self {
        let users = MemoryUsers::default();
        let user = UserId::new("ada").expect("a user id");
        users.insert(&user);
        let mfa = MfaFlow::new(sandbox.service(), users.clone(), policy).with_state(
            MemoryState::with_clock(sandbox.clock()),
            StateKey::new(*b"a key of 32 bytes for the tests!").unwrap(),
        );
        let phone = PhoneNumber::parse(PHONE).expect("a phone");
        Self { sandbox, users, mfa, user, session: session("first"), phone }
    }

    /// A world whose user has a phone.
    pub(crate) async fn enrolled() -> Self {
        Self::enrolled_with(policy()).await
    }

    pub(crate) async fn enrolled_with(policy: Policy) -> Self {
        let world = Self::with(policy).await;
        let challenge = world.enroll().await;
        let approval = world.approve(&challenge, &world.code()).await;
        assert!(matches!(approval, Approval::Enrolled { .. }), "{approval:?}");
        world
    }

    pub(crate) async fn enroll(&self) -> Challenge {
        let started = self.mfa.enroll(&self.user, &self.session, &self.phone, Channel::Sms).await;
        challenged(started.expect("an answer"))
    }

    pub(crate) async fn login(&self) -> Challenge {
        self.login_in(&self.session).await
    }

    pub(crate) async fn login_in(&self, session: &Session) -> Challenge {
        match self.mfa.challenge(&self.user, session, Login::new()).await.expect("an answer") {
            Decision::Challenged(challenge) => challenge,
            other => panic!("no challenge but {other:?}"),
        }
    }

    pub(crate) async fn approve(&self, challenge: &Challenge, code: &str) -> Approval {
        self.mfa.approve(&challenge.id, &self.session, code).await.expect("an answer")
    }

    /// The code that was sent last.
    pub(crate) fn code(&self) -> String {
        self.sandbox.code_for(PHONE).expect("a message")
    }

    /// A code that was not sent.
    pub(crate) fn wrong_code(&self) -> &'static str {
        if self.code() == "000000" { "111111" } else { "000000" }
    }

    pub(crate) fn sent(&self) -> usize {
        self.sandbox.messages().len()
    }

    pub(crate) fn asked(&self) -> usize {
        self.sandbox.requests().len()
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.sandbox.advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn phone(&self) -> Option<PhoneNumber> {
        self.users.load(&self.user).await.expect("the store").expect("the user").phone
    }
}

pub(crate) fn session(name: &str) -> Session {
    Session::new(format!("the secret of the {name} session")).expect("a long secret")
}

#[track_caller]
pub(crate) fn challenged(started: Started) -> Challenge {
    match started {
        Started::Challenged(challenge) => challenge,
        Started::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

#[track_caller]
pub(crate) fn refused(started: Started) -> Refusal {
    match started {
        Started::Refused(refusal) => refusal,
        Started::Challenged(challenge) => panic!("not refused: {challenge:?}"),
    }
}

#[track_caller]
pub(crate) fn assert_refused(approval: Approval, expected: impl Into<Refusal>) {
    match approval {
        Approval::Refused(refusal) => assert_eq!(refusal, expected.into()),
        other => panic!("not refused but {other:?}"),
    }
}

#[track_caller]
pub(crate) fn granted(approval: Approval) -> LoginGrant {
    match approval {
        Approval::LoggedIn(grant) => grant,
        other => panic!("no grant but {other:?}"),
    }
}

#[track_caller]
pub(crate) fn assert_granted(approval: Approval) {
    drop(granted(approval));
}
