//! A PostgreSQL server of its own, which a test can stop and start.

use std::{
    env, fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use verify_mfa::store::sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// Stopped and removed when it is dropped. Its programs refuse to run as root, so there they run as the
/// user `postgres`.
pub(crate) struct Server {
    programs: PathBuf,
    directory: PathBuf,
    port: u16,
}

impl Server {
    pub(crate) fn start() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let name = format!("verify-mfa-postgres-{}-{number}", process::id());
        // Elsewhere the user `postgres` may not be let in.
        let directory = env::temp_dir().join(name);
        let server = Self { programs: programs(), directory, port: free_port() };
        let trust = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"];
        server.run("initdb", &trust);
        server.start_again();
        server
    }

    /// Starts it and waits until it lets clients in.
    pub(crate) fn start_again(&self) {
        let sockets = self.directory.display();
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={sockets}",
            self.port
        );
        let log = self.directory.join("server.log");
        self.run("pg_ctl", &["start", "--wait", "--log", &log.to_string_lossy(), "-o", &options]);
    }

    /// Stops it as a crash does: connections are cut, nothing is written down any more.
    pub(crate) fn crash(&self) {
        self.run("pg_ctl", &["stop", "--wait", "--mode=immediate"]);
    }

    /// A pool that waits for connections for a moment only.
    pub(crate) async fn pool(&self) -> PgPool {
        let options = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(self.port);
        let pool = PgPoolOptions::new().max_connections(4);
        let pool = pool.acquire_timeout(Duration::from_millis(500));
        pool.connect_with(options.username("postgres").database("postgres"))
            .await
            .expect("a server")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let status = self.command(program).args(arguments).status().expect(program);
        let log = || fs::read_to_string(self.directory.join("server.log")).unwrap_or_default();
        assert!(status.success(), "{program} failed: {status}\n{}", log());
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let is_root = fs::metadata("/proc/self").expect("/proc").uid() == 0;
        let mut command = Command::new(if is_root { Path::new("runuser") } else { &program });
        if is_root {
            command.args(["-u", "postgres", "--"]).arg(&program);
        }
        command.arg("-D").arg(&self.directory).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.command("pg_ctl").args(["stop", "--wait", "--mode=immediate"]).status();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Where `initdb` is: on the path, or where Debian has it.
fn programs() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    let mut places = env::split_paths(&path).chain(debian);
    let found = places.find(|place| place.join("initdb").exists());
    found.expect("initdb is neither on the PATH nor under /usr/lib/postgresql: install PostgreSQL")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
    listener.local_addr().expect("an address").port()
}
