//! What is measured of the client's calls and of what happens in a flow.

mod calls;
mod events;
mod recorder;
#[path = "../client/repeated.rs"]
mod repeated;
#[path = "../flow/support.rs"]
#[expect(dead_code, reason = "the tests of the flow need more of it")]
mod support;
