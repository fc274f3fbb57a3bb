#!/usr/bin/env bash
# Prepare the Python environment that holds the independent AWS server (ministack) and numpy.
#
#   tests/support/independent.sh      prints the environment's bin directory on stdout
#
# Then:  BIND_HOST=127.0.0.1 GATEWAY_PORT=<free port> <bin>/ministack
#
# Progress goes to stderr. Safe to run at any time and concurrently: one process builds, the
# others wait for it. Costs only a checksum when the environment matches requirements.txt.
# RECOCTL_PYTHON selects an interpreter other than python3.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$here/../.." && pwd)
cache=$repo/.cache
venv=$cache/venv
requirements=$here/requirements.txt
python=${RECOCTL_PYTHON:-python3}

say() { printf 'independent: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

command -v "$python" >/dev/null || die "$python not found; on Debian: apt-get install python3 python3-venv"

mkdir -p "$cache"
exec 9>"$cache/venv.lock"
flock 9

# A stamp, written last, marks a finished environment: an interrupted build has none. It also
# contains the interpreter, because a venv does not survive its interpreter's upgrade, and the
# venv's path, because the venv's scripts contain it.
stamp=$venv/.stamp
want="$(sha256sum <"$requirements") $("$python" -VV | tr '\n' ' ') $venv"
if [[ -x $venv/bin/ministack && -f $stamp && $(<"$stamp") == "$want" ]]; then
    printf '%s\n' "$venv/bin"
    exit 0
fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    die "$("$python" -V) is too old: the pinned packages need 3.11 or newer"

# Debian ships venv without ensurepip until python3-venv is installed; without this check
# `python3 -m venv` leaves a half-made directory behind.
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    die "$python has no ensurepip, so it can't make a virtual environment; on Debian: apt-get install python3-venv"

say "building $venv (once)"
rm -rf "$venv"
"$python" -m venv "$venv" >&2 9>&-
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --requirement "$requirements" >&2 9>&- ||
    die "pip could not install $requirements; look above for the package, check the network, and run again"
printf '%s\n' "$want" >"$stamp"
say "ready"
printf '%s\n' "$venv/bin"
