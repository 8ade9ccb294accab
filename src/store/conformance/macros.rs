//! One line that runs all.

/// Tests every promise of [`StateStore`](crate::store::StateStore) on the store of a fixture.
///
/// `state_store_conformance!(fixture)` takes the path of an async function without arguments that
/// gives a [`StateFixture`](crate::store::conformance::StateFixture) that is
/// [`Breakable`](crate::store::conformance::Breakable). For a store that cannot fail, say why, and
/// the promises about failures are left out:
/// `state_store_conformance!(fixture, cannot_fail = "the reason")`.
#[macro_export]
#[cfg_attr(docsrs, doc(cfg(feature = "conformance")))]
macro_rules! state_store_conformance {
    ($fixture:path) => {
        $crate::state_store_conformance!(@always $fixture);
        $crate::conformance_tests! {
            state, $fixture;
            a_failure_is_an_error_and_never_an_absent_record,
            a_failed_operation_changes_nothing,
        }
    };
    ($fixture:path, cannot_fail = $reason:literal) => {
        $crate::state_store_conformance!(@always $fixture);
    };
    (@always $fixture:path) => {
        $crate::conformance_tests! {
            state, $fixture;
            what_was_saved_is_loaded_with_its_version_and_the_time,
            any_bytes_survive,
            keys_do_not_touch_each_other,
            keys_have_the_forms_that_the_flow_uses,
            deleting_what_is_absent_is_no_error,
            clones_share_their_contents,
            a_record_is_created_once,
            a_version_needs_its_record,
            a_stale_save_changes_nothing,
            a_version_never_comes_back_after_a_delete,
            a_version_never_comes_back_after_expiry,
            an_expired_record_is_absent,
            a_record_lives_longer_when_the_last_save_says_so,
            a_record_lives_shorter_when_the_last_save_says_so,
            a_stale_save_does_not_prolong_a_life,
            the_time_moves_with_the_clock,
            a_refused_increment_does_not_count,
            more_than_the_limit_at_once_is_refused,
            the_window_begins_with_the_first_increment,
            a_counter_begins_again_when_its_window_is_over,
            counters_and_records_do_not_touch_each_other,
            a_dropped_operation_leaves_the_store_usable,
        }
        $crate::conformance_tests! {
            races state, $fixture;
            of_thirty_two_writers_one_creates,
            of_thirty_two_writers_one_replaces,
            two_hundred_increments_against_a_limit_of_five_are_five,
        }
    };
}

/// Tests every promise of [`UserStore`](crate::store::UserStore) on the store of a fixture.
///
/// `user_store_conformance!(fixture)` takes the path of an async function without arguments that
/// gives a [`UserFixture`](crate::store::conformance::UserFixture) that is
/// [`Breakable`](crate::store::conformance::Breakable). For a store that cannot fail, say why, and
/// the promises about failures are left out:
/// `user_store_conformance!(fixture, cannot_fail = "the reason")`.
#[macro_export]
#[cfg_attr(docsrs, doc(cfg(feature = "conformance")))]
macro_rules! user_store_conformance {
    ($fixture:path) => {
        $crate::user_store_conformance!(@always $fixture);
        $crate::conformance_tests! {
            users, $fixture;
            a_failure_is_an_error_and_never_a_user_without_a_phone,
            a_failed_save_changes_nothing,
        }
    };
    ($fixture:path, cannot_fail = $reason:literal) => {
        $crate::user_store_conformance!(@always $fixture);
    };
    (@always $fixture:path) => {
        $crate::conformance_tests! {
            users, $fixture;
            nobody_is_none,
            a_user_without_a_phone_has_a_stamp,
            a_phone_is_read_back_as_it_was_saved,
            a_phone_is_saved_only_under_the_expected_stamp,
            a_save_for_nobody_is_stale,
            a_phone_can_be_removed,
            stamps_compare_exactly,
            users_do_not_touch_each_other,
        }
        $crate::conformance_tests! {
            races users, $fixture;
            of_thirty_two_saves_under_one_stamp_one_is_saved,
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! conformance_tests {
    (races $contract:ident, $fixture:path; $($promise:ident,)*) => {$(
        #[::tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $promise() {
            let spawn: $crate::store::conformance::Spawn = |task| {
                let running = ::tokio::spawn(task);
                ::std::boxed::Box::pin(async move { running.await.expect("a writer panicked") })
            };
            let fixture = $fixture().await;
            $crate::store::conformance::$contract::$promise(&fixture, spawn).await;
        }
    )*};
    ($contract:ident, $fixture:path; $($promise:ident,)*) => {$(
        #[::tokio::test]
        async fn $promise() {
            let fixture = $fixture().await;
            $crate::store::conformance::$contract::$promise(&fixture).await;
        }
    )*};
}
