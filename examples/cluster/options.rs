//! What can be chosen on the command line.

use verify_mfa::{AccountSid, ServiceSid};

use crate::engine::Engine;

/// Drives logins through several processes that share one engine, kills processes meanwhile,
/// restarts the engine once, and judges what happened. Nothing leaves this machine.
#[derive(clap::Parser)]
#[command(args_conflicts_with_subcommands = true, after_help = AFTERWORD)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) role: Option<Role>,

    /// How many logins honest people make
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    pub(crate) logins: u32,

    /// How many processes serve them
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub(crate) nodes: u32,

    /// How many logins are under way at once
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=80))]
    pub(crate) at_once: u32,

    /// How often a process is killed (SIGKILL) and started again
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(..=1_000))]
    pub(crate) kills: u32,

    /// Where the processes keep what they share
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    pub(crate) engine: Engine,

    /// What chance is made from: who does what, where requests go, and which process is killed
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// What else this program is.
#[derive(clap::Subcommand)]
pub(crate) enum Role {
    /// One of the processes; the program starts them itself
    #[command(hide = true)]
    Node(Node),
}

/// What a node is told. Its secrets come by the environment.
#[derive(clap::Args)]
pub(crate) struct Node {
    #[arg(long)]
    pub(crate) base_url: String,
    #[arg(long)]
    pub(crate) account: AccountSid,
    #[arg(long)]
    pub(crate) service: ServiceSid,
    #[arg(long)]
    pub(crate) state_engine: Engine,
    #[arg(long)]
    pub(crate) address: String,
}

const AFTERWORD: &str = "\
SQLite is always there, and has no server to restart. The others need a feature of the crate and a
server's programs on this machine; a private server is started for the run and removed after it:
  cargo run --example cluster
  cargo run --example cluster --features redis -- --engine redis
  cargo run --example cluster --features postgres -- --engine postgres

The exit code is 0 only when nothing happened that must not happen.";
