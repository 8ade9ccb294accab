#!/bin/sh
# Counts the instructions of a login through the flow (challenge and approve) and of the same two
# calls through the bare client. Two numbers of logins are subtracted, so that starting up is not
# counted; the server is another process. Fails when the flow adds more than 60,000.
# Needs valgrind. Usage: .ci/long/flow_instructions.sh [logins, default 500]
set -eu
cd "$(dirname "$0")/../.."
logins=${1:-500}
directory=$(mktemp -d)

bench=$(cargo bench --bench flow --no-run --message-format=json 2>"$directory/build" |
    sed -n 's/.*"name":"flow".*"executable":"\([^"]*\)".*/\1/p' | tail -n 1)
[ -n "$bench" ] || { cat "$directory/build"; exit 1; }

"$bench" serve >"$directory/url" &
server=$!
trap 'kill "$server"; rm -r "$directory"' EXIT
until [ -s "$directory/url" ]; do sleep 0.1; done
url=$(cat "$directory/url")

# Instructions of a process that makes so many logins or pairs of calls.
count() {
    valgrind --tool=callgrind --callgrind-out-file="$directory/$1.$2" \
        "$bench" "$1" "$url" "$2" >"$directory/log" 2>&1 || { cat "$directory/log"; exit 1; }
    sed -n 's/.*Collected : //p' "$directory/log"
}

each() {
    few=$(count "$1" "$logins")
    many=$(count "$1" $((2 * logins)))
    echo $(((many - few) / logins))
}

calls=$(each calls)
login=$(each logins)
echo "instructions of two calls: $calls"
echo "instructions of a login:   $login"
echo "the flow adds:             $((login - calls))"
[ "$((login - calls))" -le 60000 ]
