//! The promises of [`StateStore`](crate::store::StateStore), one function each.

mod counters;
mod expiry;
mod failures;
mod races;
mod records;
mod versions;

pub use counters::{
    a_counter_begins_again_when_its_window_is_over, a_refused_increment_does_not_count,
    counters_and_records_do_not_touch_each_other, more_than_the_limit_at_once_is_refused,
    the_window_begins_with_the_first_increment,
};
pub use expiry::{
    a_record_lives_longer_when_the_last_save_says_so,
    a_record_lives_shorter_when_the_last_save_says_so, a_stale_save_does_not_prolong_a_life,
    an_expired_record_is_absent, the_time_moves_with_the_clock,
};
pub use failures::{
    a_dropped_operation_leaves_the_store_usable, a_failed_operation_changes_nothing,
    a_failure_is_an_error_and_never_an_absent_record,
};
pub use races::{
    of_thirty_two_writers_one_creates, of_thirty_two_writers_one_replaces,
    two_hundred_increments_against_a_limit_of_five_are_five,
};
pub use records::{
    any_bytes_survive, clones_share_their_contents, deleting_what_is_absent_is_no_error,
    keys_do_not_touch_each_other, keys_have_the_forms_that_the_flow_uses,
    what_was_saved_is_loaded_with_its_version_and_the_time,
};
pub use versions::{
    a_record_is_created_once, a_stale_save_changes_nothing, a_version_needs_its_record,
    a_version_never_comes_back_after_a_delete, a_version_never_comes_back_after_expiry,
};
