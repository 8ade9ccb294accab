#!/bin/sh
# Counts the crates that an application gets through us, next to those that it would get from
# reqwest (with the same TLS) and phonenumber alone: at most 20 more, with default features.
set -eu
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT

mkdir "$scratch/src"
: >"$scratch/src/lib.rs"
# The versions are those of our lock file.
cp Cargo.lock "$scratch"
cat >"$scratch/Cargo.toml" <<'END'
[package]
name = "scratch"
version = "0.0.0"
edition = "2024"

[dependencies]
phonenumber = "*"
reqwest = { version = "*", default-features = false, features = ["form", "json", "rustls-no-provider"] }
rustls = { version = "*", default-features = false, features = ["ring", "std", "tls12"] }
END

# Name and version of every crate that is compiled into a program, without the package itself.
crates() {
    cargo tree --quiet --manifest-path "$1/Cargo.toml" -e normal --prefix none --no-dedupe |
        sed 's/ (.*//' | sort -u | grep -v -e '^verify-mfa ' -e '^scratch '
}

crates . >"$scratch/ours"
crates "$scratch" >"$scratch/bare"
comm -23 "$scratch/ours" "$scratch/bare" >"$scratch/more"
echo "crates with verify-mfa:              $(wc -l <"$scratch/ours")"
echo "crates with reqwest and phonenumber: $(wc -l <"$scratch/bare")"
echo "only with verify-mfa:                $(wc -l <"$scratch/more")"
cat "$scratch/more"
[ "$(wc -l <"$scratch/more")" -le 20 ]
