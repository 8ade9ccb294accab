//! What standards and the known attacks ask of a second factor, one test or more for each demand.
//!
//! Tests named `r…` prove a numbered requirement (from NIST SP 800-63B rev 4, OWASP ASVS 5.0, OWASP's
//! cheat sheets and Twilio's documentation), those named `d…` that a numbered attack fails, and those
//! named `e26…` what each of Twilio's error codes becomes.
//!
//! Requirements that come later, or that a library cannot meet:
//!
//! - 10, PSD2: challenges with an amount and a payee come later.
//! - 26, tombstones: the application keeps the events, which say what was bound, when and how.
//! - 27, a second method: there is none before recovery codes.
//! - 31, 32, 33 and 35, recovery codes and their races, counters and resets by support: later.
//! - 38, rotating the session id: the session is the application's.
//! - 41, no sending by GET: routes are the application's; looking at a challenge sends nothing.
//! - 48, `Cache-Control` and URLs: replies are the application's; here is the mask.
//!
//! 44 is in `tests/secrets.rs` and a part of 57 in `tests/sandbox_log.rs`, as each needs a process of
//! its own. That a grant cannot be made outside the crate (36) is shown where it is defined.
//!
//! Attacks that are not here:
//!
//! - D12, session fixation: the session id is the application's to rotate.
//! - D31, sending by GET: so are the routes; that starting again sends nothing is here.
//! - D32, stolen trusted devices: there are none yet.
//! - D33, races for recovery codes: there are none yet.
//! - D36, forged requests: tokens in forms are the application's; the binding to the session is here.
//! - D37, phishing, SIM swaps and recycled numbers: inherent; the assessment of risk (29) and the
//!   notices (25, 28) are what there is.
//! - D38, removing a stronger factor by text message: there is no other factor yet.

mod attacks_01_10;
mod attacks_11_20;
mod attacks_21_30;
mod attacks_31_40;
mod channels;
mod codes;
mod enrollment;
mod errors;
mod events;
mod events_of_locks;
mod faults;
mod limits;
mod lockout;
mod privacy;
mod provider;
mod session;
mod spy;
#[path = "../flow/support.rs"]
mod support;
mod world;
