//! What was done to other applications, tried against this one.

mod browser;
mod code;
