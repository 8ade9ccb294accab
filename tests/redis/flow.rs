//! Redis fails in the middle of a login: nobody gets in by it, and the next login works.

use verify_mfa::{
    Channel, Country, Error, MfaFlow, PhoneNumber, UserId,
    flow::{Approval, Challenge, Countries, Decision, Login, Policy, Session, Started, StateKey},
    sandbox::Sandbox,
    store::{MemoryUsers, RedisState, conformance::Breakable},
};

use crate::{
    support::{HOUR, Keys, ThroughProxy},
    unreliable::{Loss, Outage},
};

/// A challenge and an approval each load, save what they are about to do, and save what came of it.
const COMMANDS: usize = 3;
const PHONE: &str = "+14155550100";

struct World {
    sandbox: Sandbox,
    state: RedisState,
    mfa: MfaFlow,
    user: UserId,
}

impl World {
    /// A user with a phone.
    async fn over(state: RedisState) -> Self {
        let sandbox = Sandbox::start().await.expect("a loopback port");
        let (users, user) = (MemoryUsers::default(), UserId::new("ada").expect("a user id"));
        users.insert(&user);
        let mfa = MfaFlow::new(sandbox.service(), users, generous()).with_state(
            state.clone(),
            StateKey::new(*b"a key of 32 bytes for the tests!").unwrap(),
        );
        let world = Self { sandbox, state, mfa, user };
        world.enroll().await;
        world
    }

    async fn enroll(&self) {
        let (session, phone) = (session("enroll"), PhoneNumber::parse(PHONE).expect("a phone"));
        let started = self.mfa.enroll(&self.user, &session, &phone, Channel::Sms).await;
        let Ok(Started::Challenged(challenge)) = started else { panic!("{started:?}") };
        let approval = self.approve(&challenge, &session).await;
        assert!(matches!(approval, Ok(Approval::Enrolled { .. })), "{approval:?}");
        self.pause();
    }

    async fn challenge(&self, session: &Session) -> Result<Decision, Error> {
        self.mfa.challenge(&self.user, session, Login::new()).await
    }

    async fn login(&self, session: &Session) -> Challenge {
        match self.challenge(session).await {
            Ok(Decision::Challenged(challenge)) => challenge,
            other => panic!("no challenge but {other:?}"),
        }
    }

    /// With the code that was sent last.
    async fn approve(&self, challenge: &Challenge, session: &Session) -> Result<Approval, Error> {
        let code = self.sandbox.code_for(PHONE).expect("a message");
        self.mfa.approve(&challenge.id, session, &code).await
    }

    /// A login from beginning to end, later.
    async fn lets_ada_in(&self, name: &str) {
        self.pause();
        let session = session(name);
        let challenge = self.login(&session).await;
        let approval = self.approve(&challenge, &session).await;
        assert!(matches!(approval, Ok(Approval::LoggedIn(_))), "{name}: {approval:?}");
    }

    fn pause(&self) {
        self.sandbox.advance(HOUR);
        self.state.advance(HOUR);
    }
}

/// Without the limits that many logins of one user would meet.
fn generous() -> Policy {
    let policy = Policy::new(Countries::only([Country::US]));
    let unlimited = policy.sends_per_user([]).and_then(|policy| policy.sends_per_phone([]));
    unlimited.expect("a policy")
}

fn session(name: &str) -> Session {
    Session::new(format!("the secret of the session {name}")).expect("a long secret")
}

#[tokio::test]
async fn an_outage_during_a_challenge_sends_nothing_and_the_login_works_after_it() {
    let fixture = ThroughProxy::new().await;
    let world = World::over(fixture.store.clone()).await;
    let sent = world.sandbox.messages().len();
    fixture.break_it().await;
    let decision = world.challenge(&session("login")).await;
    assert!(matches!(decision, Err(Error::Store { .. })), "{decision:?}");
    assert_eq!(world.sandbox.messages().len(), sent);
    fixture.repair().await;
    world.lets_ada_in("login").await;
}

#[tokio::test]
async fn an_outage_during_an_approval_grants_nothing_and_the_same_code_works_after_it() {
    let fixture = ThroughProxy::new().await;
    let world = World::over(fixture.store.clone()).await;
    let session = session("login");
    let challenge = world.login(&session).await;
    fixture.break_it().await;
    let approval = world.approve(&challenge, &session).await;
    assert!(matches!(approval, Err(Error::Store { .. })), "{approval:?}");
    fixture.repair().await;
    let approval = world.approve(&challenge, &session).await;
    assert!(matches!(approval, Ok(Approval::LoggedIn(_))), "{approval:?}");
}

#[tokio::test]
async fn an_outage_at_any_command_of_a_challenge_is_an_error_and_the_next_login_works() {
    for loss in [Loss::Request, Loss::Reply] {
        let keys = Keys::new();
        let (world, outage) = breakable(&keys, loss).await;
        for commands in 0.. {
            let name = format!("{loss:?} of command {commands}");
            outage.break_after(commands);
            let decision = world.challenge(&session(&name)).await;
            if !outage.repair() {
                assert!(COMMANDS <= commands, "only {commands} commands were asked");
                break;
            }
            assert!(matches!(decision, Err(Error::Store { .. })), "{name}: {decision:?}");
            world.lets_ada_in(&format!("{name}, later")).await;
        }
    }
}

#[tokio::test]
async fn an_outage_at_any_command_of_an_approval_grants_nothing_and_the_next_login_works() {
    for loss in [Loss::Request, Loss::Reply] {
        let keys = Keys::new();
        let (world, outage) = breakable(&keys, loss).await;
        for commands in 0.. {
            let name = format!("{loss:?} of command {commands}");
            let session = session(&name);
            let challenge = world.login(&session).await;
            outage.break_after(commands);
            let approval = world.approve(&challenge, &session).await;
            if !outage.repair() {
                assert!(COMMANDS <= commands, "only {commands} commands were asked");
                break;
            }
            assert!(matches!(approval, Err(Error::Store { .. })), "{name}: {approval:?}");
            world.lets_ada_in(&format!("{name}, later")).await;
            world.pause();
        }
    }
}

async fn breakable(keys: &Keys, loss: Loss) -> (World, Outage) {
    let connection = keys.client.get_multiplexed_async_connection().await;
    let outage = Outage::new(connection.expect("a Redis that answers"), loss);
    let store = RedisState::new(outage.clone()).prefix(&keys.prefix);
    (World::over(store).await, outage)
}
