//! Full logins through the running application, at 64 connections: password, code, profile. The
//! application is a process of its own, so that its memory is its own; the sandbox and the browsers are in
//! this one.
//!
//! `cargo bench -p verify-mfa-web --bench logins -- [logins]`, 50,000 if nothing is said. Password hashing is
//! as cheap as it can be and no limit refuses: what is measured is everything else. Linux only, because it
//! reads `/proc`.
//!
//! Of 50,000 logins, on two cores: 197 to 251 a second, the median of a login 250 to 317 ms and p99 351 to
//! 461 ms; resident 45.0 MB after 10,000, 51.2 MB after 30,000, 52.2 MB after 45,000 and after 50,000. A
//! login is six requests, and SQLite has one writer at a time.

mod browser;
mod figures;
mod server;

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use tokio::{task::JoinSet, time::Instant};
use verify_mfa::{BoxError, sandbox::Sandbox};

use browser::Browser;
use figures::Figures;
use server::Server;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "serve") {
        return server::serve().await;
    }
    let logins = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(50_000);
    let sandbox = Arc::new(Sandbox::builder().running_clock().start().await?);
    let server = Server::start(&sandbox).await?;
    for user in 0..CONNECTIONS {
        Browser::connect(server.address, user).await?.enroll(&sandbox).await?;
    }
    println!("{CONNECTIONS} users are enrolled; resident: {:.1} MB", server.resident()?);
    println!("   logins   a second      p50      p99   resident");
    for tenth in 1..=10 {
        let figures = drive(&server, &sandbox, logins / 10).await?;
        println!("{:>9} {figures} {:>7.1} MB", logins / 10 * tenth, server.resident()?);
    }
    Ok(())
}

/// So many logins over all connections, each of which has a user of its own.
async fn drive(server: &Server, sandbox: &Arc<Sandbox>, logins: u32) -> Result<Figures, BoxError> {
    let (left, began) = (Arc::new(AtomicU32::new(logins)), Instant::now());
    let mut people = JoinSet::new();
    for user in 0..CONNECTIONS {
        let (left, sandbox, address) = (Arc::clone(&left), Arc::clone(sandbox), server.address);
        people.spawn(async move {
            let mut times = Vec::new();
            while take_one(&left) {
                let began = Instant::now();
                Browser::connect(address, user).await?.log_in(&sandbox).await?;
                times.push(began.elapsed());
            }
            Ok::<_, BoxError>(times)
        });
    }
    let mut times = Vec::new();
    while let Some(person) = people.join_next().await {
        times.extend(person??);
    }
    Ok(Figures::new(times, began.elapsed()))
}

fn take_one(left: &AtomicU32) -> bool {
    let one_less = |left: u32| left.checked_sub(1);
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
}

const CONNECTIONS: u32 = 64;
