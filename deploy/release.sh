#!/usr/bin/env bash
# Build what is given away: without a path of the machine that built it.
#
#   deploy/release.sh recoctl  [cargo arguments]   target/release/recoctl
#   deploy/release.sh function [cargo arguments]   target/function/bootstrap
#   deploy/release.sh lambda   [cargo arguments]   the same by cargo-lambda, as a zip for arm64
#   deploy/release.sh check FILE...                only look into files that were built
#   deploy/release.sh flags                        what the compilers are told
#
# Panics and asserts name their source file. Cargo's own `trim-paths` is not stable, so the compilers
# are told what to write in place of the checkout, of cargo's home and of the user's. Every build is
# looked into afterwards, and one that names any of them fails.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
cargo_home=${CARGO_HOME:-$HOME/.cargo}
target=${CARGO_TARGET_DIR:-$root/target}
sysroot=$(rustc --print sysroot)

die() { printf 'release: %s\n' "$*" >&2; exit 1; }

# The widest first: of several that fit, compilers take the last.
prefixes=("$HOME=/home" "$sysroot=/rust" "$cargo_home=/cargo" "$root=/recoctl" "$target=/recoctl/target")

# Separated as cargo wants it, since paths may hold spaces.
rust_flags() {
    local flags=${CARGO_ENCODED_RUSTFLAGS:-} flag prefix
    for flag in ${RUSTFLAGS:-}; do flags+=${flags:+$'\x1f'}$flag; done
    for prefix in "${prefixes[@]}"; do flags+=${flags:+$'\x1f'}--remap-path-prefix=$prefix; done
    printf '%s' "$flags"
}

# For the C libraries: zstd, SQLite, aws-lc, mimalloc.
c_flags() {
    local prefix
    for prefix in "${prefixes[@]}"; do
        [[ $prefix != *' '* ]] || die "C compilers take no path with a space: $prefix"
        printf -- ' -ffile-prefix-map=%s' "$prefix"
    done
}

check() {
    local file path found=0
    for file in "$@"; do
        [[ -r $file ]] || die "cannot read $file"
        for path in "$HOME" "$cargo_home" "$root" "$target"; do
            # A home of `/` is in every path.
            [[ ${#path} -gt 1 ]] || continue
            if LC_ALL=C grep -qaF -- "$path/" "$file"; then
                found=1
                printf 'release: %s names a path of this machine:\n' "$file" >&2
                LC_ALL=C grep -aoF -- "$path/" "$file" | sort | uniq -c >&2
            fi
        done
    done
    [[ $found -eq 0 ]] || die "built without deploy/release.sh, or by a compiler that takes no other names"
    printf 'release: no path of this machine in %s\n' "$*"
}

build() {
    local encoded cflags
    encoded=$(rust_flags)
    cflags=$(c_flags)
    unset RUSTFLAGS
    CARGO_ENCODED_RUSTFLAGS=$encoded CFLAGS="${CFLAGS:-}$cflags" CXXFLAGS="${CXXFLAGS:-}$cflags" "$@"
}

what=${1:-}
[[ $# -eq 0 ]] || shift
case $what in
    recoctl)
        build cargo build --release --locked --package recoctl "$@"
        check "$target/release/recoctl"
        ;;
    function)
        build cargo build --profile function --locked --package reco-lambda "$@"
        check "$target/function/bootstrap"
        ;;
    lambda)
        build cargo lambda build --profile function --arm64 --package reco-lambda --output-format zip "$@"
        unpacked=$(mktemp -d)
        trap 'rm -rf "$unpacked"' EXIT
        unzip -q -d "$unpacked" "$target/lambda/bootstrap/bootstrap.zip"
        check "$unpacked/bootstrap"
        ;;
    check)
        [[ $# -gt 0 ]] || die "check which files?"
        check "$@"
        ;;
    flags)
        rust_flags | tr '\037' '\n'
        printf '\n%s\n' "$(c_flags)"
        ;;
    *) die "usage: deploy/release.sh recoctl|function|lambda|check FILE...|flags" ;;
esac
