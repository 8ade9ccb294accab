#!/bin/sh
# Runs every bench: the client against a call by hand, the flow against the bare client, phone
# numbers, the sandbox under load, a million records in memory, logins through the web application, and
# a million records in each engine, which needs the servers that the tests of the engines need.
set -eu
cd "$(dirname "$0")/../.."
for bench in client flow phone sandbox memory_state; do
    printf '\n==> cargo bench --bench %s\n' "$bench"
    cargo bench --bench "$bench"
done
printf '\n==> cargo bench -p verify-mfa-web\n'
cargo bench -p verify-mfa-web --bench logins
printf '\n==> .ci/long/engines.sh\n'
.ci/long/engines.sh
