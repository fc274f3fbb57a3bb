//! The `recoctl` binary: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    recoctl::run(std::env::args_os())
}
