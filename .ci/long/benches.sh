#!/bin/sh
# Runs every bench: the client against a call by hand, phone numbers, the sandbox under load, and a
# million records in memory.
set -eu
cd "$(dirname "$0")/../.."
for bench in client phone sandbox memory_state; do
    printf '\n==> cargo bench --bench %s\n' "$bench"
    cargo bench --bench "$bench"
done
