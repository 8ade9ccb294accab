//! The typed client on the wire: what it writes, what it reads, and what it says when it cannot.

mod auto_traits;
mod builder;
mod checks;
mod connections;
mod error_bodies;
mod error_codes;
mod golden;
mod paging;
mod properties;
mod raw;
mod redaction;
mod safe_to_log;
mod services;
mod support;
mod transport;
mod verification_parameters;
mod verifications;
