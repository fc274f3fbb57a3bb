//! `deploy/`: the template against CloudFormation's schemas and through an independent implementation
//! of it. The tests are Python's (`deploy/tests`); here they are run.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(unix)]

#[path = "support/ran.rs"]
mod ran;

use std::path::{Path, PathBuf};
use std::process::Command;

use ran::Ran;

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The directory of programs that a script prepares and prints.
fn prepared(script: &str, arguments: &[&str]) -> PathBuf {
    let mut command = Command::new(repository().join(script));
    let ran = Ran::from(command.args(arguments).output().unwrap()).ended(0);
    PathBuf::from(ran.stdout.trim())
}

/// cfn-lint with its schemas, and the AWS CLI.
fn tools() -> PathBuf {
    prepared("deploy/lint.sh", &["--print-bin"])
}

fn python(bin: &Path, module: &str) {
    let output = Command::new(bin.join("python"))
        .args(["at_once.py", module])
        .current_dir(repository().join("deploy/tests"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("DEPLOY_TOOLS", tools())
        .env("RECOCTL", env!("CARGO_BIN_EXE_recoctl"))
        .output()
        .unwrap();
    Ran::from(output).ended(0).never_says("Ran 0 tests");
}

#[test]
fn the_template_passes_cfn_lint() {
    Ran::from(Command::new(repository().join("deploy/lint.sh")).output().unwrap()).ended(0);
}

#[test]
fn the_template_keeps_to_the_resource_schemas() {
    python(&tools(), "test_schemas");
}

#[test]
fn policies_and_calls_agree() {
    python(&tools(), "test_calls");
}

#[test]
fn a_stack_is_made_fails_recovers_and_goes_away() {
    python(&prepared("tests/support/independent.sh", &[]), "test_lifecycle");
}

#[test]
fn recoctl_works_with_the_stacks_policies() {
    python(&prepared("tests/support/independent.sh", &[]), "test_permissions");
}

#[test]
fn every_command_runs_under_the_operator_policies() {
    python(&tools(), "test_sandbox");
}
