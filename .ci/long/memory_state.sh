#!/bin/sh
# Begins a million logins through the flow and leaves them waiting for their codes: what their
# records weigh in memory, and what they weigh with the counters of the limits that span users. Then
# whether an operation takes longer with more records of that length.
# Fails when the records weigh more than 600 MB. Usage: .ci/long/memory_state.sh [logins]
set -eu
cd "$(dirname "$0")/../.."
logins=${1:-1000000}
output=$(mktemp)
trap 'rm "$output"' EXIT

cargo bench --bench flow -- live "$logins"
cargo bench --bench flow -- live "$logins" alone | tee "$output"
length=$(sed -n 's/^a record: \([0-9]*\) bytes$/\1/p' "$output")
cargo bench --bench memory_state -- "$length"
awk '/^megabytes more than empty: / { exit !($NF <= 600) }' "$output"
