//! Plays a history.

use std::sync::Arc;

use futures_util::future;
use proptest::{prop_assert, test_runner::TestCaseError};
use verify_mfa::{
    Channel, MfaFlow,
    flow::{Action, ChallengeId, Login, Refusal, Resend},
};

use crate::{
    gate::Gate,
    history::{Event, History, Kind, Mishap, Run, Step, Typed, USERS, Verb, Whose},
    ledger::{ACTION, Act, Key, Outcome, Purpose},
    world::{World, phone},
};

pub(crate) type Verdict = Result<(), TestCaseError>;

pub(crate) async fn play(history: &History) -> Verdict {
    let world = World::new(&history.setup).await;
    for step in &history.steps {
        world.take(step).await?;
    }
    world.recover().await
}

impl World {
    async fn take(&self, step: &Step) -> Verdict {
        match step {
            Step::Alone(run) => self.run(run).await,
            Step::Together(runs) => {
                let verdicts = future::join_all(runs.iter().map(|run| self.run(run)));
                verdicts.await.into_iter().collect()
            }
            Step::Guesses { which, times } => {
                for _ in 0..*times {
                    let (which, from, code) = (*which, Whose::Own, Typed::Wrong);
                    self.happen(&Event::Verb(Verb::Approve { which, from, code })).await?;
                }
                Ok(())
            }
            Step::Twilio(trouble) => {
                self.inject(*trouble);
                Ok(())
            }
            Step::Happens(event) => self.happen(event).await,
        }
    }

    async fn happen(&self, event: &Event) -> Verdict {
        match event {
            Event::Seconds(seconds) => self.wait(*seconds),
            Event::PasswordChange { which } => {
                let known = self.pick(*which, Whose::Own);
                if let Some((_, session)) = known {
                    self.change_password(session / 2);
                }
            }
            Event::Verb(verb) => {
                if let Some(act) = self.resolve(verb) {
                    self.act(act).await?;
                }
            }
        }
        Ok(())
    }

    async fn run(&self, run: &Run) -> Verdict {
        let Some(act) = self.resolve(&run.verb) else { return Ok(()) };
        let gate = Arc::new(Gate::new(run.pace, run.mishap.as_ref()));
        let (call, faults) = (self.wire.add(Arc::clone(&gate)), self.sandbox.faults().len());
        let mut verb = Box::pin(self.perform(call, &gate, act));
        let outcome = tokio::select! {
            biased;
            outcome = &mut verb => outcome,
            () = gate.reached() => self.befall(run.mishap.as_ref(), &gate, verb).await?,
        };
        self.finish(call, outcome, &gate, faults)
    }

    /// What happens while the verb stands before a gate.
    async fn befall(
        &self,
        mishap: Option<&Mishap>,
        gate: &Gate,
        verb: impl Future<Output = Outcome>,
    ) -> Result<Outcome, TestCaseError> {
        let Some(Mishap { kind: Kind::Waits(events), .. }) = mishap else {
            drop(verb);
            gate.abandon();
            return Ok(Outcome::Crashed);
        };
        for event in events {
            self.happen(event).await?;
        }
        gate.open();
        Ok(verb.await)
    }

    /// A verb that nothing befalls but what Twilio does.
    async fn act(&self, act: Act) -> Verdict {
        let gate = Arc::new(Gate::default());
        let (call, faults) = (self.wire.add(Arc::clone(&gate)), self.sandbox.faults().len());
        let outcome = self.perform(call, &gate, act).await;
        self.finish(call, outcome, &gate, faults)
    }

    fn finish(&self, call: usize, outcome: Outcome, gate: &Gate, faults: usize) -> Verdict {
        let disturbed = gate.was_struck() || self.sandbox.faults().len() < faults;
        self.ledger().finish(call, outcome, disturbed)
    }

    async fn perform(&self, call: usize, gate: &Arc<Gate>, act: Act) -> Outcome {
        let node = self.node(call, gate);
        self.ledger().begin(call, act.clone(), self.sandbox.now());
        match act {
            Act::Begin(key, channel) => self.begin(&node, &key, channel).await,
            Act::Approve { challenge, session, code } => {
                node.approve(&self.id(challenge), &self.sessions[session], &code).await.into()
            }
            Act::Resend { challenge, session, call } => {
                let how = if call { Resend::Call } else { Resend::Same };
                node.resend(&self.id(challenge), &self.sessions[session], how).await.into()
            }
            Act::Cancel { challenge, session } => {
                node.cancel(&self.id(challenge), &self.sessions[session]).await.into()
            }
            Act::Unlock { user } => node.unlock(&self.people[user]).await.into(),
        }
    }

    async fn begin(&self, node: &MfaFlow, key: &Key, channel: Channel) -> Outcome {
        let (user, session) = (&self.people[key.user], &self.sessions[key.session]);
        let action = match key.purpose {
            Purpose::Login => {
                return node.challenge(user, session, Login::new().channel(channel)).await.into();
            }
            Purpose::Enroll(new) | Purpose::NewPhone(new) => {
                return node.enroll(user, session, &phone(new), channel).await.into();
            }
            Purpose::Disable => Action::Disable,
            Purpose::ChangePhone(new) => Action::ChangePhone(phone(new)),
            Purpose::Other => Action::Other(ACTION.to_owned()),
        };
        node.step_up(user, session, action, channel).await.into()
    }

    fn id(&self, challenge: usize) -> ChallengeId {
        self.ledger().challenges[challenge].id.clone()
    }

    /// When everything works again and all locks are over, everybody gets in with the right code.
    async fn recover(&self) -> Verdict {
        self.remove_faults();
        self.wait(LOCKED);
        for user in 0..USERS {
            self.wait(EXPIRED);
            if self.chronicle.phone_at(&self.people[user], usize::MAX).is_none() {
                let phone = self.own_phone(user);
                self.get_in(user, Verb::Enroll { user, session: 0, phone, call: false }).await?;
                self.wait(EXPIRED);
            }
            self.get_in(user, Verb::Challenge { user, session: 0, call: false }).await?;
        }
        Ok(())
    }

    async fn get_in(&self, user: usize, beginning: Verb) -> Verdict {
        let begin = Event::Verb(beginning);
        self.happen(&begin).await?;
        let is_shut_out = |outcome: &Outcome| {
            matches!(outcome, Outcome::Refused(Refusal::Locked { until: None }))
        };
        if self.last_outcome(is_shut_out) {
            self.act(Act::Unlock { user }).await?;
            self.happen(&begin).await?;
        }
        let is_challenged = self.last_outcome(|outcome| matches!(outcome, Outcome::Challenged(_)));
        prop_assert!(is_challenged, "user {user} cannot begin");
        let (which, from, code) = (0, Whose::Own, Typed::Right);
        self.happen(&Event::Verb(Verb::Approve { which, from, code })).await?;
        let is_granted = self.last_outcome(|outcome| matches!(outcome, Outcome::Granted(_)));
        prop_assert!(is_granted, "user {user} does not get in with the right code");
        Ok(())
    }

    fn last_outcome(&self, is: impl Fn(&Outcome) -> bool) -> bool {
        let ledger = self.ledger();
        ledger.calls.last().and_then(|call| call.outcome.as_ref()).is_some_and(is)
    }
}

/// Longer than any lock and any window of a limit.
const LOCKED: u64 = 2 * 24 * 60 * 60;
/// Longer than a challenge lives.
const EXPIRED: u64 = 11 * 60;
