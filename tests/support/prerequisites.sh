#!/usr/bin/env bash
# Check for prerequisites that Cargo and pip can't install: a C compiler (for SQLite, zstd and the
# TLS library), python3 with venv, a MariaDB server and openssl for the tests of facts, and zsh for those of completion; with
# --lint also shellcheck, rustfmt and clippy.
#
#   tests/support/prerequisites.sh [--lint]
#
# Installs only missing ones: Debian packages when it runs as root or may use sudo without a
# password, toolchain components with rustup. Otherwise it lists what to install. Silent when
# everything is installed.
set -euo pipefail

say() { printf 'prerequisites: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

have() { command -v "$1" >/dev/null; }

have cargo || die "cargo not found: install Rust 1.94.1 or newer from https://rustup.rs and run again"

packages=()
have cc || packages+=(gcc libc6-dev)
if ! have "${RECOCTL_PYTHON:-python3}"; then
    packages+=(python3 python3-venv)
elif ! "${RECOCTL_PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null; then
    packages+=(python3-venv)
fi
# Only the server, without the package that starts it as a service. Debian installs it outside the
# PATH of ordinary users.
PATH=$PATH:/usr/sbin have mariadbd || packages+=(mariadb-server-core)
have mariadb || packages+=(mariadb-client-core)
have openssl || packages+=(openssl)
# Completions are tested in the shells that they are for; script gives a test a terminal.
have bash || packages+=(bash)
have zsh || packages+=(zsh)
have script || packages+=(bsdutils)
[[ ${1:-} != --lint ]] || have shellcheck || packages+=(shellcheck)

if ((${#packages[@]})); then
    as_root=()
    if ((EUID != 0)); then
        { have sudo && sudo -n true 2>/dev/null; } ||
            die "missing: ${packages[*]}; on Debian: sudo apt-get install ${packages[*]}"
        as_root=(sudo -n)
    fi
    have apt-get || die "missing: ${packages[*]} (by their Debian names); install them and run again"
    say "installing ${packages[*]}"
    "${as_root[@]}" apt-get update -qq >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "${packages[@]}" >&2
fi

if [[ ${1:-} == --lint ]]; then
    for component in rustfmt clippy; do
        cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 && continue
        have rustup || die "cargo ${component/rustfmt/fmt} is missing and there is no rustup to add it: install $component"
        say "adding $component"
        rustup component add "$component" >&2
    done
fi
