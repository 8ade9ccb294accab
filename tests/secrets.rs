//! Everything that the crate says while it works, at the most talkative level, tells nobody's
//! secrets.

use std::{
    error::Error,
    fmt::Debug,
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use verify_mfa::{
    Channel, Credentials, MfaFlow, PhoneNumber, UserId, VerifyClient,
    flow::{
        Action, Approval, Calls, Challenge, Countries, Decision, Login, Policy, Resend,
        SecurityEvent, Session, Started, StateKey,
    },
    sandbox::{Fault, Sandbox},
    store::{MemoryState, MemoryUsers},
};

const PHONE: &str = "+14155550100";

/// What was logged, and what was printed of every value and error.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Said {
    fn everything() -> Self {
        let said = Self::default();
        let writer = said.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        said
    }

    /// Prints a value in every way that there is.
    fn value<T: Debug>(&mut self, value: T) -> T {
        writeln!(self, "{value:?} {value:#?}").unwrap();
        value
    }

    fn result<T: Debug>(&mut self, result: Result<T, verify_mfa::Error>) -> Option<T> {
        match self.value(result) {
            Ok(value) => Some(value),
            Err(error) => {
                let mut cause: Option<&dyn Error> = Some(&error);
                while let Some(error) = cause {
                    writeln!(self, "{error} {error:?}").unwrap();
                    cause = error.source();
                }
                None
            }
        }
    }

    #[track_caller]
    fn does_not_hold(&self, secret: &str) {
        let said = String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned();
        let line = said.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is in: {}", line.unwrap_or_default());
    }
}

struct World {
    said: Said,
    sandbox: Sandbox,
    mfa: MfaFlow,
    user: UserId,
    session: Session,
    codes: Vec<String>,
}

impl World {
    async fn new() -> Self {
        let mut said = Said::everything();
        let sandbox = said.value(Sandbox::start().await.unwrap());
        let users = MemoryUsers::default();
        let user = UserId::new("ada").unwrap();
        users.insert(&user);
        let policy = Policy::new(Countries::any()).calls(Calls::Always).sends_per_phone([]);
        let policy = said.value(policy.unwrap());
        let state = said.value(MemoryState::with_clock(sandbox.clock()));
        let key = said.value(StateKey::new([7; 32]));
        let heard = Mutex::new(said.clone());
        let mfa = MfaFlow::new(sandbox.service(), users, policy)
            .with_state(state, key)
            .with_events(move |event: &SecurityEvent| {
                heard.lock().unwrap().value(event);
            });
        let mfa = said.value(mfa);
        let session = Session::new("the-secret-of-the-session").unwrap();
        let session = said.value(session.caller([192, 0, 2, 1].into()));
        Self { said, sandbox, mfa, user, session, codes: Vec::new() }
    }

    async fn enroll(&mut self) -> Option<Challenge> {
        let phone = self.said.value(PhoneNumber::parse(PHONE).unwrap());
        let started = self.mfa.enroll(&self.user, &self.session, &phone, Channel::Sms).await;
        match self.said.result(started)? {
            Started::Challenged(challenge) => Some(challenge),
            Started::Refused(_) => None,
        }
    }

    async fn login(&mut self) -> Option<Challenge> {
        let decision = self.mfa.challenge(&self.user, &self.session, Login::new()).await;
        match self.said.result(decision)? {
            Decision::Challenged(challenge) => Some(challenge),
            _ => None,
        }
    }

    async fn disable(&mut self) -> Option<Challenge> {
        let (user, session) = (&self.user, &self.session);
        let started = self.mfa.step_up(user, session, Action::Disable, Channel::Call).await;
        match self.said.result(started)? {
            Started::Challenged(challenge) => Some(challenge),
            Started::Refused(_) => None,
        }
    }

    async fn approve(&mut self, challenge: &Challenge) -> Option<Approval> {
        let code = self.sandbox.code_for(PHONE).unwrap();
        self.codes.push(code.clone());
        let wrong = self.mfa.approve(&challenge.id, &self.session, "000000").await;
        self.said.result(wrong);
        let right = self.mfa.approve(&challenge.id, &self.session, &code).await;
        self.said.result(right)
    }
}

#[tokio::test]
async fn r44_nothing_that_is_said_holds_a_phone_a_code_or_a_secret() {
    let mut world = World::new().await;
    let challenge = world.enroll().await.unwrap();
    world.sandbox.advance(Duration::from_secs(60));
    let resent = world.mfa.resend(&challenge.id, &world.session, Resend::Call).await;
    world.said.result(resent);
    assert!(matches!(world.approve(&challenge).await, Some(Approval::Enrolled)));

    let challenge = world.login().await.unwrap();
    assert!(matches!(world.approve(&challenge).await, Some(Approval::LoggedIn(_))));

    for fault in
        [Fault::drop_after(), Fault::html(503), Fault::fraud_block(), Fault::truncated_body()]
    {
        world.said.value(world.sandbox.inject(fault.once()));
        if let Some(challenge) = world.login().await {
            world.approve(&challenge).await;
            world.mfa.cancel(&challenge.id, &world.session).await.unwrap();
        }
        world.sandbox.advance(Duration::from_secs(600));
    }

    let status = world.mfa.status(&world.user).await;
    world.said.result(status);
    let challenge = world.disable().await.unwrap();
    let pending = world.mfa.pending(&challenge.id, &world.session).await;
    world.said.result(pending).flatten().unwrap();
    assert!(matches!(world.approve(&challenge).await, Some(Approval::Disabled { .. })));

    let token = world.sandbox.auth_token();
    let credentials = Credentials::auth_token(world.sandbox.account_sid().clone(), token);
    let client =
        VerifyClient::builder(world.said.value(credentials)).base_url("http://127.0.0.1:1");
    let unreachable = world.said.value(client).build().unwrap();
    let service = unreachable.service(world.sandbox.service_sid().clone());
    let phone = PhoneNumber::parse(PHONE).unwrap();
    let fetched = service.verifications().fetch(&phone).await;
    world.said.result(fetched);

    assert!(world.said.0.lock().unwrap().len() > 10_000, "too little was said to mean anything");
    for code in &world.codes {
        world.said.does_not_hold(code);
    }
    for secret in ["4155550100", "415-555-0100", token, "the-secret-of-the-session", "192.0.2.1"] {
        world.said.does_not_hold(secret);
    }
}
