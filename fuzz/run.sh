#!/usr/bin/env bash
# Run every target, or those that are named, guided by coverage.
#
#   fuzz/run.sh                five minutes each
#   fuzz/run.sh 60 jq plan     a minute each of two
#
# Any toolchain will do: recoctl has no unsafe code, so what is looked for are panics, overflows of the
# stack, hangs and memory, and none of the sanitizers, which only nightly takes, is needed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
cargo fuzz --version > /dev/null 2>&1 || {
    echo "run.sh: cargo-fuzz is missing: cargo install --locked cargo-fuzz" >&2
    exit 1
}
seconds=300
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
fi
targets=("$@")
[[ ${#targets[@]} -gt 0 ]] || mapfile -t targets < <(cargo fuzz list)

# The crates that are fuzzed are those that are shipped.
cp ../Cargo.lock Cargo.lock
# What is found beside the seeds is kept apart from them: seeds are few, and have names.
found=${CARGO_TARGET_DIR:-target}/found
failed=()
for target in "${targets[@]}"; do
    mkdir -p "$found/$target"
    # As the child of recoctl has it, which alone evaluates expressions; all others do with what a thread has.
    if [[ $target == jq ]]; then ulimit -S -s 65536; else ulimit -S -s 2048; fi
    cargo fuzz run --sanitizer none "$target" "$found/$target" "corpus/$target" -- \
        -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=2048 -timeout=30 -print_final_stats=1 ||
        failed+=("$target")
done
if [[ ${#failed[@]} -gt 0 ]]; then
    echo "run.sh: failed: ${failed[*]}; the inputs are in fuzz/artifacts" >&2
    exit 1
fi
