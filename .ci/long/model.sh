#!/bin/sh
# Plays many random histories of the flow against the model, in release and in ten parts.
# Usage: .ci/long/model.sh [histories, default 5000]
set -eu
cd "$(dirname "$0")/../.."
histories=${1:-5000}
cargo test --release --test model --no-run
for part in 1 2 3 4 5 6 7 8 9 10; do
    printf '\n==> part %s of 10\n' "$part"
    PROPTEST_CASES=$(((histories + 9) / 10)) cargo test --quiet --release --test model
done
