#!/usr/bin/env bash
# Check deploy/template.yaml with cfn-lint:
#
#   deploy/lint.sh [arguments for cfn-lint]
#   deploy/lint.sh --print-bin     only prepare, and print the directory of the programs
#
# Needs python3 with venv, no AWS account. The first run installs cfn-lint into
# .cache/cfn-lint-venv; later runs reuse it. Safe to run twice, and concurrently: one process
# installs, the others wait for it. RECOCTL_PYTHON names another interpreter than python3.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$(cd "$here/.." && pwd)/.cache
venv=$cache/cfn-lint-venv
requirements=$here/requirements.txt
python=${RECOCTL_PYTHON:-python3}

die() { printf 'lint: %s\n' "$*" >&2; exit 1; }

command -v "$python" >/dev/null || die "$python not found; on Debian: apt-get install python3 python3-venv"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    die "$python can't make a virtual environment; on Debian: apt-get install python3-venv"

mkdir -p "$cache"
exec 9>"$cache/cfn-lint-venv.lock"
flock 9

# Written last: a build that was cut short has no stamp. A venv does not survive its
# interpreter's upgrade nor a move, so the stamp names both.
stamp=$venv/.stamp
want="$(sha256sum <"$requirements") $("$python" -VV | tr '\n' ' ') $venv"
if [[ ! -f $stamp || $(<"$stamp") != "$want" ]]; then
    printf 'lint: building %s (once)\n' "$venv" >&2
    rm -rf "$venv"
    "$python" -m venv "$venv" >&2 9>&-
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --requirement "$requirements" >&2 9>&- ||
        die "pip could not install $requirements; look above for the package, check the network, and run again"
    printf '%s\n' "$want" >"$stamp"
fi
flock -u 9

if [[ ${1:-} == --print-bin ]]; then
    printf '%s\n' "$venv/bin"
    exit 0
fi
exec "$venv/bin/cfn-lint" "$@" -- "$here/template.yaml" 9>&-
