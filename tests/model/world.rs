//! Users, a sandbox, and nodes that serve them.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use verify_mfa::{
    Country, Credentials, MfaFlow, PhoneNumber, ServiceSid, UserId, VerifyClient,
    client::{CreateService, Retry},
    flow::{Calls, Countries, Policy, Session, StateKey},
    sandbox::{Behaviour, InjectedFault, Sandbox},
    store::{MemoryState, MemoryUsers, SecurityStamp, UserStore},
};

use crate::{
    chronicle::{Chronicle, Entry},
    gate::Gate,
    history::{Setup, USERS},
    ledger::Ledger,
    stores::{NodeState, NodeUsers},
    trouble::Trouble,
    wire::Wire,
};

/// The first of them belong to the users.
pub(crate) const PHONES: [&str; 5] =
    ["+14155550100", "+14155550101", "+14155550102", "+14155550103", "+14155550104"];

pub(crate) struct World {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) users: MemoryUsers,
    pub(crate) people: Vec<UserId>,
    /// Two for each user.
    pub(crate) sessions: Vec<Session>,
    pub(crate) chronicle: Chronicle,
    pub(crate) enroll_service: Option<ServiceSid>,
    pub(crate) shared_phone: bool,
    pub(crate) wire: Wire,
    state: MemoryState,
    http: reqwest::Client,
    faults: Mutex<Vec<InjectedFault>>,
    ledger: Mutex<Ledger>,
}

/// The rules that all nodes have. Without the limits that span challenges, more can happen.
fn policy() -> Policy {
    let policy = Policy::new(Countries::only([Country::US])).calls(Calls::Always);
    let policy = policy.sends_per_user([]).and_then(|policy| policy.new_phones_per_user([]));
    policy.and_then(|policy| policy.sends_per_phone([])).expect("a policy")
}

impl World {
    pub(crate) async fn new(setup: &Setup) -> Self {
        let behaviour = Behaviour::new().after_max_checks(setup.after_max_checks);
        let sandbox = Sandbox::builder().behaviour(behaviour).seed(7).start().await;
        let sandbox = Arc::new(sandbox.expect("a loopback port"));
        let chronicle = Chronicle::default();
        let user = |number| UserId::new(format!("user {number}")).expect("a user id");
        let people: Vec<_> = (0..USERS).map(user).collect();
        let world = Self {
            wire: Wire::new(Arc::clone(&sandbox), chronicle.clone()).await.expect("a line"),
            state: MemoryState::with_clock(sandbox.clock()),
            users: MemoryUsers::default(),
            sessions: (0..2 * USERS).map(session).collect(),
            enroll_service: if setup.enroll_service { Some(service(&sandbox).await) } else { None },
            shared_phone: setup.shared_phone,
            http: http(),
            faults: Mutex::default(),
            ledger: Mutex::new(Ledger::new(people.clone(), chronicle.clone())),
            sandbox,
            people,
            chronicle,
        };
        world.populate(setup).await;
        world
    }

    async fn populate(&self, setup: &Setup) {
        for (user, enrolled) in setup.enrolled.into_iter().enumerate() {
            let id = &self.people[user];
            self.users.insert(id);
            self.change_password(user);
            if enrolled {
                let stamp = self.users.load(id).await.expect("a store").expect("a user").stamp;
                let phone = phone(self.own_phone(user));
                let saved = self.users.save_phone(id, Some(&phone), &stamp, &stamp).await;
                let _ = saved.expect("a store");
                let phone = Some(phone.as_str().to_owned());
                self.chronicle.note(Entry::Saved { call: usize::MAX, user: id.clone(), phone });
            }
        }
    }

    /// The phone that a user begins with, and comes back to.
    pub(crate) fn own_phone(&self, user: usize) -> usize {
        if self.shared_phone && user == 1 { 0 } else { user }
    }

    pub(crate) fn change_password(&self, user: usize) {
        let stamp = SecurityStamp::random().expect("randomness");
        let user = self.people[user].clone();
        self.users.change_stamp(&user, stamp.clone());
        self.chronicle.note(Entry::Stamped { user, stamp });
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.sandbox.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn inject(&self, trouble: Trouble) {
        let fault = self.sandbox.inject(trouble.fault());
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    pub(crate) fn remove_faults(&self) {
        for fault in self.faults.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            fault.remove();
        }
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of many nodes over the same stores, for one verb.
    pub(crate) fn node(&self, call: usize, gate: &Arc<Gate>) -> MfaFlow {
        let (account, token) = (self.sandbox.account_sid().clone(), self.sandbox.auth_token());
        let client = VerifyClient::builder(Credentials::auth_token(account, token))
            .base_url(&self.wire.url)
            .http_client(self.http.clone())
            .user_agent(format!("call-{call}"))
            .retry(Retry::default().backoff(Duration::ZERO, Duration::ZERO))
            .build()
            .expect("a client");
        let gate = || Arc::clone(gate);
        let (users, chronicle) = (self.users.clone(), self.chronicle.clone());
        let users = NodeUsers { users, chronicle, gate: gate(), call };
        let state = NodeState { state: self.state.clone(), gate: gate() };
        let service = client.service(self.sandbox.service_sid().clone());
        let mfa = MfaFlow::new(service, users, policy())
            .with_state(state, StateKey::new(*b"a key of 32 bytes for the tests!").unwrap());
        match &self.enroll_service {
            Some(sid) => mfa.with_enroll_service(client.service(sid.clone())),
            None => mfa,
        }
    }
}

pub(crate) fn phone(number: usize) -> PhoneNumber {
    PhoneNumber::parse(PHONES[number]).expect("a phone")
}

fn session(number: usize) -> Session {
    Session::new(format!("the secret of session {number}")).expect("a long secret")
}

async fn service(sandbox: &Sandbox) -> ServiceSid {
    let settings = CreateService::new("Enrollment");
    sandbox.client().services().create(&settings).await.expect("a service").sid
}

/// Every request has a connection of its own: what one verb leaves behind is nothing to the next.
fn http() -> reqwest::Client {
    #[cfg(feature = "rustls-ring")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0);
    builder.build().expect("an HTTP client")
}
