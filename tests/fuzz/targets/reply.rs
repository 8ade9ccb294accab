//! A reply is decoded or not; what is decoded does not show its phone, what is not is not quoted.

use std::fmt::Debug;

use serde_json::Value;
use verify_mfa::client::{Service, Verification, VerificationCheck};

pub(crate) fn target(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(verification) = serde_json::from_str::<Verification>(text) {
        hides(text, verification.to.as_str(), &verification);
    }
    if let Ok(check) = serde_json::from_str::<VerificationCheck>(text) {
        hides(text, check.to.as_str(), &check);
    }
    if let Ok(service) = serde_json::from_str::<Service>(text) {
        assert!(!format!("{service:?}").is_empty());
    }
}

/// Where the destination is in no other field, whose text may be anything.
fn hides(reply: &str, destination: &str, decoded: &impl Debug) {
    let Ok(reply) = serde_json::from_str::<Value>(reply) else { return };
    let elsewhere = reply.to_string().matches(destination).count() > 1;
    // Some are what a mask looks like.
    let like_a_mask = destination.len() < 8 || destination.contains("***");
    assert!(elsewhere || like_a_mask || !format!("{decoded:?}").contains(destination));
}
