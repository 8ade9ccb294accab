//! The processes, which can be killed.

use std::{
    env, io,
    net::{Ipv4Addr, SocketAddr},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    task::JoinHandle,
    time::timeout,
};
use verify_mfa::BoxError;

use crate::{
    browser::Addresses,
    ledger::{Granted, Ledger},
    protocol::Told,
    world::lock,
};

/// How a node is started.
pub(crate) struct Launch {
    pub(crate) arguments: Vec<String>,
    /// Not arguments, which other users of the machine can see.
    pub(crate) secrets: Vec<(&'static str, String)>,
}

pub(crate) struct Fleet {
    launch: Launch,
    ledger: Arc<Mutex<Ledger>>,
    addresses: Addresses,
    processes: Vec<Child>,
    /// Those of nodes that were killed too: what is in their pipes counts.
    listening: Vec<JoinHandle<()>>,
}

impl Fleet {
    pub(crate) async fn start(
        launch: Launch,
        nodes: usize,
        ledger: Arc<Mutex<Ledger>>,
    ) -> Result<Self, BoxError> {
        let addresses = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0)); nodes];
        let (processes, listening) = (Vec::new(), Vec::new());
        let addresses = Addresses::new(addresses.into());
        let mut fleet = Self { launch, ledger, addresses, processes, listening };
        for node in 0..nodes {
            let process = fleet.begin(node).await?;
            fleet.processes.push(process);
        }
        Ok(fleet)
    }

    /// Where the nodes listen, now and when they are started again.
    pub(crate) fn addresses(&self) -> Addresses {
        Arc::clone(&self.addresses)
    }

    /// Ends a node at once, whatever it is doing.
    pub(crate) async fn kill(&mut self, node: usize) -> io::Result<()> {
        match self.processes.get_mut(node) {
            Some(process) => process.kill().await,
            None => Ok(()),
        }
    }

    /// Starts a node that was killed again, at another address.
    pub(crate) async fn restart(&mut self, node: usize) -> Result<(), BoxError> {
        let process = self.begin(node).await?;
        if let Some(own) = self.processes.get_mut(node) {
            *own = process;
        }
        Ok(())
    }

    /// Ends all of them, and hears what they told to the end.
    pub(crate) async fn end(mut self) -> Result<(), BoxError> {
        for process in &mut self.processes {
            process.kill().await?;
        }
        for listening in self.listening {
            listening.await?;
        }
        Ok(())
    }

    async fn begin(&mut self, node: usize) -> Result<Child, BoxError> {
        let mut command = Command::new(env::current_exe()?);
        command.arg("node").args(&self.launch.arguments);
        command.envs(self.launch.secrets.iter().map(|(name, secret)| (name, secret)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn()?;
        let stdout = process.stdout.take().ok_or("a node has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = timeout(PATIENCE, lines.next_line()).await??;
        let Some(Told::Listening(address)) = first.as_deref().and_then(Told::parse) else {
            return Err("a node ended before it listened".into());
        };
        let mut addresses = self.addresses.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = addresses.get_mut(node) {
            *own = address;
        }
        drop(addresses);
        self.listening.push(tokio::spawn(listen(lines, Arc::clone(&self.ledger))));
        Ok(process)
    }
}

async fn listen(mut lines: Lines<BufReader<ChildStdout>>, ledger: Arc<Mutex<Ledger>>) {
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(Told::Granted { challenge, user }) = Told::parse(&line) {
            lock(&ledger).granted.push(Granted { challenge, user });
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);
