//! What a login costs through the flow, beyond the two calls that it makes; whether that depends on
//! how many challenges are live, or on what other threads do; and what live challenges weigh.
//!
//! `cargo bench --bench flow` measures time: flow and bare client in turn against one server, which is
//! another process on the same processor, with 1,000 and a million challenges waiting (pass another number
//! for other millions).
//!
//! `.ci/long/flow_instructions.sh` counts instructions. For that, `flow serve` is the server, and
//! `flow logins|calls URL COUNT` makes that many logins or pairs of calls.
//!
//! `.ci/long/memory_state.sh` weighs: `flow live COUNT` begins that many logins and leaves them
//! waiting, `flow live COUNT alone` without the counters of the limits that span users.
//!
//! Linux only, because it reads `/proc`.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
};
use verify_mfa::{PhoneNumber, store::MemoryState};

mod calls;
mod compare;
mod live;
#[path = "../support/login.rs"]
mod login;
#[path = "../support/replies.rs"]
mod replies;
#[path = "../support/server.rs"]
mod server;
mod threads;
#[path = "../support/users.rs"]
mod users;

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const SERVICE: &str = "VA00000000000000000000000000000001";
const TOKEN: &str = "00000000000000000000000000000001";
const CODE: &str = "123456";

fn main() {
    let arguments: Vec<_> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    PhoneNumber::warm_up();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => serve(),
        ["logins", url, count] => log_in(url, count.parse().unwrap()),
        ["calls", url, count] => call(url, count.parse().unwrap()),
        ["live", count] => live::weigh(count.parse().unwrap(), login::policy()),
        ["live", count, "alone"] => {
            live::weigh(count.parse().unwrap(), calls::policy_without_counters());
        }
        ["compare", most] => compare::all(most.parse().unwrap()),
        _ => {
            let most = arguments.iter().find_map(|argument| argument.parse().ok());
            on_one_processor(most.unwrap_or(1_000_000));
            threads::all();
        }
    }
}

/// Compares where flow and server take turns. Each would wake the other's processor otherwise, which
/// costs more CPU than a login, and sometimes thrice as much.
fn on_one_processor(most: u32) {
    let program = env::current_exe().unwrap();
    let mut pinned = Command::new("taskset");
    pinned.args(["--cpu-list", "0"]).arg(program).args(["compare", &most.to_string()]);
    assert!(pinned.status().unwrap().success());
}

/// One thread, as a server's worker has it.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A server in a process of its own, so that what it does is no part of what is measured.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        let program = env::current_exe().unwrap();
        let mut process =
            Command::new(program).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim_end().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn serve() {
    runtime().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        server::run(listener, replies::answer).await;
    });
}

/// Each user logs in once: what an earlier login left is gone ten minutes later, but for its time.
fn log_in(url: &str, count: u32) {
    let flow = login::flow(&login::service(url), &MemoryState::new(), login::policy());
    runtime().block_on(async {
        for number in 0..count {
            login::log_in(&flow, number).await;
        }
    });
}

fn call(url: &str, count: u32) {
    let service = login::service(url);
    runtime().block_on(async {
        for number in 0..count {
            calls::create_and_check(&service, number).await;
        }
    });
}
