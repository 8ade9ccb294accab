//! Nothing secret is logged, not even at the level that shows everything.

#![allow(dead_code, reason = "the other tests use the rest")]

#[path = "http/browser.rs"]
mod browser;
#[path = "http/world.rs"]
mod world;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use world::{PASSWORD, PHONE, World};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_password_code_phone_session_or_token_is_logged() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .init();
    let world = World::start().await;
    let mut secrets = vec![PASSWORD.to_owned(), "14155550100".into(), "415 555 0100".into()];
    world.enrolled("ada", PHONE).await;
    secrets.push(world.code(PHONE));
    let (browser, page) = world.at_code_page("ada").await;
    secrets.extend([page.token(), world.code(PHONE), world.wrong_code(PHONE).to_owned()]);
    secrets.extend(browser.cookie("session"));
    let page = world.give_code(&browser, &page, world.wrong_code(PHONE)).await;
    world.give_code(&browser, &page, &world.code(PHONE)).await.is_at("/profile");
    secrets.extend(browser.cookie("session"));
    let log = log.text();
    assert!(log.contains("verify_mfa::event"), "{log}");
    for secret in secrets {
        assert!(!tells(&log, &secret), "{secret} is in the log");
    }
}

/// How long something took can have the digits of any code, within a longer number.
fn tells(log: &str, secret: &str) -> bool {
    let is_number = |other: char| other.is_ascii_digit() || other == '.';
    log.match_indices(secret).any(|(at, _)| {
        let (before, after) = (log.get(..at), log.get(at + secret.len()..));
        let is_part = before.is_some_and(|before| before.ends_with(is_number))
            || after.is_some_and(|after| after.starts_with(is_number));
        !(is_part && secret.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

#[test]
fn a_secret_is_found_and_a_duration_is_none() {
    assert!(tells("code=123456 to=+1", "123456"));
    assert!(tells("the code 123456", "123456"));
    assert!(tells("x3abcx", "abc"));
    assert!(!tells("took=0.123456 or 71234561", "123456"));
}
