//! The rules, step by step: what was done before, what is asked now, what is answered.

mod channels;
mod conflicts;
mod life;
mod memory;
mod silent;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{
    Answer, Behaviour, Destination, Ending, Features, Refusal, Rules, ServiceSettings, Start,
    Target, Verification, Verify,
};
use crate::{
    sandbox::source::Source,
    types::{Channel, Code, ServiceSid, VerificationSid, VerificationStatus},
};

const PHONE: &str = "+14155550100";
const OTHER_PHONE: &str = "+14155550101";

/// An account with one service, and a clock.
struct World {
    verify: Verify,
    source: Source,
    service: ServiceSid,
    now: SystemTime,
}

impl World {
    fn new() -> Self {
        Self::with(ServiceSettings::new("Tests"))
    }

    fn with(settings: ServiceSettings) -> Self {
        Self::under(Rules::default(), settings)
    }

    fn under(rules: Rules, settings: ServiceSettings) -> Self {
        let (mut verify, mut source) = (Verify::new(Arc::new(rules)), Source::seeded(1));
        let service: ServiceSid = source.sid("VA");
        verify.services.create(service.clone(), settings, SystemTime::UNIX_EPOCH);
        Self { verify, source, service, now: SystemTime::UNIX_EPOCH }
    }

    fn behaving(behaviour: Behaviour) -> Self {
        Self::under(Rules { behaviour, ..Rules::default() }, ServiceSettings::new("Tests"))
    }

    fn featuring(features: Features) -> Self {
        Self::under(Rules { features, ..Rules::default() }, ServiceSettings::new("Tests"))
    }

    fn send(&mut self, start: Start) -> Result<Verification, Refusal> {
        let sent = self.verify.start(&self.service, start, self.now, &mut self.source)?;
        Ok(sent.verification.clone())
    }

    fn check(&mut self, target: &Target, code: &str) -> Result<VerificationStatus, Refusal> {
        let answer = Answer { code: Some(code.into()), ..Answer::default() };
        Ok(self.verify.check(&self.service, target, answer, self.now)?.status())
    }

    fn end(&mut self, target: &Target, ending: Ending) -> Result<VerificationStatus, Refusal> {
        let ended = self.verify.end(&self.service, target, ending, self.now)?;
        Ok(ended.status.clone())
    }

    fn fetch(&mut self, target: &Target) -> Result<VerificationStatus, Refusal> {
        let found = self.verify.fetch(&self.service, target, self.now)?;
        Ok(found.status.clone())
    }

    fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }

    /// Starts a verification and does `steps` with it.
    fn after(steps: &[Step]) -> (Self, Verification) {
        Self::new().then(steps)
    }

    fn then(self, steps: &[Step]) -> (Self, Verification) {
        let mut world = self;
        let started = world.send(sms(PHONE)).unwrap();
        for step in steps {
            world.take(*step, &started);
        }
        (world, started)
    }

    fn take(&mut self, step: Step, started: &Verification) {
        let sid = Target::Sid(started.sid.clone());
        match step {
            Step::Right => drop(self.check(&sid, right(started)).unwrap()),
            Step::Wrong => drop(self.check(&sid, WRONG).unwrap()),
            Step::Resend => drop(self.send(sms(PHONE)).unwrap()),
            Step::End(ending) => drop(self.end(&sid, ending).unwrap()),
            Step::Wait(seconds) => self.wait(seconds),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Right,
    Wrong,
    Resend,
    End(Ending),
    Wait(u64),
}

/// No code that a source makes up has letters.
const WRONG: &str = "wrong!";

fn sms(to: &str) -> Start {
    start(to, Channel::Sms)
}

fn start(to: &str, channel: Channel) -> Start {
    Start::new(destination(to), channel)
}

fn destination(text: &str) -> Destination {
    Destination::parse(text).unwrap()
}

fn to(text: &str) -> Target {
    Target::To(destination(text))
}

fn right(verification: &Verification) -> &str {
    verification.code.expose_secret()
}

/// Settings that differ from those of a new service.
fn settings(change: impl FnOnce(&mut ServiceSettings)) -> ServiceSettings {
    let mut settings = ServiceSettings::new("Tests");
    change(&mut settings);
    settings
}

const EXHAUSTED: &[Step] = &[Step::Wrong; 5];
