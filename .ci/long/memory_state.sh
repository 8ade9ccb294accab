#!/bin/sh
# Fills the state store in memory with a million records like live challenges: what they weigh, and
# whether an operation takes longer with more of them.
# Usage: .ci/long/memory_state.sh [bytes of a record, default 600]
set -eu
cd "$(dirname "$0")/../.."
cargo bench --bench memory_state -- "$@"
