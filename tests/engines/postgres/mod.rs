//! PostgreSQL, at `VERIFY_MFA_TEST_POSTGRES` or the local standard port, and in a server of its own that
//! can be restarted.

mod fixture;
mod isolation;
mod outages;
mod restart;
mod server;
mod sweeps;
mod tables;
#[cfg(feature = "users-sql")]
mod users;

use fixture::fixture;
use verify_mfa::ManualClock;

mod promises {
    verify_mfa::state_store_conformance!(super::fixture);
}

#[tokio::test]
async fn no_login_begins_during_an_outage() {
    let fixture = fixture().await;
    crate::login::no_login_begins_during_an_outage(&fixture, ManualClock::running()).await;
}

#[tokio::test]
async fn a_code_during_an_outage_lets_nobody_in_and_works_afterwards() {
    let (fixture, clock) = (fixture().await, ManualClock::running());
    crate::login::a_code_during_an_outage_lets_nobody_in_and_works_afterwards(&fixture, clock)
        .await;
}
