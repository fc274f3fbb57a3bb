//! The `recoctl` binary: parse, run, exit code.

use std::process::ExitCode;

/// Lists of ids are allocated and freed by the million, on several threads: the system's allocator
/// took a third of a backfill's CPU time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    recoctl::run(std::env::args_os())
}
