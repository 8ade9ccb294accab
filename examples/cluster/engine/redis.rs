//! A Redis that forgets nothing.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    process::{Child, Command},
    time,
};
use verify_mfa::{
    BoxError,
    store::{
        RedisState,
        redis_driver::{Client, InfoDict, RedisResult, cmd},
    },
};

use super::{Server, free_port};

struct Redis {
    port: u16,
    directory: PathBuf,
    process: Child,
}

pub(super) async fn start(directory: PathBuf) -> Result<Box<dyn Server>, BoxError> {
    fs::create_dir(&directory)?;
    let port = free_port()?;
    let redis = Redis { port, process: run(port, &directory)?, directory };
    redis.is_ready().await?;
    Ok(Box::new(redis))
}

/// As an application has it, with the driver's defaults.
pub(super) async fn state(address: &str) -> Result<RedisState, BoxError> {
    Ok(RedisState::new(Client::open(address)?.get_connection_manager().await?))
}

#[async_trait]
impl Server for Redis {
    fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    async fn restart(&mut self) -> Result<(), BoxError> {
        self.process.kill().await?;
        self.process = run(self.port, &self.directory)?;
        self.is_ready().await
    }
}

impl Redis {
    /// Waits until it answers, and makes sure that nothing else does at its port.
    async fn is_ready(&self) -> Result<(), BoxError> {
        let client = Client::open(self.address())?;
        let mut ticks = time::interval(Duration::from_millis(20));
        for _ in 0..1_500 {
            ticks.tick().await;
            if answering(&client).await.is_ok_and(|process| process == self.process.id()) {
                return Ok(());
            }
        }
        Err("redis-server does not answer".into())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.start_kill();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// The process that answers.
async fn answering(client: &Client) -> RedisResult<Option<u32>> {
    let mut connection = client.get_multiplexed_async_connection().await?;
    let info: InfoDict = cmd("INFO").arg("server").query_async(&mut connection).await?;
    Ok(info.get("process_id"))
}

/// What was answered is on disk.
fn run(port: u16, directory: &Path) -> Result<Child, BoxError> {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", ""]);
    command.args(["--appendonly", "yes", "--appendfsync", "always", "--dir"]).arg(directory);
    command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    command.spawn().map_err(|error| format!("redis-server does not start: {error}").into())
}
