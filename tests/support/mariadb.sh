#!/usr/bin/env bash
# Run a temporary MariaDB server for tests:
#
#   tests/support/mariadb.sh PORT
#
# Listens on 127.0.0.1:PORT with optional TLS (certificate for localhost), user root without a
# password. Prints its data directory (with ca.pem and server.log) once the server answers. Runs
# until its stdin is closed, then stops the server and removes the directory, so that even a killed
# test run leaves nothing behind.
set -euo pipefail

die() { printf 'mariadb: %s\n' "$*" >&2; exit 1; }

port=${1:?usage: mariadb.sh PORT}
# Debian installs the server outside the PATH of ordinary users.
PATH=$PATH:/usr/sbin
for program in mariadbd mariadb-install-db mariadb openssl; do
    command -v "$program" >/dev/null ||
        die "$program not found: run tests/support/prerequisites.sh, or install (Debian's names)" \
            "mariadb-server-core, mariadb-client-core and openssl"
done

dir=$(mktemp -d "${TMPDIR:-/tmp}/mariadb.XXXXXX")
server=
# shellcheck disable=SC2317,SC2329 # run by the trap
clean() {
    # The data is not needed any more, so an orderly shutdown is not either.
    [[ -z $server ]] || { kill -KILL "$server" && wait "$server"; } 2>/dev/null || true
    rm -rf "$dir"
}
trap clean EXIT
trap 'exit 1' INT TERM HUP

certificates() {
    local subject=/CN=recoctl-tests
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj "$subject-ca" -keyout "$dir/ca.key" -out "$dir/ca.pem"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -subj "$subject" -keyout "$dir/server.key" -out "$dir/server.csr"
    openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" \
        -CAcreateserial -days 2 -out "$dir/server.pem" \
        -extfile <(printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n')
}

options=(
    --no-defaults
    --datadir="$dir/data"
    --innodb-log-file-size=8M
    --innodb-flush-log-at-trx-commit=0
)
# The server runs as root only if told to explicitly.
((EUID != 0)) || options+=(--user=root)

exec 3>&1 >"$dir/setup.log" 2>&1
certificates || { cat "$dir/setup.log" >&3; exit 1; }
mariadb-install-db "${options[@]}" --auth-root-authentication-method=normal --skip-test-db ||
    { cat "$dir/setup.log" >&3; exit 1; }

mariadbd "${options[@]}" --bind-address=127.0.0.1 --port="$port" --socket="$dir/socket" \
    --pid-file="$dir/pid" --skip-name-resolve --skip-log-bin --log-error="$dir/server.log" \
    --ssl-cert="$dir/server.pem" --ssl-key="$dir/server.key" --ssl-ca="$dir/ca.pem" &
server=$!

for ((i = 0; i < 600; i++)); do
    if mariadb --no-defaults --user=root --socket="$dir/socket" --execute='SELECT 1'; then
        printf '%s\n' "$dir" >&3
        exec 3>&-
        cat >/dev/null
        exit 0
    fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
cat "$dir/server.log" >&3
exit 1
