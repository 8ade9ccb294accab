//! The typed client on the wire: what it writes, what it reads, and what it says when it cannot.

mod auto_traits;
mod builder;
mod checks;
mod connections;
mod error_bodies;
mod error_codes;
mod golden;
mod hostile;
mod in_flight;
mod paging;
mod properties;
mod raw;
mod redaction;
mod repeated;
mod retry;
mod safe_to_log;
mod services;
mod spans;
mod support;
mod transport;
mod verification_parameters;
mod verifications;
