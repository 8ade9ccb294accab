//! A PostgreSQL server.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use async_trait::async_trait;
use tokio::task;
use verify_mfa::{
    BoxError,
    store::{
        PostgresState,
        sqlx::{
            ConnectOptions,
            postgres::{PgConnectOptions, PgPoolOptions},
        },
    },
};

use super::{Server, free_port};

/// Its programs refuse to run as root, so there they run as the user `postgres`.
#[derive(Clone)]
struct Programs {
    place: PathBuf,
    directory: PathBuf,
    as_postgres: bool,
    port: u16,
}

struct Postgres(Programs);

pub(super) async fn start(directory: PathBuf) -> Result<Box<dyn Server>, BoxError> {
    let as_postgres = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let postgres =
        Postgres(Programs { place: place()?, directory, as_postgres, port: free_port()? });
    let trust = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"];
    let programs = postgres.0.clone();
    task::spawn_blocking(move || {
        programs.run("initdb", &trust)?;
        programs.start()
    })
    .await??;
    Ok(Box::new(postgres))
}

/// The tables are made by whichever process comes first.
pub(super) async fn state(address: &str) -> Result<PostgresState, BoxError> {
    let options = address.parse::<PgConnectOptions>()?.disable_statement_logging();
    let pool = PgPoolOptions::new().max_connections(8).acquire_timeout(Duration::from_secs(5));
    let state = PostgresState::new(pool.connect_with(options).await?);
    state.migrate().await?;
    Ok(state)
}

#[async_trait]
impl Server for Postgres {
    fn address(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.0.port)
    }

    /// As in a crash, connections are cut and nothing is written down any more.
    async fn restart(&mut self) -> Result<(), BoxError> {
        let programs = self.0.clone();
        task::spawn_blocking(move || {
            programs.run("pg_ctl", &["stop", "--wait", "--mode=immediate"])?;
            programs.start()
        })
        .await?
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.0.run("pg_ctl", &["stop", "--wait", "--mode=immediate"]);
        let _ = fs::remove_dir_all(&self.0.directory);
    }
}

impl Programs {
    /// Starts the server and waits until it lets clients in.
    fn start(&self) -> Result<(), BoxError> {
        let sockets = self.directory.display();
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={sockets}",
            self.port
        );
        let log = self.directory.join("server.log");
        self.run("pg_ctl", &["start", "--wait", "--log", &log.to_string_lossy(), "-o", &options])
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), BoxError> {
        let path = self.place.join(program);
        let mut command = Command::new(if self.as_postgres { Path::new("runuser") } else { &path });
        if self.as_postgres {
            command.args(["-u", "postgres", "--"]).arg(&path);
        }
        command.arg("-D").arg(&self.directory).args(arguments).current_dir("/");
        // Not pipes: the server would keep them open.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status()?;
        if status.success() { Ok(()) } else { Err(self.failed(program).into()) }
    }

    fn failed(&self, program: &str) -> String {
        let log = fs::read_to_string(self.directory.join("server.log")).unwrap_or_default();
        let last = log.lines().last().unwrap_or("it wrote no log");
        format!("{program} failed in {}: {last}", self.directory.display())
    }
}

/// Where `initdb` is: on the path, or where Debian has it.
fn place() -> io::Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    let mut places = env::split_paths(&path).chain(debian);
    places.find(|place| place.join("initdb").exists()).ok_or_else(|| {
        io::Error::other("initdb is neither on the PATH nor under /usr/lib/postgresql")
    })
}
