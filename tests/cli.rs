//! The command line itself: help, completions, manual pages, configuration, bad usage.

mod support;

use std::path::Path;
use std::process::Command as Process;

use assert_cmd::Command;
use support::repository;

fn recoctl() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("recoctl"));
    command.env_clear();
    command
}

fn stdout(args: &[&str]) -> String {
    let output = recoctl().args(args).output().expect("recoctl runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("its output is UTF-8")
}

fn manual_pages() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(repository().join("man"))
        .expect("man/ is there")
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Returns the words of every command, from the pages that `recoctl man` writes: `["dlq", "peek"]`.
fn commands() -> Vec<Vec<String>> {
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    recoctl().args(["man", "--out-dir"]).arg(dir.path()).assert().success();
    let mut commands: Vec<Vec<String>> = std::fs::read_dir(dir.path())
        .expect("it was written")
        .map(|entry| {
            let name = entry.expect("it can be read").file_name().to_string_lossy().into_owned();
            let name = name.trim_end_matches(".1").to_owned();
            name.split('-').skip(1).map(str::to_owned).collect()
        })
        .collect();
    commands.sort();
    commands
}

#[test]
fn help_of_every_command() {
    for words in commands() {
        let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
        args.push("--help");
        let name = format!(
            "help-{}",
            [vec!["recoctl"], args[..args.len() - 1].to_vec()].concat().join("-")
        );
        insta::assert_snapshot!(name, stdout(&args));
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
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    recoctl().args(["man", "--out-dir"]).arg(dir.path()).assert().success();
    let mut written = Vec::new();
    for entry in std::fs::read_dir(dir.path()).expect("it was written") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        let page = std::fs::read_to_string(&path).expect("it can be read");
        same_as_committed(&repository().join("man").join(&name), &page);
        written.push(name);
    }
    written.sort();
    assert_eq!(written, manual_pages(), "man/ has pages of commands that are gone");
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
        let output = recoctl().args(args).output().expect("recoctl runs");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "errors belong on stderr: {args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
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
