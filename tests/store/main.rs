//! The promises of the stores: the stores in memory keep them, and stores that do not are caught.

mod caught;
mod eviction;
mod flawed_state;
mod flawed_users;

mod memory_state {
    use std::time::Duration;

    use verify_mfa::{
        ManualClock,
        store::{MemoryState, conformance::StateFixture},
    };

    struct Fixture {
        store: MemoryState,
        clock: ManualClock,
    }

    impl StateFixture for Fixture {
        type Store = MemoryState;

        fn store(&self) -> &MemoryState {
            &self.store
        }

        async fn advance(&self, by: Duration) {
            self.clock.advance(by);
        }
    }

    async fn fixture() -> Fixture {
        let clock = ManualClock::default();
        Fixture { store: MemoryState::with_clock(clock.clone()), clock }
    }

    verify_mfa::state_store_conformance!(fixture, cannot_fail = "memory does not fail");
}

mod memory_users {
    use std::sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    };

    use verify_mfa::{
        UserId,
        store::{MemoryUsers, SecurityStamp, conformance::UserFixture},
    };

    #[derive(Default)]
    struct Fixture {
        users: Arc<MemoryUsers>,
        last: AtomicI64,
    }

    impl UserFixture for Fixture {
        type Store = MemoryUsers;

        fn store(&self) -> Arc<MemoryUsers> {
            Arc::clone(&self.users)
        }

        async fn add(&self, stamp: &SecurityStamp) -> UserId {
            let user = UserId::from(self.last.fetch_add(1, Ordering::Relaxed));
            self.users.insert(&user);
            self.users.change_stamp(&user, stamp.clone());
            user
        }

        fn nobody(&self) -> UserId {
            UserId::from(-1)
        }
    }

    async fn fixture() -> Fixture {
        Fixture::default()
    }

    verify_mfa::user_store_conformance!(fixture, cannot_fail = "memory does not fail");
}

/// Without a flaw, the stores that are caught below keep every promise, those of failures too.
mod sound_state {
    use super::flawed_state::{Fixture, Flaw};

    async fn fixture() -> Fixture {
        Fixture::with(Flaw::None)
    }

    verify_mfa::state_store_conformance!(fixture);
}

mod sound_users {
    use super::flawed_users::{Fixture, Flaw};

    async fn fixture() -> Fixture {
        Fixture::with(Flaw::None)
    }

    verify_mfa::user_store_conformance!(fixture);
}
