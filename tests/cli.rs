//! The command line itself: help, completions, manual pages, configuration, bad usage.

mod support;

use std::path::Path;
use std::process::Command as Process;

use assert_cmd::Command;
use support::{Ran, repository};
use tempfile::TempDir;

fn recoctl() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("recoctl"));
    command.env_clear();
    command
}

fn stdout(args: &[&str]) -> String {
    Ran::of(recoctl().args(args)).ended(0).stdout
}

/// Returns the names of a directory's files, in their order.
fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("a directory");
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<String> =
        entries.map(|entry| name(entry).into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

/// Returns the directory of the pages that `recoctl man` writes.
fn written_pages() -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    recoctl().args(["man", "--out-dir"]).arg(dir.path()).assert().success();
    dir
}

/// Each command has a page: `recoctl-dlq-peek.1`.
#[test]
fn help_of_every_command() {
    for page in names(written_pages().path()) {
        let command = page.trim_end_matches(".1");
        let args: Vec<&str> = command.split('-').skip(1).chain(["--help"]).collect();
        insta::assert_snapshot!(format!("help-{command}"), stdout(&args));
    }
}

#[test]
fn completions_are_as_committed() {
    let files = [
        ("bash", "recoctl.bash"),
        ("zsh", "_recoctl"),
        ("fish", "recoctl.fish"),
        ("elvish", "recoctl.elv"),
        ("powershell", "_recoctl.ps1"),
    ];
    for (shell, file) in files {
        same_as_committed(
            &repository().join("completions").join(file),
            &stdout(&["completions", shell]),
        );
    }
}

#[test]
fn manual_pages_are_as_committed() {
    let (dir, committed) = (written_pages(), repository().join("man"));
    let written = names(dir.path());
    for name in &written {
        let page = std::fs::read_to_string(dir.path().join(name)).expect("it can be read");
        same_as_committed(&committed.join(name), &page);
    }
    assert_eq!(written, names(&committed), "man/ has pages of commands that are gone");
}

fn same_as_committed(path: &Path, generated: &str) {
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == generated,
        "{} has drifted from the command tree: run tests/regenerate",
        path.display()
    );
}

#[test]
fn a_completion_script_is_sound_bash() {
    let path = repository().join("completions/recoctl.bash");
    let status = Process::new("bash").arg("-n").arg(path).status().expect("bash runs");
    assert!(status.success());
}

#[test]
fn version_says_which() {
    assert_eq!(stdout(&["--version"]), format!("recoctl {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn bad_usage_exits_with_2_and_says_what_is_known() {
    for args in [
        &["dlq", "peak"][..],
        &["--output", "xml", "config", "show"],
        &["dlq", "peek", "--max", "-1"],
    ] {
        let ran = Ran::of(recoctl().args(args)).ended(2);
        assert_eq!(ran.stdout, "", "errors belong on stderr: {args:?}");
        assert_ne!(ran.stderr, "", "{args:?}");
    }
}

#[test]
fn help_survives_a_closed_pipe() {
    let binary = assert_cmd::cargo::cargo_bin!("recoctl");
    let script =
        format!("'{}' --help | head -c 10 >/dev/null; exit ${{PIPESTATUS[0]}}", binary.display());
    let status = Process::new("bash").args(["-c", &script]).status().expect("bash runs");
    assert_eq!(status.code(), Some(0));
}
