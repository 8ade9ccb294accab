//! Everything that the crate says while it works, at the most talkative level, tells nobody's
//! secrets.

use std::{
    error::Error,
    fmt::Debug,
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use futures_util::StreamExt;
use tracing_subscriber::{filter::LevelFilter, fmt::format::FmtSpan};
use verify_mfa::{
    Channel, Code, Credentials, MfaFlow, PhoneNumber, ServiceClient, UserId, VerifyClient,
    client::{CreateService, CreateVerification, CreateVerificationCheck, Retry, UpdateService},
    flow::{
        Action, Approval, Calls, Challenge, Countries, Decision, Login, Policy, Resend,
        SecurityEvent, Session, Started, StateKey,
    },
    sandbox::{Fault, Sandbox},
    store::{MemoryState, MemoryUsers},
};

const PHONE: &str = "+14155550100";

/// What was logged by this process, and what was printed of every value and error.
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
    /// Spans with their fields and events of `tracing`, and records of `log`.
    fn everything() -> Self {
        static SAID: OnceLock<Said> = OnceLock::new();
        SAID.get_or_init(|| {
            let said = Self::default();
            let writer = said.clone();
            tracing_subscriber::fmt()
                .with_max_level(LevelFilter::TRACE)
                .with_span_events(FmtSpan::FULL)
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .init();
            log::set_boxed_logger(Box::new(said.clone())).unwrap();
            log::set_max_level(log::LevelFilter::Trace);
            said
        })
        .clone()
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

impl log::Log for Said {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        writeln!(self.clone(), "{} {}", record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
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
        let key = said.value(StateKey::new(*b"a key of 32 bytes for the tests!").unwrap());
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
    assert!(matches!(world.approve(&challenge).await, Some(Approval::Enrolled { .. })));

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

/// Every operation of the client, by SID and by phone. Some fail: it is about what they say.
async fn every_operation(said: &mut Said, service: &ServiceClient, code: &str) {
    let services = service.client();
    let phone = PhoneNumber::parse(PHONE).unwrap();
    let verifications = service.verifications();
    let start = said.value(CreateVerification::new(&phone, Channel::Sms));
    let started = said.result(verifications.create(&start).await);
    let check = CreateVerificationCheck::new(&phone).code(&Code::parse(code).unwrap());
    let check = said.value(check);
    said.result(service.verification_checks().create(&check).await);
    said.result(verifications.fetch(&phone).await);
    said.result(verifications.approve(&phone).await);
    said.result(verifications.cancel(&phone).await);
    if let Some(started) = started {
        said.result(verifications.fetch(started.sid).await);
    }
    let create = said.value(CreateService::new("Example Shop"));
    let created = said.result(services.services().create(&create).await);
    let page = said.result(services.services().list(Some(1)).await);
    if let Some(page) = page {
        said.result(page.next_page().await);
    }
    for listed in services.services().stream().collect::<Vec<_>>().await {
        said.result(listed);
    }
    said.result(service.fetch().await);
    said.result(service.update(&UpdateService::new().code_length(7)).await);
    let sid = created.map_or_else(|| service.sid().clone(), |created| created.sid);
    said.result(services.service(sid).delete().await);
}

#[tokio::test]
async fn no_operation_of_the_client_says_a_phone_a_code_or_a_secret_whatever_happens() {
    let mut said = Said::everything();
    let code = "918273645";
    let mut tokens = Vec::new();
    for fault in [
        None,
        Some(Fault::drop_before()),
        Some(Fault::drop_after()),
        Some(Fault::truncated_body()),
        Some(Fault::html(502)),
        Some(Fault::too_many_requests()),
        Some(Fault::too_many_requests().retry_after(Duration::from_secs(60))),
        Some(Fault::error(400, 60200, &format!("Invalid parameter `To`: {PHONE}, {code}"))),
        Some(Fault::error(500, 20500, &format!("{PHONE} {code}"))),
        Some(Fault::reply(200, format!(r#"{{"sid": "{PHONE}", "to": "{code}"}}"#))),
        Some(Fault::reply(404, format!("{PHONE} {code}"))),
        Some(Fault::reply(400, format!(r#"{{"code": {code}, "message": "{code}"}}"#))),
        Some(Fault::fraud_block()),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        if let Some(fault) = fault {
            said.value(sandbox.inject(fault));
        }
        let token = sandbox.auth_token().to_owned();
        let credentials = Credentials::auth_token(sandbox.account_sid().clone(), &*token);
        let retry = Retry::default().backoff(Duration::ZERO, Duration::ZERO);
        let client = VerifyClient::builder(credentials).base_url(sandbox.base_url()).retry(retry);
        let client = said.value(said.clone().value(client).build().unwrap());
        let service = client.service(sandbox.service_sid().clone());
        every_operation(&mut said, &service, code).await;
        tokens.push(token);
    }
    let text = String::from_utf8_lossy(&said.0.lock().unwrap()).into_owned();
    for operation in ["CreateVerificationCheck", "DeleteService", "ListServices"] {
        assert!(text.contains(&format!("rpc.method={operation}")), "{operation}");
    }
    let tokens = tokens.iter().map(String::as_str);
    for secret in tokens.chain(["4155550100", "415-555-0100", code]) {
        said.does_not_hold(secret);
    }
}
