//! What `enroll` and `login` have in common: everything but what they are for.

pub(crate) mod application;
pub(crate) mod credentials;
pub(crate) mod failure;
pub(crate) mod options;
pub(crate) mod password;
pub(crate) mod provider;
pub(crate) mod terminal;
pub(crate) mod users;
pub(crate) mod wording;
