#!/bin/sh
# 200,000 calls by 64 workers at once against a sandbox, one in twenty with a fault: each has to end as what
# it was, no more may be sent than was told, and memory has to stay. Shows its progress.
# Usage: .ci/long/soak.sh [calls]
set -eu
cd "$(dirname "$0")/../.."
cargo bench --bench soak -- "${1:-200000}"
