//! What is kept of a visitor, and how a visitor becomes a member.

mod cookie;
mod data;
mod extract;
mod member;
mod store;
mod visitor;

pub(crate) use cookie::keep_cookie;
pub(crate) use data::{Pending, Purpose};
pub(crate) use member::{Member, with_next};
pub(crate) use store::SqliteSessions;
pub(crate) use visitor::Visitor;
