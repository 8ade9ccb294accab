//! Many nodes: logins that land on several processes, over one shared engine, while processes are
//! killed and the engine is restarted.
//!
//! `cargo run --example cluster -- --help` says more.

mod attacker;
mod browser;
mod engine;
mod figures;
mod fleet;
mod ledger;
mod node;
mod options;
mod people;
mod person;
mod progress;
mod protocol;
mod random;
mod report;
mod run;
mod step;
mod trouble;
mod wire;
mod world;

use std::{
    error::Error,
    io::{self, Write},
    iter::successors,
    process::ExitCode,
};

use clap::Parser;
use tokio::runtime::Runtime;
use verify_mfa::BoxError;

use options::{Options, Role};

fn main() -> ExitCode {
    let options = Options::parse();
    match Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(play(options))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // When nobody reads it there is nobody to tell.
            let _ = writeln!(io::stderr(), "Error: {}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn play(options: Options) -> Result<(), BoxError> {
    match options.role {
        Some(Role::Node(node)) => node::serve(node).await,
        None => tokio::select! {
            ended = run::drive(options) => ended,
            // What was started ends with what is dropped here.
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                Err("interrupted; nothing was judged".into())
            }
        },
    }
}

/// An error and its causes: each says only what its own layer was doing.
fn chain(error: &(dyn Error + 'static)) -> String {
    let layers = successors(Some(error), |&layer| layer.source());
    layers.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
