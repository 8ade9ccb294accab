//! Several processes on one file, and one after the other.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
};

use verify_mfa::store::{SqliteState, StateStore, sqlx::SqlitePool};

use super::fixture::{Fixture, fixture, options};
use crate::sql::{HOUR, count, create, version};

/// Names the file, in a process that a test has started.
const FILE: &str = "VERIFY_MFA_TEST_FILE";
const LIMIT: u32 = 50;

#[tokio::test]
async fn several_processes_pass_no_limit_together() {
    if let Some(file) = env::var_os(FILE) {
        return count_to_the_limit(Path::new(&file)).await;
    }
    let fixture = Fixture::running().await;
    let this = "sqlite::processes::several_processes_pass_no_limit_together";
    let start = || {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", this, "--nocapture"]).env(FILE, fixture.file.path());
        command.stdout(Stdio::piped()).spawn().unwrap()
    };
    let processes = [start(), start(), start()];
    let counted = processes.into_iter().map(|process| {
        let output = String::from_utf8(process.wait_with_output().unwrap().stdout).unwrap();
        let counted = output.split_once("counted ").unwrap().1.lines().next().unwrap();
        counted.parse::<u32>().unwrap()
    });
    assert_eq!(counted.sum::<u32>(), LIMIT);
}

/// What each process does.
async fn count_to_the_limit(file: &Path) {
    let store = SqliteState::new(SqlitePool::connect_with(options(file)).await.unwrap());
    store.migrate().await.unwrap();
    let mut counted = 0;
    for _ in 0..LIMIT {
        counted += u32::from(store.increment("key", 1, HOUR, LIMIT).await.unwrap().allowed);
    }
    println!("counted {counted}");
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let fixture = fixture().await;
    let version_before = create(&fixture.store, "key").await;
    count(&fixture.store, "key").await;
    fixture.pool.close().await;
    let store = fixture.over(fixture.file.pool().await);
    store.migrate().await.unwrap();
    assert_eq!(version(&store, "key").await, Some(version_before));
    assert_eq!(count(&store, "key").await, 2);
}
