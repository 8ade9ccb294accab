//! 37: whatever fails, nobody gets in and nobody is "not enrolled".

use std::fmt::Debug;

use verify_mfa::{
    Channel, Error, Operation,
    flow::{Action, Approval, Challenge, ChallengeId, Login, Resend},
    sandbox::{Fault, Sandbox},
};

use crate::{
    spy::Spy,
    support::{World, generous, session},
    world::{delete_account, phone},
};

/// Everything that can be asked of a flow, and each meaning that approving can have.
const VERBS: [&str; 17] = [
    "enroll",
    "challenge",
    "challenge in another session",
    "step up",
    "resend",
    "cancel",
    "is enrolled",
    "status",
    "pending",
    "unlock",
    "approve an enrollment",
    "approve a login",
    "approve a wrong code",
    "approve an action",
    "approve switching off",
    "approve a change of phone",
    "approve the new phone",
];

/// A world that is ready for a verb: its challenge and the code to approve it with.
struct Ready {
    world: World,
    spy: Spy,
    id: ChallengeId,
    code: String,
}

impl Ready {
    async fn new(verb: &str) -> Self {
        let (world, spy) = Spy::world(Sandbox::start().await.unwrap(), generous());
        if matches!(verb, "enroll" | "approve an enrollment") {
            let id = match verb {
                "enroll" => "".into(),
                _ => world.enroll().await.id,
            };
            let code = world.sandbox.code_for(&world.phone).unwrap_or_default();
            return Self { world, spy, id, code };
        }
        world.replace_phone(&world.user, &world.phone).await;
        let (id, code) = match verb {
            "approve a wrong code" => (world.login().await.id, world.wrong_code().into()),
            "step up" | "challenge" => ("".into(), String::new()),
            "approve the new phone" => Self::new_phone(&world).await,
            _ => (Self::begun(&world, verb).await.id, world.code()),
        };
        if verb == "resend" {
            world.wait(60);
        }
        Self { world, spy, id, code }
    }

    async fn begun(world: &World, verb: &str) -> Challenge {
        match verb {
            "approve an action" => world.step_up(delete_account()).await,
            "approve switching off" => world.step_up(Action::Disable).await,
            "approve a change of phone" => world.step_up(Action::ChangePhone(phone(11))).await,
            _ => world.login().await,
        }
    }

    async fn new_phone(world: &World) -> (ChallengeId, String) {
        let old = Self::begun(world, "approve a change of phone").await;
        match world.approve(&old, &world.code()).await {
            Approval::Continue(new) => (new.id, world.code_of(&phone(11))),
            other => panic!("it does not go on: {other:?}"),
        }
    }

    /// Does it, and prints the answer.
    async fn run(&self, verb: &str) -> Result<String, Error> {
        let World { mfa, user, session: own, phone, .. } = &self.world;
        let (other, id) = (&session("other"), &self.id);
        match verb {
            "enroll" => mfa.enroll(user, own, phone, Channel::Sms).await.map(text),
            "challenge" => mfa.challenge(user, own, Login::new()).await.map(text),
            "challenge in another session" => {
                mfa.challenge(user, other, Login::new()).await.map(text)
            }
            "step up" => mfa.step_up(user, own, Action::Disable, Channel::Sms).await.map(text),
            "resend" => mfa.resend(id, own, Resend::Same).await.map(text),
            "cancel" => mfa.cancel(id, own).await.map(text),
            "is enrolled" => mfa.is_enrolled(user).await.map(text),
            "status" => mfa.status(user).await.map(text),
            "pending" => mfa.pending(id, own).await.map(text),
            "unlock" => mfa.unlock(user).await.map(text),
            _ => mfa.approve(id, own, &self.code).await.map(text),
        }
    }

    /// The user is as before, or as the verb was to leave them, but never half-way.
    async fn assert_still_safe(&self, verb: &str, context: &str) {
        let factor = self.world.phone().await;
        if !matches!(verb, "enroll" | "approve an enrollment") {
            assert_eq!(factor.as_ref(), Some(&self.world.phone), "{context}");
            let login = self.world.login_as(&self.world.user, &session("afterwards")).await;
            let text = text(login);
            assert!(!text.contains("NotEnrolled"), "{context}: {text}");
        } else {
            assert_eq!(factor, None, "{context}");
        }
    }
}

fn text(answer: impl Debug) -> String {
    format!("{answer:?}")
}

const GIVEN: [&str; 6] =
    ["LoggedIn", "NotEnrolled", "SteppedUp", "Enrolled", "Disabled", "PhoneChanged"];

#[tokio::test]
async fn r37_of_any_verb_each_operation_of_each_store_may_fail_and_nothing_is_given() {
    for verb in VERBS {
        for operations in 0.. {
            let ready = Ready::new(verb).await;
            ready.spy.fail_after(operations);
            let answer = ready.run(verb).await;
            if ready.spy.recover() {
                assert!(answer.is_ok() && operations > 0, "{verb}: {answer:?}");
                break;
            }
            let context = format!("{verb}, failure after {operations} operations: {answer:?}");
            assert!(matches!(answer, Err(Error::Store { .. })), "{context}");
            ready.assert_still_safe(verb, &context).await;
        }
    }
}

#[tokio::test]
async fn r37_of_any_verb_each_request_to_twilio_may_fail_and_nothing_is_given() {
    let requests = [
        Operation::CreateVerification,
        Operation::CreateVerificationCheck,
        Operation::UpdateVerification,
        Operation::FetchVerification,
    ];
    for verb in VERBS {
        for operation in requests {
            for fault in faults() {
                let ready = Ready::new(verb).await;
                let context = format!("{verb}, {operation}, {fault:?}");
                let injected = ready.world.sandbox.inject(fault.for_operation(operation).once());
                let answer = ready.run(verb).await;
                if injected.hits() > 0 {
                    let told = answer.unwrap_or_default();
                    let given = GIVEN.iter().find(|given| told.contains(**given));
                    assert_eq!(given, None, "{context}: {told}");
                    ready.assert_still_safe(verb, &context).await;
                }
            }
        }
    }
}

fn faults() -> [Fault; 8] {
    [
        Fault::drop_before(),
        Fault::drop_after(),
        Fault::truncated_body(),
        Fault::html(200),
        Fault::html(404),
        Fault::error(500, 20500, "Internal server error"),
        Fault::error(401, 20003, "Authenticate"),
        Fault::reply(200, r#"{"status":"approved","valid":true}"#),
    ]
}

#[tokio::test]
async fn r37_without_a_fault_each_verb_does_what_it_is_for() {
    let expected = [
        ("approve an enrollment", "Enrolled"),
        ("approve a login", "LoggedIn"),
        ("approve an action", "SteppedUp"),
        ("approve switching off", "Disabled"),
        ("approve a change of phone", "Continue"),
        ("approve the new phone", "PhoneChanged"),
    ];
    for (verb, given) in expected {
        let answer = Ready::new(verb).await.run(verb).await.unwrap();
        assert!(answer.starts_with(given), "{verb}: {answer}");
    }
}
