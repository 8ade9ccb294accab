//! SQLite, in files.

mod fixture;
mod outages;
mod processes;
mod sweeps;
mod tables;
#[cfg(feature = "users-sql")]
mod users;

use fixture::{Fixture, fixture};

mod promises {
    verify_mfa::state_store_conformance!(super::fixture);
}

#[tokio::test]
async fn no_login_begins_during_an_outage() {
    let fixture = Fixture::running().await;
    crate::login::no_login_begins_during_an_outage(&fixture, fixture.clock.clone()).await;
}

#[tokio::test]
async fn a_code_during_an_outage_lets_nobody_in_and_works_afterwards() {
    let fixture = Fixture::running().await;
    let clock = fixture.clock.clone();
    crate::login::a_code_during_an_outage_lets_nobody_in_and_works_afterwards(&fixture, clock)
        .await;
}
