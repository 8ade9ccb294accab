//! The suite catches stores that break a promise: each flaw by the promise that it breaks.

use verify_mfa::store::conformance::{Spawn, state, users};

use crate::{flawed_state, flawed_users};

const SPAWN: Spawn = |task| {
    let running = tokio::spawn(task);
    Box::pin(async move { running.await.unwrap() })
};

/// One test per flaw: its name, the kind of store, the flaw, the promise, and what the panic says.
macro_rules! caught {
    ($($name:ident: $flawed:ident::$flaw:ident by $contract:ident::$promise:ident
        $(with $spawn:ident)?, $says:literal;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        #[should_panic(expected = $says)]
        async fn $name() {
            let fixture = $flawed::Fixture::with($flawed::Flaw::$flaw);
            $contract::$promise(&fixture $(, $spawn)?).await;
        }
    )*};
}

caught! {
    a_create_in_two_steps: flawed_state::SavesInTwoSteps
        by state::of_thirty_two_writers_one_creates with SPAWN, "of 32 writers";
    a_lost_update: flawed_state::SavesInTwoSteps
        by state::of_thirty_two_writers_one_replaces with SPAWN, "of 32 writers";
    a_stale_save_that_saves: flawed_state::SavesWhatIsStale
        by state::a_stale_save_changes_nothing, "has other contents";
    versions_that_restart_after_a_delete: flawed_state::VersionsRestart
        by state::a_version_never_comes_back_after_a_delete, "a version came back";
    versions_that_restart_after_expiry: flawed_state::VersionsRestart
        by state::a_version_never_comes_back_after_expiry, "a version came back";
    an_expired_record_that_is_visible: flawed_state::ShowsWhatExpired
        by state::an_expired_record_is_absent, "a save over what has expired must be Stale";
    a_life_that_cannot_be_prolonged: flawed_state::KeepsTheFirstExpiry
        by state::a_record_lives_longer_when_the_last_save_says_so, "is absent";
    a_life_that_cannot_be_shortened: flawed_state::KeepsTheFirstExpiry
        by state::a_record_lives_shorter_when_the_last_save_says_so, "still there";
    a_stale_save_that_prolongs: flawed_state::SavesWhatIsStale
        by state::a_stale_save_does_not_prolong_a_life, "is absent";
    bytes_that_have_to_be_text: flawed_state::TextOnly
        by state::any_bytes_survive, "has other contents";
    keys_that_ignore_case: flawed_state::FoldsCase
        by state::keys_do_not_touch_each_other, "was Stale";
    a_delete_that_misses_the_absent: flawed_state::DeletesOnlyWhatIsThere
        by state::deleting_what_is_absent_is_no_error, "delete failed: no row was deleted";
    clones_that_are_copies: flawed_state::ClonesAreCopies
        by state::clones_share_their_contents, "is absent";
    a_clock_that_stands_still: flawed_state::ItsTimeStandsStill
        by state::the_time_moves_with_the_clock, "the time moved by";
    a_failure_that_is_absence: flawed_state::FailuresAreAbsence
        by state::a_failure_is_an_error_and_never_an_absent_record, "instead of an error";
    a_failure_that_saved: flawed_state::FailsAfterSaving
        by state::a_failed_operation_changes_nothing, "has other contents";
    increments_that_overshoot: flawed_state::CountsInTwoSteps
        by state::two_hundred_increments_against_a_limit_of_five_are_five with SPAWN,
        "of 200 increments";
    a_refused_increment_that_counts: flawed_state::CountsWhatItRefuses
        by state::a_refused_increment_does_not_count, "a refused increment changed the counter";
    too_much_at_once_that_counts: flawed_state::CountsWhatItRefuses
        by state::more_than_the_limit_at_once_is_refused, "a refused increment changed the counter";
    a_window_that_slides: flawed_state::ItsWindowSlides
        by state::the_window_begins_with_the_first_increment, "moved the end of the window";
    a_window_that_never_ends: flawed_state::ItsWindowSlides
        by state::a_counter_begins_again_when_its_window_is_over, "5 more were refused below the limit";
    one_table_for_records_and_counters: flawed_state::OneTableForAll
        by state::counters_and_records_do_not_touch_each_other, "the counter is wrong";
    a_lock_that_a_dropped_save_keeps: flawed_state::StaysLockedWhenDropped
        by state::a_dropped_operation_leaves_the_store_usable, "save failed: the lock is taken";
    a_save_under_any_stamp: flawed_users::IgnoresTheStamp
        by users::a_phone_is_saved_only_under_the_expected_stamp, "under another stamp";
    a_save_that_keeps_the_stamp: flawed_users::KeepsTheStamp
        by users::a_phone_is_saved_only_under_the_expected_stamp, "under a former stamp";
    stamps_that_ignore_case: flawed_users::FoldsCase
        by users::stamps_compare_exactly, "was taken for the stamp";
    two_phones_saved_under_one_stamp: flawed_users::SavesInTwoSteps
        by users::of_thirty_two_saves_under_one_stamp_one_is_saved with SPAWN, "of 32 saves";
    a_phone_that_stays: flawed_users::CannotRemove
        by users::a_phone_can_be_removed, "the user has another phone";
    a_save_that_makes_a_user: flawed_users::MakesUsers
        by users::a_save_for_nobody_is_stale, "a save for nobody";
    a_save_that_updates_everybody: flawed_users::UpdatesAll
        by users::users_do_not_touch_each_other, "the user has another phone";
    a_failure_that_is_nobody: flawed_users::FailuresAreAbsence
        by users::a_failure_is_an_error_and_never_a_user_without_a_phone, "instead of an error";
    a_failure_that_is_stale: flawed_users::FailuresAreStale
        by users::a_failed_save_changes_nothing, "instead of an error";
}
