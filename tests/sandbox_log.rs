//! A release build that starts a sandbox says so, loudly. `cargo test --release` tests the other
//! half.
#![cfg(feature = "sandbox")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};
use verify_mfa::sandbox::Sandbox;

/// Counts what is logged as an error.
#[derive(Debug, Clone, Default)]
struct Errors(Arc<AtomicUsize>);

impl Subscriber for Errors {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        if *event.metadata().level() == Level::ERROR {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn r57_a_release_build_logs_an_error_when_a_sandbox_starts() {
    let errors = Errors::default();
    let _guard = tracing::subscriber::set_default(errors.clone());
    let _sandbox = Sandbox::start().await.unwrap();
    let expected = usize::from(!cfg!(debug_assertions));
    assert_eq!(errors.0.load(Ordering::Relaxed), expected);
}
