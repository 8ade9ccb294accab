//! What goes wrong, and when: by how many logins have ended, so that it is always in their middle.

use std::time::Duration;

use tokio::time::Instant;
use verify_mfa::BoxError;

use crate::{
    engine::Server,
    fleet::Fleet,
    random::Random,
    world::{World, pause},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    Kill(usize),
    RestartEngine,
}

/// What is to go wrong after so many logins have ended, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan(Vec<(u32, Trouble)>);

/// What went wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made {
    pub(crate) kills: u32,
    /// How long the engine was away.
    pub(crate) engine: Option<Duration>,
}

impl Plan {
    /// So many kills, evenly, and the engine in the middle.
    pub(crate) fn new(logins: u32, kills: u32, nodes: usize, engine: bool, seed: u64) -> Self {
        let mut random = Random::new(seed, 0);
        let due = |kill: u32| {
            let due = u64::from(logins) * u64::from(kill + 1) / u64::from(kills + 1);
            u32::try_from(due).unwrap_or(logins)
        };
        let nodes = u32::try_from(nodes).unwrap_or(u32::MAX);
        let kills = (0..kills).map(|kill| (due(kill), Trouble::Kill(random.below(nodes) as usize)));
        let mut plan: Vec<_> = kills.collect();
        if engine {
            plan.push((logins / 2, Trouble::RestartEngine));
            plan.sort_by_key(|(due, _)| *due);
        }
        Self(plan)
    }

    /// How much has to have gone wrong before the login with this number begins, so that it does not
    /// all come when the logins are over. `at_once` more may begin than have ended.
    pub(crate) fn before(&self, login: u32, at_once: u32) -> usize {
        self.0.partition_point(|(due, _)| due + at_once < login)
    }

    pub(crate) async fn make(
        &self,
        world: &World,
        fleet: &mut Fleet,
        server: &mut Box<dyn Server>,
    ) -> Result<Made, BoxError> {
        let mut made = Made::default();
        let mut finished = world.finished.subscribe();
        for (due, trouble) in &self.0 {
            finished.wait_for(|finished| finished >= due).await?;
            match *trouble {
                Trouble::Kill(node) => {
                    fleet.kill(node).await?;
                    made.kills += 1;
                    world.made.send_modify(|made| *made += 1);
                    pause(AWAY).await;
                    fleet.restart(node).await?;
                }
                Trouble::RestartEngine => {
                    let began = Instant::now();
                    world.made.send_modify(|made| *made += 1);
                    server.restart().await?;
                    made.engine = Some(began.elapsed());
                }
            }
        }
        Ok(made)
    }
}

/// How long a killed node stays away at least.
const AWAY: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kills_are_spread_and_the_engine_is_in_the_middle() {
        let plan = Plan::new(100, 4, 3, true, 1);
        let due: Vec<_> = plan.0.iter().map(|(due, _)| *due).collect();
        assert_eq!(due, [20, 40, 50, 60, 80]);
        assert_eq!(plan.0[2].1, Trouble::RestartEngine);
        assert_eq!(plan, Plan::new(100, 4, 3, true, 1));
    }

    #[test]
    fn without_an_engine_to_restart_there_are_only_kills() {
        let plan = Plan::new(100, 2, 3, false, 1);
        assert!(plan.0.iter().all(|(_, trouble)| matches!(trouble, Trouble::Kill(0..=2))));
        assert_eq!(plan.0.len(), 2);
    }

    #[test]
    fn a_login_waits_for_what_was_due_long_before_it() {
        let plan = Plan::new(100, 4, 3, false, 1);
        assert_eq!(plan.before(20, 12), 0);
        assert_eq!(plan.before(32, 12), 0);
        assert_eq!(plan.before(33, 12), 1);
        assert_eq!(plan.before(99, 12), 4);
    }
}
