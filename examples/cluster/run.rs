//! One run: everything is started, driven, ended and judged.

use std::{
    env, process,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
    time::Instant,
};
use verify_mfa::{BoxError, sandbox::Sandbox};

use crate::{
    attacker,
    browser::{Browsers, http},
    engine::Server,
    fleet::{Fleet, Launch},
    ledger::Ledger,
    node,
    options::Options,
    people,
    person::Person,
    progress::{self, say},
    report::Report,
    trouble::{Made, Plan},
    wire::Wire,
    world::World,
};

/// An error also when something happened that must not happen.
pub(crate) async fn drive(options: Options) -> Result<(), BoxError> {
    let directory = env::temp_dir().join(format!("verify-mfa-cluster-{}", process::id()));
    let mut server = options.engine.start(directory).await?;
    let (world, mut fleet) = set_up(&options, server.as_ref()).await?;
    greet(&options, server.as_ref())?;
    let Options { logins, kills, seed, .. } = options;
    let plan = Arc::new(Plan::new(logins, kills, world.nodes, server.is_process(), seed));
    let attack = attack(&world, logins);
    let all = async {
        tokio::try_join!(
            plan.make(&world, &mut fleet, &mut server),
            log_in(&world, &plan, &options),
        )
    };
    let (made, took) = tokio::select! {
        done = all => done?,
        untold = progress::tell(&world, logins) => return untold.map_err(Into::into),
    };
    progress::end()?;
    drop(attack);
    fleet.end().await?;
    judge(&options, &world, &made, took)
}

async fn set_up(options: &Options, server: &dyn Server) -> Result<(Arc<World>, Fleet), BoxError> {
    let sandbox = Sandbox::builder().running_clock().start().await?;
    let wire = Wire::start(&sandbox, http()?).await?;
    let (ledger, nodes) = (Arc::<Mutex<Ledger>>::default(), options.nodes as usize);
    let launch = launch(options, &sandbox, &wire, server)?;
    let fleet = Fleet::start(launch, nodes, Arc::clone(&ledger)).await?;
    let world = World {
        sandbox,
        wire,
        honest: Browsers::new(http()?, fleet.addresses()),
        attackers: Browsers::new(http()?, fleet.addresses()),
        ledger,
        finished: watch::Sender::new(0),
        made: watch::Sender::new(0),
        seed: options.seed,
        nodes,
    };
    Ok((Arc::new(world), fleet))
}

fn launch(
    options: &Options,
    sandbox: &Sandbox,
    wire: &Wire,
    server: &dyn Server,
) -> Result<Launch, BoxError> {
    let mut key = [0; 32];
    getrandom::fill(&mut key)?;
    let arguments = [
        ("--base-url", wire.url.clone()),
        ("--account", sandbox.account_sid().to_string()),
        ("--service", sandbox.service_sid().to_string()),
        ("--state-engine", options.engine.to_string()),
        ("--address", server.address()),
    ];
    Ok(Launch {
        arguments: arguments
            .into_iter()
            .flat_map(|(name, value)| [name.to_owned(), value])
            .collect(),
        secrets: vec![
            (node::TOKEN, sandbox.auth_token().to_owned()),
            (node::KEY, BASE64_STANDARD.encode(key)),
        ],
    })
}

fn greet(options: &Options, server: &dyn Server) -> Result<(), BoxError> {
    let Options { logins, nodes, kills, engine, seed, .. } = options;
    let restart = match server.is_process() {
        true => "it is restarted once",
        false => "it has no server, so it is not restarted",
    };
    say(&format!(
        "\
{logins} logins of {} users over {nodes} processes that share {engine} (seed {seed}).
{kills} times a process is killed (SIGKILL) and started again; of {engine}, {restart}.
{} more users are attacked by somebody who has their passwords and not their phones.
Policy: {}.
SANDBOX: nothing is sent.
",
        people::HONEST,
        people::ATTACKED,
        node::RAISED,
    ))?;
    Ok(())
}

/// Every honest user logs in time after time.
async fn log_in(
    world: &Arc<World>,
    plan: &Arc<Plan>,
    options: &Options,
) -> Result<Duration, BoxError> {
    let (began, at_once) = (Instant::now(), options.at_once);
    let turns = Arc::new(Semaphore::new(at_once as usize));
    let mut users = JoinSet::new();
    for user in 0..people::HONEST {
        let (world, plan, turns) = (Arc::clone(world), Arc::clone(plan), Arc::clone(&turns));
        let logins = (user..options.logins).step_by(people::HONEST as usize);
        users.spawn(async move {
            for login in logins {
                let due = plan.before(login, at_once);
                world.made.subscribe().wait_for(|made| *made >= due).await?;
                let _turn = turns.acquire().await?;
                if let Err(problem) = Person::new(&world, login).log_in().await {
                    world.ledger().shut_out.push(problem);
                }
                world.finished.send_modify(|finished| *finished += 1);
            }
            Ok::<(), BoxError>(())
        });
    }
    while let Some(user) = users.join_next().await {
        user??;
    }
    Ok(began.elapsed())
}

/// The attacks begin one after the other, and go on until this is dropped.
fn attack(world: &Arc<World>, logins: u32) -> JoinSet<()> {
    let mut attackers = JoinSet::new();
    for attacked in 0..people::ATTACKED {
        let (world, user) = (Arc::clone(world), people::HONEST + attacked);
        let begin = logins * attacked / people::ATTACKED;
        attackers.spawn(async move { attacker::guess(&world, user, begin).await });
    }
    attackers
}

fn judge(options: &Options, world: &World, made: &Made, took: Duration) -> Result<(), BoxError> {
    let mut ledger = std::mem::take(&mut *world.ledger());
    ledger.checks = world.wire.checks();
    let (honest, attackers) = (&*world.honest.figures(), &*world.attackers.figures());
    let report = Report { options, honest, attackers, ledger: &ledger, made, took };
    say("")?;
    report.lines().iter().try_for_each(|line| say(line))?;
    let violations = ledger.violations();
    if violations.is_empty() {
        say(
            "\nNobody was let in twice by a challenge, or without the right code; no limit of attempts \
             was passed; every honest user got in.",
        )?;
        return Ok(());
    }
    Err(format!("what must not happen has happened:\n- {}", violations.join("\n- ")).into())
}
