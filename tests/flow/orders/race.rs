//! One user, one challenge, and what races for it.

use std::pin::Pin;

use verify_mfa::{
    Channel, MfaFlow, Operation,
    flow::{Action, Challenge, ChallengeId, Login, Resend, Session, StateKey},
    store::{MemoryState, PhoneUpdate, SecurityStamp, UserStore},
};

use super::{
    gate::{Act, Gate},
    gated::{GatedState, GatedUsers, gated_client},
    told::Told,
};
use crate::support::{World, challenged, policy};

pub(super) type Racer = Pin<Box<dyn Future<Output = Told> + Send>>;

/// What the code is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum For {
    Login,
    Disable,
}

pub(super) struct Race {
    /// Its own flow waits at no gate.
    pub(super) world: World,
    pub(super) challenge: Challenge,
    pub(super) code: String,
    pub(super) gate: Gate,
    gated: MfaFlow,
    asked_before: usize,
}

impl Race {
    pub(super) async fn new() -> Self {
        let (world, gate) = (World::new().await, Gate::default());
        let gated = MfaFlow::new(
            gated_client(&world.sandbox, &gate).service(world.sandbox.service_sid().clone()),
            GatedUsers { gate: gate.clone(), users: world.users.clone() },
            policy(),
        );
        let (challenge, code) = (world.enroll().await, String::new());
        Self { world, challenge, code, gate, gated, asked_before: 0 }
    }

    /// Forgets everything, and challenges the user anew.
    pub(super) async fn restart(&mut self, purpose: For) {
        self.world.sandbox.reset();
        self.gate.reset();
        self.forget_state();
        self.forget_users().await;
        let World { mfa, user, session, .. } = &self.world;
        self.challenge = match purpose {
            For::Login => self.world.login().await,
            For::Disable => {
                let begun = mfa.step_up(user, session, Action::Disable, Channel::Sms).await;
                challenged(begun.expect("an answer"))
            }
        };
        self.code = self.world.code();
        self.asked_before = self.world.asked();
    }

    fn forget_state(&mut self) {
        let state = MemoryState::with_clock(self.world.sandbox.clock());
        let key = || StateKey::new(*b"a key of 32 bytes for the tests!").unwrap();
        self.world.mfa = self.world.mfa.clone().with_state(state.clone(), key());
        let state = GatedState { gate: self.gate.clone(), state };
        self.gated = self.gated.clone().with_state(state, key());
    }

    async fn forget_users(&self) {
        let World { users, user, phone, .. } = &self.world;
        users.insert(user);
        let (none, stamp) = (SecurityStamp::new(""), first_stamp());
        let saved = users.save_phone(user, Some(phone), &none, &stamp).await;
        assert_eq!(saved.expect("the store"), PhoneUpdate::Saved);
    }

    pub(super) fn approve(&self, code: &str) -> Racer {
        let (mfa, id, session) = self.verb();
        let code = code.to_owned();
        Box::pin(async move { mfa.approve(&id, &session, &code).await.into() })
    }

    pub(super) fn cancel(&self) -> Racer {
        let (mfa, id, session) = self.verb();
        Box::pin(async move { mfa.cancel(&id, &session).await.into() })
    }

    pub(super) fn resend(&self) -> Racer {
        let (mfa, id, session) = self.verb();
        Box::pin(async move { mfa.resend(&id, &session, Resend::Same).await.into() })
    }

    pub(super) fn log_in(&self, session: &Session) -> Racer {
        let (mfa, session) = (self.gated.clone(), session.clone());
        let user = self.world.user.clone();
        Box::pin(async move { mfa.challenge(&user, &session, Login::new()).await.into() })
    }

    fn verb(&self) -> (MfaFlow, ChallengeId, Session) {
        (self.gated.clone(), self.challenge.id.clone(), self.world.session.clone())
    }

    /// One step, which changes the stamp.
    pub(super) fn change_password(&self) -> Racer {
        let (gate, users) = (self.gate.clone(), self.world.users.clone());
        let user = self.world.user.clone();
        Box::pin(async move {
            gate.wait(Act::SaveUser).await;
            gate.note(Act::SaveUser);
            users.change_stamp(&user, SecurityStamp::new("after the password change"));
            Told::Done
        })
    }

    /// What somebody is told who comes with `code` when the race is over.
    pub(super) async fn afterwards(&self, code: &str) -> Told {
        let World { mfa, session, .. } = &self.world;
        mfa.approve(&self.challenge.id, session, code).await.into()
    }

    /// How many codes Twilio was asked about.
    pub(super) fn checked(&self) -> usize {
        let requests = self.world.sandbox.requests();
        let check = Some(Operation::CreateVerificationCheck);
        requests.iter().filter(|request| request.operation == check).count()
    }

    /// When `who` first did `act`.
    pub(super) fn first(&self, who: usize, act: Act) -> Option<usize> {
        self.gate.done().iter().position(|done| *done == (who, act))
    }

    /// When `who` last did `act`.
    pub(super) fn last(&self, who: usize, act: Act) -> Option<usize> {
        self.gate.done().iter().rposition(|done| *done == (who, act))
    }

    /// When `who` saved what Twilio answered: with the first save after asking.
    pub(super) fn settled(&self, who: usize) -> Option<usize> {
        let (asked, done) = (self.first(who, Act::AskTwilio)?, self.gate.done());
        let after = done.iter().skip(asked).position(|done| *done == (who, Act::SaveState));
        after.map(|after| asked + after)
    }

    /// A request that did not wait at the gate would be in no order at all.
    pub(super) fn assert_gated(&self) {
        let done = self.gate.done();
        let asked = done.iter().filter(|(_, act)| *act == Act::AskTwilio).count();
        assert_eq!(self.world.asked() - self.asked_before, asked);
    }
}

/// A failed test tells in which order it failed.
impl Drop for Race {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("it failed in the order {:?}", self.gate.done());
        }
    }
}

/// The stamp under which the challenge begins.
pub(super) fn first_stamp() -> SecurityStamp {
    SecurityStamp::new("before the race")
}
