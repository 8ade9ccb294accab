#!/bin/sh
# What the stores over SQLite, PostgreSQL and Redis cost next to the bare drivers, with 1,000 and with
# a million live records, in a table; the progress while it fills is on standard error. Redis needs
# 2 GB for the million. Fails when a store takes more than 1.15 times as long as its driver.
# Usage: .ci/long/engines.sh [live records] [sqlite|postgres|redis]...
set -eu
cd "$(dirname "$0")/../.."
output=$(mktemp)
trap 'rm "$output"' EXIT

{
    cargo bench --bench engines --features sqlite,postgres,redis -- "$@" || echo "it failed"
} | tee "$output"
awk '/ times \(/ && $7 > 1.15 { bad = 1; print "slower than wanted:", $0 }
    /^it failed$/ { bad = 1 }
    END { exit bad }' "$output"
