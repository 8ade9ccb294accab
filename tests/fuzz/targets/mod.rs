//! What holds whatever comes from outside: each target takes any bytes, and panics where it does not.

mod challenge_id;
mod code;
mod error_body;
mod next_path;
mod page_url;
mod phone;
mod reply;
mod retry_after;
mod sid;
mod webhook;

type Target = fn(&[u8]);

/// Every target with the name of its corpus.
pub(crate) const TARGETS: [(&str, Target); 10] = [
    ("challenge_id", challenge_id::target),
    ("code", code::target),
    ("error_body", error_body::target),
    ("next_path", next_path::target),
    ("page_url", page_url::target),
    ("phone", phone::target),
    ("reply", reply::target),
    ("retry_after", retry_after::target),
    ("sid", sid::target),
    ("webhook", webhook::target),
];

pub(crate) fn run(name: &str, bytes: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(other, _)| *other == name).unwrap();
    target(bytes);
}
