//! Without the feature `metrics` nothing is measured.

use crate::{Attempts, Operation, flow::SecurityEvent};

pub(crate) const IS_ON: bool = false;

pub(crate) fn call(_: Operation, _: &'static str, _: Option<u16>, _: Attempts) {}

pub(crate) fn event(_: &SecurityEvent) {}
