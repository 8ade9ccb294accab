//! A Redis of one test's own.

use std::{
    env, fs,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use verify_mfa::store::redis_driver::{
    Client, FromRedisValue, InfoDict, RedisResult, aio::MultiplexedConnection, cmd,
};

use crate::support::until;

/// A `redis-server` on a free port with a directory of its own. It ends with the test.
pub(crate) struct Server {
    pub(crate) port: u16,
    options: Vec<String>,
    directory: PathBuf,
    process: Child,
}

impl Server {
    /// Starts one that keeps nothing on disk, with further options.
    pub(crate) async fn start(options: &[&str]) -> Self {
        let port = free_port();
        let directory = env::temp_dir().join(format!("verify-mfa-redis-{port}"));
        fs::create_dir_all(&directory).expect("a directory");
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        let process = run(port, &directory, &options);
        let server = Self { port, options, directory, process };
        server.is_ready().await;
        server
    }

    pub(crate) fn client(&self) -> Client {
        Client::open(format!("redis://127.0.0.1:{}", self.port)).expect("an address")
    }

    pub(crate) async fn connection(&self) -> MultiplexedConnection {
        self.client().get_multiplexed_async_connection().await.expect("a Redis that answers")
    }

    /// A connection that may do what the user may.
    pub(crate) async fn connection_of(&self, user: &str) -> MultiplexedConnection {
        let address = format!("redis://{user}:any@127.0.0.1:{}", self.port);
        let client = Client::open(address).expect("an address");
        client.get_multiplexed_async_connection().await.expect("a Redis that lets the user in")
    }

    /// What the server says to a command, in words.
    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &str) -> T {
        self.try_ask(command).await.expect("an answer")
    }

    /// Ends it at once, as a power failure does.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("a process");
        self.process.wait().expect("its end");
    }

    /// Starts it again, over what is on disk.
    pub(crate) async fn restart(&mut self) {
        self.process = run(self.port, &self.directory, &self.options);
        self.is_ready().await;
    }

    async fn try_ask<T: FromRedisValue>(&self, command: &str) -> RedisResult<T> {
        let mut words = command.split(' ');
        let mut command = cmd(words.next().unwrap_or_default());
        words.for_each(|word| {
            command.arg(word);
        });
        let mut connection = self.client().get_multiplexed_async_connection().await?;
        command.query_async(&mut connection).await
    }

    /// Waits until it answers, and makes sure that nothing else does at its port.
    async fn is_ready(&self) {
        until("the private server answers", || async {
            let info: RedisResult<InfoDict> = self.try_ask("INFO server").await;
            let answered = info.ok().and_then(|info| info.get::<u32>("process_id"));
            answered.is_some_and(|process| process == self.process.id())
        })
        .await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn run(port: u16, directory: &PathBuf, options: &[String]) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string(), "--dir"]);
    command.arg(directory).args(options).stdout(Stdio::null());
    command.spawn().expect("a redis-server on the PATH")
}

/// A port that nothing listens on. Another process may take it first; the test fails then.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
