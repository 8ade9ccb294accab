//! Whatever is done in whatever order, some things never happen.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use proptest::prelude::*;
use serde_json::Value;
use verify_mfa::sandbox::{AfterMaxChecks, Behaviour, Sandbox};

use crate::support::{Answer, Wire};

const PHONES: [&str; 2] = ["+14155550100", "+14155550101"];
const CHANNELS: [&str; 3] = ["sms", "call", "whatsapp"];

#[derive(Debug, Clone)]
enum Step {
    Send { phone: usize, channel: usize },
    Right { phone: usize },
    Wrong { phone: usize },
    Malformed { phone: usize },
    CheckFirst { right: bool },
    End { phone: usize, approve: bool },
    Fetch { phone: usize },
    Wait { seconds: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let phone = 0..PHONES.len();
    prop_oneof![
        4 => (phone.clone(), 0..CHANNELS.len())
            .prop_map(|(phone, channel)| Step::Send { phone, channel }),
        2 => phone.clone().prop_map(|phone| Step::Right { phone }),
        6 => phone.clone().prop_map(|phone| Step::Wrong { phone }),
        1 => phone.clone().prop_map(|phone| Step::Malformed { phone }),
        2 => any::<bool>().prop_map(|right| Step::CheckFirst { right }),
        1 => (phone.clone(), any::<bool>()).prop_map(|(phone, approve)| Step::End { phone, approve }),
        1 => phone.prop_map(|phone| Step::Fetch { phone }),
        1 => (0_u64..700).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

fn mode() -> impl Strategy<Value = AfterMaxChecks> {
    prop_oneof![
        Just(AfterMaxChecks::BlockUntilExpiry),
        Just(AfterMaxChecks::NewVerification),
        Just(AfterMaxChecks::ResendSame),
    ]
}

/// What was seen of the sandbox so far.
struct World {
    wire: Wire,
    first: Option<String>,
    checks: HashMap<String, usize>,
    approved: HashSet<String>,
}

impl World {
    async fn new(mode: AfterMaxChecks) -> Self {
        let behaviour = Behaviour::new().after_max_checks(mode).polling_limits(false);
        // Ten digits do not come about by chance in a SID.
        let builder = Sandbox::builder().behaviour(behaviour).code_length(10);
        let wire = Wire::with(builder.start().await.unwrap());
        Self { wire, first: None, checks: HashMap::new(), approved: HashSet::new() }
    }

    async fn take(&mut self, step: &Step) {
        match *step {
            Step::Wait { seconds } => self.wire.sandbox.advance(Duration::from_secs(seconds)),
            Step::Send { phone, channel } => self.send(PHONES[phone], CHANNELS[channel]).await,
            Step::Right { phone } => {
                let code = self.wire.sandbox.code_for(PHONES[phone]).unwrap_or("none".to_owned());
                self.check(&[("To", PHONES[phone]), ("Code", &code)]).await;
            }
            Step::Wrong { phone } => self.check(&[("To", PHONES[phone]), ("Code", "wrong!")]).await,
            Step::Malformed { phone } => self.check(&[("To", PHONES[phone]), ("Code", "1")]).await,
            Step::CheckFirst { right } => self.check_first(right).await,
            Step::End { phone, approve } => self.end(PHONES[phone], approve).await,
            Step::Fetch { phone } => {
                let path = self.wire.path(&format!("/Verifications/{}", PHONES[phone]));
                let answer = self.wire.get(&path).await;
                self.look(&answer);
            }
        }
    }

    async fn send(&mut self, phone: &str, channel: &str) {
        let form = [("To", phone), ("Channel", channel)];
        let answer = self.wire.post(&self.wire.path("/Verifications"), &form).await;
        self.look(&answer);
        if let Some(sid) = answer.body["sid"].as_str() {
            self.first.get_or_insert(sid.to_owned());
        }
    }

    async fn check_first(&mut self, right: bool) {
        let Some(sid) = self.first.clone() else { return };
        let code = self.wire.sandbox.messages().first().map(|sent| sent.code.clone()).unwrap();
        let code = if right { code.expose_secret() } else { "wrong!" };
        self.check(&[("VerificationSid", &sid), ("Code", code)]).await;
    }

    async fn check(&mut self, form: &[(&str, &str)]) {
        let answer = self.wire.post(&self.wire.path("/VerificationCheck"), form).await;
        self.look(&answer);
        if answer.status == 201 {
            let checks = self.checks.entry(answer.text("sid")).or_default();
            *checks += 1;
            assert!(*checks <= 5, "a sixth check was answered");
        }
    }

    async fn end(&mut self, phone: &str, approve: bool) {
        let path = self.wire.path(&format!("/Verifications/{phone}"));
        let status = if approve { "approved" } else { "canceled" };
        let answer = self.wire.post(&path, &[("Status", status)]).await;
        self.look(&answer);
    }

    /// What must be true of every answer.
    fn look(&mut self, answer: &Answer) {
        let Answer { status, body, .. } = answer;
        assert!(*status < 500, "{body}");
        if let Some(attempts) = body["send_code_attempts"].as_array() {
            assert!((1..=5).contains(&attempts.len()), "a sixth send: {body}");
        }
        if body["status"] == "approved" {
            let sid = body["sid"].as_str().unwrap().to_owned();
            assert!(self.approved.insert(sid), "approved twice: {body}");
        } else if let Some(sid) = body["sid"].as_str() {
            assert!(!self.approved.contains(sid), "seen after its approval: {body}");
        }
        self.assert_no_code(body);
    }

    fn assert_no_code(&self, body: &Value) {
        let body = body.to_string();
        for message in self.wire.sandbox.messages() {
            assert!(!body.contains(message.code.expose_secret()), "a code: {body}");
        }
    }

    /// The last word: what was sent agrees with what was promised.
    fn count_messages(&self) {
        let mut sends: HashMap<_, usize> = HashMap::new();
        for message in self.wire.sandbox.messages() {
            *sends.entry(message.verification_sid).or_default() += 1;
        }
        assert!(sends.values().all(|&sends| sends <= 5), "a sixth message");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_operations_keeps_the_promises(
        mode in mode(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new(mode).await;
            for step in &steps {
                world.take(step).await;
            }
            world.count_messages();
        });
    }
}
