//! Files that block, belong to others, or are links; and the files that recoctl leaves.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use crate::kit::{Place, ended_within, fifo, signal, spawn};

const SOON: Duration = Duration::from_secs(15);

/// Waits until a pipe is read; returns the write end, which stays silent.
pub fn when_read(pipe: &Path) -> File {
    loop {
        let mut options = OpenOptions::new();
        options.write(true).custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
        match options.open(pipe) {
            Ok(end) => return end,
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

#[test]
fn a_pipe_that_nobody_writes_to_does_not_make_it_deaf() {
    let (place, pipe) = Place::with_pipe();
    let sqs = crate::endpoint::sqs(|_, _| None);
    let at = format!("@{}", pipe.display());
    let cases: [&[&str]; 5] = [
        &["dlq", "peek", "--dlq", "q", "--policy", "pipe"],
        &["dlq", "redrive", "--dlq", "q", "--plan", "pipe"],
        &["dlq", "peek", "--dlq", "q", "--id", &at],
        &["config", "show", "--policy", "pipe"],
        &["backfill", "recs.jsonl", "--dry-run", "--policy", "pipe"],
    ];
    place.write("recs.jsonl", "[1, [10]]\n");
    for args in cases {
        for name in ["INT", "TERM"] {
            let child = spawn(place.command(args).env("AWS_ENDPOINT_URL", sqs.url()));
            let _end = when_read(&pipe);
            signal(&child, name);
            ended_within(child, SOON).ended(130);
        }
    }
}

#[test]
fn a_pipe_is_still_a_policy() {
    let (place, pipe) = Place::with_pipe();
    let child = spawn(&mut place.command(&["config", "show", "--policy", "pipe"]));
    std::fs::write(&pipe, "[limits]\nmax_len = 5\n").unwrap();
    ended_within(child, SOON).ended(0);
}

#[test]
fn what_has_no_end_is_cut() {
    let place = Place::new();
    place
        .run(&["config", "show", "--policy", "/dev/zero"])
        .ended(3)
        .says("larger than the limit of 1.0 MiB");
    place.run(&["config", "show", "--facts", "sqlite:/dev/zero"]).ended(0);
    place.run(&["facts", "check", "--facts", "sqlite:/dev/zero"]).ended(3).says("regular file");
}

#[test]
fn state_that_others_can_write_is_refused() {
    let place = Place::new();
    let state = place.home().join(".local/state");
    let recoctl = state.join("recoctl");
    std::fs::create_dir_all(recoctl.join("journal/locks")).unwrap();
    let list = ["dlq", "journal", "list"];
    let modes = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode));
    for dir in [&state, &recoctl, &recoctl.join("journal"), &recoctl.join("journal/locks")] {
        modes(dir, 0o777).unwrap();
        place.run(&list).ended(7).says("chmod go-w");
        modes(dir, 0o700).unwrap();
    }
    let ended = place.run(&list).code;
    assert_ne!(ended, Some(7));
    if std::os::unix::fs::chown(&recoctl, Some(12_345), None).is_ok() {
        place.run(&list).ended(7).says("another user");
    }
}

#[test]
fn a_journal_that_is_a_link_is_not_read() {
    let place = Place::new();
    let journal = place.home().join(".local/state/recoctl/journal");
    std::fs::create_dir_all(&journal).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", journal.join("20260101T000000Z-0123abcd.jsonl"))
        .unwrap();
    let ran = place.run(&["dlq", "journal", "list"]);
    assert!(!ran.stdout.contains("0123abcd"), "{ran:#?}");
}

#[cfg(target_os = "linux")]
#[test]
fn no_crash_leaves_a_core() {
    let (place, pipe) = Place::with_pipe();
    let mut child = place.command(&["config", "show", "--policy", "pipe"]).spawn().unwrap();
    let _end = when_read(&pipe);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
}

/// A journal may be named by path, and all journals in the directory are read.
#[test]
fn a_journal_that_is_a_pipe_or_has_no_end_keeps_nobody_waiting() {
    let place = Place::new();
    let journal = place.home().join(".local/state/recoctl/journal");
    std::fs::create_dir_all(&journal).unwrap();
    fifo(&journal.join("20260101T000000Z-0123abcd.jsonl"));
    fifo(&place.work().join("pipe"));
    std::fs::write(place.work().join("long"), vec![b' '; (16 << 20) + 1]).unwrap();
    for args in [
        &["dlq", "journal", "list"][..],
        &["dlq", "journal", "show", "0123abcd"],
        &["dlq", "journal", "show", "./pipe"],
        &["dlq", "journal", "show", "/dev/zero"],
        &["dlq", "journal", "show", "./long"],
    ] {
        let ran = ended_within(spawn(&mut place.command(args)), SOON).ended_by_itself();
        let told = format!("{}{}", ran.stdout, ran.stderr);
        let said = ["not a regular file", "no run writes", "no journal of run"];
        assert!(said.iter().any(|words| told.contains(words)), "{told}");
    }
}
