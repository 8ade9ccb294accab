//! What an attacker, a clumsy person or a second user does in a world.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use verify_mfa::{
    Channel, Code, MfaFlow, Operation, PhoneNumber, UserId,
    flow::{
        Action, Approval, Challenge, Decision, Ended, EventKind, Login, Policy, Refusal, Resend,
        Resent, SecurityEvent, Session, Started,
    },
    sandbox::{Fault, Sandbox},
    store::{PhoneUpdate, SecurityStamp, UserStore},
};

use crate::support::{World, assert_refused, challenged};

pub(crate) const DAY: u64 = 24 * 60 * 60;

/// +1 415 555 01`end`.
pub(crate) fn phone(end: u8) -> PhoneNumber {
    PhoneNumber::parse(&format!("+1 415 555 01{end:02}")).expect("a phone")
}

pub(crate) fn delete_account() -> Action {
    Action::Other("delete-account".into())
}

/// A sandbox with codes that are easy to tell from other text and from each other.
pub(crate) async fn known_codes() -> Sandbox {
    let codes = (0..20).map(|n| Code::parse(&format!("4815{:02}", 16 + n)).expect("a code"));
    Sandbox::builder().codes(codes).start().await.expect("a loopback port")
}

impl World {
    /// One more user, without a phone.
    pub(crate) fn user(&self, name: &str) -> UserId {
        let user = UserId::new(name).expect("a user id");
        self.users.insert(&user);
        user
    }

    /// One more user, with a phone.
    pub(crate) async fn user_with(&self, name: &str, phone: &PhoneNumber) -> UserId {
        let user = self.user(name);
        self.replace_phone(&user, phone).await;
        user
    }

    /// As support does: the flow is not asked.
    pub(crate) async fn replace_phone(&self, user: &UserId, phone: &PhoneNumber) {
        let stamp = self.stamp(user).await;
        let next = SecurityStamp::random().expect("randomness");
        let saved = self.users.save_phone(user, Some(phone), &stamp, &next).await;
        assert_eq!(saved.expect("the store"), PhoneUpdate::Saved);
    }

    pub(crate) async fn stamp(&self, user: &UserId) -> SecurityStamp {
        self.users.load(user).await.expect("the store").expect("the user").stamp
    }

    pub(crate) fn change_password(&self) {
        let stamp = SecurityStamp::random().expect("randomness");
        self.users.change_stamp(&self.user, stamp);
    }

    /// The code that was sent last to a phone.
    pub(crate) fn code_of(&self, phone: &PhoneNumber) -> String {
        self.sandbox.code_for(phone).expect("a message")
    }

    pub(crate) async fn step_up(&self, action: Action) -> Challenge {
        let started = self.mfa.step_up(&self.user, &self.session, action, Channel::Sms).await;
        challenged(started.expect("an answer"))
    }

    pub(crate) async fn enroll_as(
        &self,
        user: &UserId,
        session: &Session,
        phone: &PhoneNumber,
    ) -> Started {
        let started = self.mfa.enroll(user, session, phone, Channel::Sms).await;
        started.expect("an answer")
    }

    pub(crate) async fn login_as(&self, user: &UserId, session: &Session) -> Decision {
        self.mfa.challenge(user, session, Login::new()).await.expect("an answer")
    }

    pub(crate) async fn resend(
        &self,
        challenge: &Challenge,
        how: Resend,
    ) -> Result<Challenge, Refusal> {
        match self.mfa.resend(&challenge.id, &self.session, how).await.expect("an answer") {
            Resent::Sent(challenge) => Ok(challenge),
            Resent::Refused(refusal) => Err(refusal),
        }
    }

    pub(crate) async fn cancel(&self, challenge: &Challenge) {
        self.mfa.cancel(&challenge.id, &self.session).await.expect("an answer");
    }

    /// How often Twilio was asked about a code.
    pub(crate) fn checks(&self) -> usize {
        self.count(Operation::CreateVerificationCheck)
    }

    pub(crate) fn count(&self, operation: Operation) -> usize {
        let requests = self.sandbox.requests();
        requests.iter().filter(|request| request.operation == Some(operation)).count()
    }

    /// Wrong codes in challenge after challenge, as often as they are checked.
    pub(crate) async fn fail(&self, times: u32) {
        self.fail_at(&self.mfa, &self.session, times).await;
    }

    pub(crate) async fn fail_at(&self, node: &MfaFlow, session: &Session, times: u32) {
        for _ in 0..times {
            let decision = node.challenge(&self.user, session, Login::new()).await;
            let Ok(Decision::Challenged(challenge)) = decision else { panic!("{decision:?}") };
            let approval = node.approve(&challenge.id, session, self.wrong_code()).await;
            match (challenge.checks_left, approval.expect("an answer")) {
                (1, approval) => assert_refused(approval, Ended::Exhausted),
                (_, Approval::Incorrect { .. }) => {}
                (_, approval) => panic!("{approval:?}"),
            }
        }
    }

    /// How long the user is locked; `None` for good.
    pub(crate) async fn lock(&self) -> Option<Duration> {
        let decision = self.login_as(&self.user, &self.session).await;
        let Decision::Refused(refusal) = decision else { panic!("not locked: {decision:?}") };
        let Refusal::Locked { until } = refusal else { panic!("not locked: {refusal:?}") };
        assert_eq!(refusal.retry_at(), until);
        until.map(|until| until.duration_since(self.sandbox.now()).expect("a time to come"))
    }

    pub(crate) async fn is_locked(&self) -> bool {
        self.mfa.status(&self.user).await.expect("an answer").locked.is_some()
    }
}

/// A world on this sandbox whose user has a phone.
pub(crate) async fn enrolled_on(sandbox: Sandbox, policy: Policy) -> World {
    let world = World::on(sandbox, policy);
    let challenge = world.enroll().await;
    let approval = world.approve(&challenge, &world.code()).await;
    assert!(matches!(approval, Approval::Enrolled { .. }), "{approval:?}");
    world
}

/// What was told, in order.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<SecurityEvent>>>);

impl Told {
    pub(crate) fn by(world: &mut World) -> Self {
        let told = Self::default();
        let events = told.clone();
        let sink = move |event: &SecurityEvent| events.0.lock().unwrap().push(event.clone());
        world.mfa = world.mfa.clone().with_events(sink);
        told
    }

    pub(crate) fn all(&self) -> Vec<SecurityEvent> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn kinds(&self) -> Vec<EventKind> {
        self.all().iter().map(|event| event.kind).collect()
    }

    pub(crate) fn count(&self, kind: EventKind) -> usize {
        self.kinds().into_iter().filter(|own| *own == kind).count()
    }

    #[track_caller]
    pub(crate) fn only(&self, kind: EventKind) -> SecurityEvent {
        let all = self.all();
        let mut found = all.iter().filter(|event| event.kind == kind);
        match (found.next(), found.next()) {
            (Some(event), None) => event.clone(),
            _ => panic!("not exactly one {kind:?} in {all:#?}"),
        }
    }
}

/// Nothing was given: no grant, no change, no step-up.
#[track_caller]
pub(crate) fn assert_nothing(approval: &Approval) {
    assert!(matches!(approval, Approval::Incorrect { .. } | Approval::Refused(_)), "{approval:?}");
}

/// Twilio's answer when a text message cannot reach a phone.
pub(crate) fn landline() -> Fault {
    Fault::error(403, 60205, "SMS is not supported by landline phone number")
}
