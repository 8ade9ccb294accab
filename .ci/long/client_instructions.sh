#!/bin/sh
# Counts the instructions of one call through the client and of one written by hand. Two numbers of
# calls are subtracted, so that starting up is not counted; the server is another process.
# Needs valgrind. Usage: .ci/long/client_instructions.sh [pairs of calls, default 500]
set -eu
cd "$(dirname "$0")/../.."
pairs=${1:-500}
directory=$(mktemp -d)

bench=$(cargo bench --bench client --no-run --message-format=json 2>"$directory/build" |
    sed -n 's/.*"name":"client".*"executable":"\([^"]*\)".*/\1/p' | tail -n 1)
[ -n "$bench" ] || { cat "$directory/build"; exit 1; }

"$bench" serve >"$directory/url" &
server=$!
trap 'kill "$server"; rm -r "$directory"' EXIT
until [ -s "$directory/url" ]; do sleep 0.1; done
url=$(cat "$directory/url")

# Instructions of a process that makes so many pairs of calls.
count() {
    valgrind --tool=callgrind --callgrind-out-file="$directory/$1.$2" \
        "$bench" "$1" "$url" "$2" >"$directory/log" 2>&1 || { cat "$directory/log"; exit 1; }
    sed -n 's/.*Collected : //p' "$directory/log"
}

per_call() {
    few=$(count "$1" "$pairs")
    many=$(count "$1" $((2 * pairs)))
    echo $(((many - few) / (2 * pairs)))
}

by_hand=$(per_call hand)
ours=$(per_call ours)
echo "instructions per call, by hand:    $by_hand"
echo "instructions per call, verify-mfa: $ours"
awk "BEGIN { printf \"ratio: %.3f\\n\", $ours / $by_hand }"
[ "$ours" -le "$by_hand" ]
