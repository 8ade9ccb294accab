//! The values that are parsed once and trusted afterwards. Phone numbers have tests of their own.

mod code;
mod destination;
mod names;
mod next_path;
mod properties;
mod sid;
mod user;
