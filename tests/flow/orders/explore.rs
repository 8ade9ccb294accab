//! Every order, one after another.

use super::gate::Act;

/// A future that waits, and what it does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ready {
    pub(super) who: usize,
    pub(super) act: Act,
}

/// A depth-first search. Each run repeats the choices of the run before, up to the last one that
/// has an alternative left.
pub(super) struct Explorer {
    sleeping: bool,
    choices: Vec<Choice>,
    depth: usize,
}

struct Choice {
    taken: Ready,
    left: Vec<Ready>,
    /// Taken here in earlier runs, or before and nothing since then concerned it.
    asleep: Vec<Ready>,
}

/// What a run does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Step(usize),
    /// All futures have ended.
    End,
    /// Every way on is the same as in an earlier run.
    Known,
}

impl Explorer {
    pub(super) fn of_all() -> Self {
        Self { sleeping: false, choices: Vec::new(), depth: 0 }
    }

    /// Without orders that are the same as another one but for steps that commute.
    pub(super) fn of_distinct() -> Self {
        Self { sleeping: true, ..Self::of_all() }
    }

    pub(super) fn choose(&mut self, ready: &[Ready]) -> Next {
        if ready.is_empty() {
            return Next::End;
        }
        if self.depth == self.choices.len() {
            match self.first_choice(ready) {
                Some(choice) => self.choices.push(choice),
                None => return Next::Known,
            }
        }
        let taken = self.choices[self.depth].taken;
        assert!(ready.contains(&taken), "a repetition went another way");
        self.depth += 1;
        Next::Step(taken.who)
    }

    /// Sleep sets (Godefroid 1996): when `a` was taken before `b`, and now `b` is taken before `a`,
    /// then `a` sleeps until something happens that does not commute with it. Until then, taking it
    /// gives an order of an earlier run in which two steps that do not concern each other are
    /// swapped: every future is told the same, and everything ends in the same state.
    fn first_choice(&self, ready: &[Ready]) -> Option<Choice> {
        let before = self.choices.last();
        let asleep = before.map(|before| {
            let asleep = before.asleep.iter().copied();
            asleep.filter(|own| own.act.commutes_with(before.taken.act)).collect()
        });
        let asleep: Vec<_> = asleep.unwrap_or_default();
        let awake = ready.iter().copied().filter(|own| !asleep.contains(own));
        let mut left: Vec<_> = awake.collect();
        Some(Choice { taken: left.pop()?, left, asleep })
    }

    /// Whether there is an order left to run.
    pub(super) fn next_run(&mut self) -> bool {
        self.depth = 0;
        while let Some(mut choice) = self.choices.pop() {
            if let Some(next) = choice.left.pop() {
                choice.asleep.extend(self.sleeping.then_some(choice.taken));
                choice.taken = next;
                self.choices.push(choice);
                return true;
            }
        }
        false
    }
}
