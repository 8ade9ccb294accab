//! The promises of [`UserStore`](crate::store::UserStore), one function each.

mod failures;
mod phones;
mod races;
mod support;

pub use failures::{
    a_failed_save_changes_nothing, a_failure_is_an_error_and_never_a_user_without_a_phone,
};
pub use phones::{
    a_phone_can_be_removed, a_phone_is_read_back_as_it_was_saved,
    a_phone_is_saved_only_under_the_expected_stamp, a_save_for_nobody_is_stale,
    a_user_without_a_phone_has_a_stamp, nobody_is_none, stamps_compare_exactly,
    users_do_not_touch_each_other,
};
pub use races::of_thirty_two_saves_under_one_stamp_one_is_saved;
