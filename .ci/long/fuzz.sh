#!/bin/sh
# Fuzzes every parser of what comes from outside, one after the other, and adds what reached something
# new to tests/corpora, which .ci/run replays. Needs a nightly toolchain and cargo-fuzz.
# Usage: .ci/long/fuzz.sh [seconds for each, default 60] [target]...
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- $(ls -d tests/corpora/*/ | xargs -n 1 basename)
cargo +nightly fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT

# The versions are those of our lock file.
cp Cargo.lock tests/fuzz/Cargo.lock
fuzz() {
    target=$1
    shift
    cargo +nightly fuzz run --fuzz-dir tests/fuzz --target-dir target/fuzz --sanitizer none "$target" "$@"
}

for target in "$@"; do
    printf '\n==> %s\n' "$target"
    corpus=tests/corpora/$target found=$scratch/$target/found least=$scratch/$target/least
    mkdir -p "$found" "$least"
    # What makes it fail is kept in the corpus, so that the tests fail too until it is mended.
    fuzz "$target" "$found" "$corpus" -- -max_total_time="$seconds" -max_len=4096 -timeout=5 \
        -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$corpus/" 2>"$scratch/log" || {
        grep -A 4 'panicked at' "$scratch/log" || tail -n 20 "$scratch/log"
        ls "$corpus"/*-????????????????????????????????????????
        exit 1
    }
    grep -E '^stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)' "$scratch/log"
    # As few as reach as much as all of them; those written by hand have names, and stay.
    fuzz "$target" "$least" "$corpus" "$found" -- -set_cover_merge=1 2>"$scratch/log" || {
        tail -n 40 "$scratch/log"
        exit 1
    }
    find "$corpus" -type f -name '????????????????????????????????????????' -delete
    find "$least" -type f -size -8 -name '????????????????????????????????????????' |
        sort | head -n 150 | while read -r file; do cp "$file" "$corpus/"; done
    echo "files: $(ls "$corpus" | wc -l)"
done
