#!/bin/sh
# Asks the RustSec database, which needs a network, whether anything that is depended on has a known
# vulnerability, was yanked, or is no longer maintained.
set -eu
cd "$(dirname "$0")/../.."
cargo deny --version >/dev/null 2>&1 || cargo install --locked cargo-deny --version 0.20.2
cargo deny --all-features --locked --config .ci/deny.toml check advisories
