//! An honest person who logs in, and starts again as often as it takes.

use std::{collections::BTreeSet, time::Duration};

use futures_util::future::{join, join_all};
use tokio::time::Instant;

use crate::{
    people,
    protocol::{Approve, Challenge, Reply, Resend},
    random::Random,
    step::{Step, after, best},
    world::{World, pause},
};

pub(crate) struct Person<'a> {
    world: &'a World,
    user: u32,
    random: Random,
    habits: Habits,
    session: String,
    next_node: usize,
    nodes: BTreeSet<usize>,
    /// How many messages the phone had when the person last logged in with the password.
    messages: u64,
    conflicts: u32,
}

/// What one login is like.
struct Habits {
    wrong_codes: u32,
    /// How often the right code is submitted at once.
    submits: usize,
    /// Closes the page before the answer to the first code can come, and opens it again.
    hangs_up: Option<Duration>,
    /// Logs in anew, in another session, when told again and again that the code is being checked.
    impatient: bool,
    /// A thief has the id and the code, but not the session.
    robbed: bool,
}

impl<'a> Person<'a> {
    pub(crate) fn new(world: &'a World, login: u32) -> Self {
        let mut random = Random::new(world.seed, u64::from(login) + 1);
        let habits = Habits::new(&mut random, world.nodes);
        let (session, next_node) = (random.session(), random.below(1 << 16) as usize);
        let nodes = BTreeSet::new();
        let user = login % people::HONEST;
        Self { world, user, random, habits, session, next_node, nodes, messages: 0, conflicts: 0 }
    }

    /// Logs in, or tells why that was not possible.
    pub(crate) async fn log_in(&mut self) -> Result<(), String> {
        let began = Instant::now();
        let (mut step, mut pauses) = (Step::Ask, 0);
        while began.elapsed() < PATIENCE {
            pauses = if step == Step::AskLater { pauses + 1 } else { 0 };
            step = match step {
                Step::Ask => self.ask(true).await,
                Step::AskLater => self.ask_later(pauses).await,
                Step::Type(id) => self.type_code(&id).await,
                Step::SendAgain(id) => self.send_again(id).await,
                Step::In => {
                    let mut figures = self.world.honest.figures();
                    figures.login.add(began.elapsed());
                    figures.spread += u32::from(self.nodes.len() > 1);
                    return Ok(());
                }
                Step::GiveUp(code) => {
                    return Err(format!("user {} did not get in: {code}", self.user));
                }
            };
        }
        Err(format!("user {} did not get in within {} seconds", self.user, PATIENCE.as_secs()))
    }

    /// Anew, so that a message which came before is not the one to wait for.
    async fn ask(&mut self, anew: bool) -> Step {
        if anew {
            self.messages = self.world.wire.sent_to(&people::phone(self.user));
        }
        let body = Challenge { user: self.user, session: self.session.clone() };
        let node = self.node();
        after(self.world.honest.post(node, "/challenge", &body).await, "")
    }

    async fn ask_later(&mut self, pauses: u32) -> Step {
        self.world.honest.figures().retries += 1;
        let longest = FIRST_PAUSE * (1 << (pauses - 1).min(4));
        pause(longest / 2 + longest * self.random.below(100) / 200).await;
        let anew = self.habits.impatient && self.conflicts >= 3;
        if anew {
            (self.session, self.conflicts) = (self.random.session(), 0);
        }
        self.ask(anew).await
    }

    async fn type_code(&mut self, id: &str) -> Step {
        let arrived = self.world.wire.sent_to(&people::phone(self.user)) > self.messages;
        let Some(code) = self.world.code_for(self.user).filter(|_| arrived) else {
            return Step::SendAgain(id.to_owned());
        };
        let reply = if self.habits.wrong_codes > 0 {
            self.habits.wrong_codes -= 1;
            let wrong = other_than(&code, &mut self.random);
            let node = self.node();
            self.submit(node, id, &wrong, false, None).await
        } else {
            self.submit_all(id, code).await
        };
        let is_conflict = matches!(&reply, Some(Reply::Failed { code }) if code == "conflict");
        self.conflicts += u32::from(is_conflict);
        after(reply, id)
    }

    /// The right code, as often as the person presses the button; and the thief presses it too.
    async fn submit_all(&mut self, id: &str, code: String) -> Option<Reply> {
        let patience = self.habits.hangs_up.take();
        let robbed = std::mem::take(&mut self.habits.robbed);
        let thief = robbed.then(|| (self.node(), self.random.session()));
        let nodes: Vec<_> = (0..self.habits.submits).map(|_| self.node()).collect();
        let this = &*self;
        let own = nodes.into_iter().map(|node| this.submit(node, id, &code, true, patience));
        let theft = async {
            if let Some((node, session)) = thief {
                this.steal(node, session, id, &code).await;
            }
        };
        best(join(join_all(own), theft).await.0)
    }

    async fn submit(
        &self,
        node: usize,
        id: &str,
        code: &str,
        rightful: bool,
        patience: Option<Duration>,
    ) -> Option<Reply> {
        let (id, session) = (id.to_owned(), self.session.clone());
        let body = Approve { id, session, code: code.to_owned() };
        let browsers = &self.world.honest;
        let reply = match patience {
            Some(patience) => browsers.post_within(patience, node, "/approve", &body).await,
            None => browsers.post(node, "/approve", &body).await,
        };
        self.world.note(&body.id, self.user, rightful, reply.as_ref());
        reply
    }

    async fn steal(&self, node: usize, session: String, id: &str, code: &str) {
        let body = Approve { id: id.to_owned(), session, code: code.to_owned() };
        let reply = self.world.attackers.post(node, "/approve", &body).await;
        self.world.note(id, self.user, false, reply.as_ref());
    }

    async fn send_again(&mut self, id: String) -> Step {
        let body = Resend { id, session: self.session.clone() };
        let node = self.node();
        after(self.world.honest.post(node, "/resend", &body).await, &body.id)
    }

    /// Each request goes to another node than the one before.
    fn node(&mut self) -> usize {
        let node = self.next_node % self.world.nodes;
        self.next_node += 1;
        self.nodes.insert(node);
        node
    }
}

impl Habits {
    fn new(random: &mut Random, nodes: usize) -> Self {
        let wrong_codes = if random.in_a_hundred(15) { 1 + random.below(2) } else { 0 };
        let submits = if random.in_a_hundred(15) { nodes.max(2) } else { 1 };
        let hangs_up = random.in_a_hundred(2);
        let hangs_up = hangs_up.then(|| Duration::from_millis(1 + u64::from(random.below(40))));
        let (impatient, robbed) = (random.in_a_hundred(50), random.in_a_hundred(10));
        Self { wrong_codes, submits, hangs_up, impatient, robbed }
    }
}

/// Some six digits, but not these.
pub(crate) fn other_than(code: &str, random: &mut Random) -> String {
    let code = code.parse().unwrap_or(0);
    format!("{:06}", (code + 1 + random.below(999_999)) % 1_000_000)
}

/// After how long an honest person who is not let in is a failure of ours.
const PATIENCE: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
