//! What the engines of pending state cost: `load`, `save` and `increment` through the store, in turn
//! with the same statements by hand on the bare driver, with 1,000 and with a million live records; a
//! whole login over each; and how a sweep of many expired rows is felt beside it.
//!
//! `cargo bench --bench engines --features sqlite,postgres,redis` uses a file in the temporary
//! directory and the servers at `VERIFY_MFA_TEST_POSTGRES` and `VERIFY_MFA_TEST_REDIS`, by default those
//! of this machine at the standard ports. Pass `sqlite`, `postgres` or `redis` for one of them, and a
//! number for other millions. What it wrote is removed when it ends, or when it begins again.
#![expect(clippy::future_not_send, reason = "all of it runs in one thread")]

use std::env;

use engine::{Engine, SqlEngine};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
};
use verify_mfa::PhoneNumber;

mod compare;
mod engine;
mod growth;
#[path = "../support/login.rs"]
mod login;
mod logins;
mod postgres;
mod redis;
#[path = "../support/replies.rs"]
mod replies;
#[path = "../support/server.rs"]
mod server;
mod sqlite;
mod sweep;
mod times;
#[path = "../support/users.rs"]
mod users;

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const SERVICE: &str = "VA00000000000000000000000000000001";
const TOKEN: &str = "00000000000000000000000000000001";
const CODE: &str = "123456";

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let all = !["sqlite", "postgres", "redis"].into_iter().any(named);
    let most = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    PhoneNumber::warm_up();
    let (runtime, url) = runtime_with_server();
    if all || named("sqlite") {
        runtime.block_on(with_sql(sqlite::Sqlite::start(), &url, most));
    }
    if all || named("postgres") {
        runtime.block_on(with_sql(postgres::Postgres::start(), &url, most));
    }
    if all || named("redis") {
        runtime.block_on(async {
            let engine = redis::Redis::start().await;
            with(&engine, &url, most).await;
            engine.clean_up().await;
        });
    }
}

async fn with_sql<E: SqlEngine>(engine: impl Future<Output = E>, url: &str, most: u32) {
    let engine = engine.await;
    with(&engine, url, most).await;
    engine.print_plans().await;
    sweep::beside_the_flow(&engine).await;
    engine.clean_up().await;
}

async fn with<E: Engine>(engine: &E, url: &str, most: u32) {
    println!(
        "\n{:<10}  live records  operation    the store  by hand      ratio of the medians",
        E::NAME
    );
    let mut live = 0;
    for count in [1_000, most] {
        compare::fill(engine, live..count).await;
        live = count;
        compare::in_turn(engine, live).await;
        logins::in_turn(engine, url, live).await;
    }
    growth::in_turn(engine, live).await;
}

/// A runtime with a server in its only thread, as waking another one takes longer than a call and
/// varies more.
fn runtime_with_server() -> (Runtime, String) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    runtime.spawn(server::run(listener, replies::answer));
    (runtime, url)
}
