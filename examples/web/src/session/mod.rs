//! What is kept of a visitor, and how a visitor becomes a member.

mod cookie;
mod kept;
mod member;
mod store;
mod visitor;

pub(crate) use cookie::keep_cookie;
pub(crate) use kept::{Pending, Purpose};
pub(crate) use member::{Member, with_next};
pub(crate) use store::SqliteSessions;
pub(crate) use visitor::Visitor;
