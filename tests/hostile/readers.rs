//! Inputs that are small on disk and large in memory, or that arrive slowly.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use crate::files::when_read;
use crate::kit::{Fake, Place, Ran, ended_within, signal, spawn};

/// Line breaks of the archives: enough that one entry for each would be seen.
const BREAKS: usize = 32 << 20;

/// Writes an archive of `first`, about [`BREAKS`] bytes of `line`, and `last`.
fn archive(path: &Path, first: &str, line: &str, last: &str) {
    let file = std::fs::File::create(path).unwrap();
    let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    packed.write_all(first.as_bytes()).unwrap();
    let block = line.repeat(1 << 16);
    for _ in 0..BREAKS / block.len() {
        packed.write_all(block.as_bytes()).unwrap();
    }
    packed.write_all(last.as_bytes()).unwrap();
    packed.finish().unwrap();
}

/// Runs with so much memory, in KiB.
#[cfg(target_os = "linux")]
fn run_in(place: &Place, kib: u64, args: &[&str]) -> Ran {
    // Data and not addresses: stacks and arenas are reserved and never touched.
    crate::kit::run_in(place, &format!("ulimit -d {kib}"), args)
}

#[cfg(target_os = "linux")]
#[test]
fn an_archive_of_blank_lines_takes_no_memory_and_its_lines_are_counted() {
    let place = Place::new();
    for (name, line) in [("lf", "\n"), ("crlf", "\r\n"), ("blank", " \t\n\n")] {
        let file = format!("{name}.gz");
        archive(&place.work().join(&file), "[1,[10]]\n", line, "nonsense\n[2,[20]]\n");
        let lines = line.matches('\n').count() * ((BREAKS / (line.len() << 16)) << 16);
        let args = ["backfill", &file, "--dry-run", "--facts", "none", "--output", "json"];
        let report = run_in(&place, 400_000, &args).ended(4).report();
        assert_eq!(report["lines"]["blank"], lines, "{report}");
        assert_eq!(report["lines"]["read"], lines + 3, "{report}");
        assert_eq!(report["entries"]["written"], 2, "{report}");
        assert_eq!(report["first_rejects"][0]["line"], lines + 2, "{report}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_array_with_blank_lines_in_it_takes_no_memory_either() {
    let place = Place::new();
    archive(&place.work().join("array.gz"), "[\n[1,[10]],", "\n", "[2,[20]]\n]\n");
    let args = ["backfill", "array.gz", "--dry-run", "--facts", "none", "--output", "json"];
    let report = run_in(&place, 400_000, &args).ended(0).report();
    assert_eq!(report["entries"]["written"], 2, "{report}");
}

/// Starts a correct SQS whose queue is empty, so that requested ids are missing.
fn empty_queue() -> Fake {
    crate::endpoint::sqs(|operation, _| {
        let attributes = json!({ "Attributes": crate::endpoint::attributes("0") });
        (operation == "GetQueueAttributes").then_some((200, attributes))
    })
}

#[cfg(target_os = "linux")]
#[test]
fn ids_plans_and_exports_of_blank_lines_take_no_memory() {
    let place = Place::new();
    let sqs = empty_queue();
    let url = sqs.url();
    archive(&place.work().join("ids.gz"), "m-1\n", "\n", "m-2\n");
    archive(&place.work().join("none.gz"), "", "\n", "");
    archive(&place.work().join("broken.gz"), "", "\n", "{\"x\":\n");
    let run = |args: &[&str]| run_in(&place, 400_000, &[args, &["--endpoint-url", &url]].concat());
    let peek = ["dlq", "peek", "--dlq", "recs-dlq", "--max", "1"];
    let two = run(&[&peek[..], &["--id", "@ids.gz", "--output", "json"]].concat());
    assert!(two.stdout.contains("\"m-1\"") && two.stdout.contains("\"m-2\""), "{two:#?}");
    run(&[&peek[..], &["--id", "@none.gz"]].concat()).ended(2).says("--id is empty");
    let redrive = ["dlq", "redrive", "--dlq", "recs-dlq", "--plan", "none.gz", "--dry-run"];
    run(&redrive).ended(8).says("is not the report of a redrive");
    let line = format!("line {}", BREAKS + 1);
    let import = ["dlq", "import", "broken.gz", "--to", "recs-dlq", "--dry-run"];
    run(&import).ended(8).says(&line);
}

#[test]
fn a_signal_ends_the_reading_of_an_archive_that_is_all_blank() {
    let (place, pipe) = Place::with_pipe();
    for args in [
        &["backfill", "pipe", "--dry-run", "--facts", "none"][..],
        &["dlq", "peek", "--dlq", "q", "--id", "@pipe"],
    ] {
        let child = spawn(&mut place.command(args));
        let mut end = when_read(&pipe);
        let writer = std::thread::spawn(move || {
            rustix::fs::fcntl_setfl(&end, rustix::fs::OFlags::empty()).unwrap();
            // Blocks of blank lines without end, until the reader is gone.
            while end.write_all(&[b'\n'; 1 << 16]).is_ok() {}
        });
        std::thread::sleep(Duration::from_millis(500));
        signal(&child, "INT");
        ended_within(child, Duration::from_secs(15)).ended(130);
        writer.join().unwrap();
    }
}

#[test]
fn inputs_that_nobody_writes_to_do_not_make_it_deaf() {
    let (place, pipe) = Place::with_pipe();
    for args in [
        &["backfill", "pipe", "--dry-run", "--facts", "none"][..],
        &["backfill", "pipe", "--verify", "all", "--facts", "none"],
        &["verify", "pipe", "--facts", "none"],
    ] {
        for name in ["INT", "TERM"] {
            let mut command = place.command(args);
            command.env("RECOCTL_TABLE", "t").env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
            let child = spawn(&mut command);
            let _end = when_read(&pipe);
            signal(&child, name);
            ended_within(child, Duration::from_secs(15)).ended(130);
        }
    }
}

#[test]
fn stdin_that_stops_in_the_middle_does_not_make_it_deaf() {
    let place = Place::new();
    for start in ["", "[1,[10]]\n", "[1,[1"] {
        let mut command = place.command(&["backfill", "-", "--dry-run", "--facts", "none"]);
        let mut child = spawn(command.stdin(Stdio::piped()));
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(start.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(800));
        signal(&child, "INT");
        ended_within(child, Duration::from_secs(15)).ended(130);
        drop(stdin);
    }
}

#[test]
fn an_export_is_not_read_from_what_can_be_read_once() {
    let (place, _) = Place::with_pipe();
    for file in ["pipe", "/dev/zero", "/dev/stdin", "-"] {
        place.run(&["dlq", "import", file, "--to", "q"]).ended(8).says("save it to a file first");
    }
}

/// The magic bytes of some formats are letters.
#[test]
fn a_text_that_begins_like_a_format_is_a_text() {
    let place = Place::new();
    let sqs = empty_queue();
    for id in ["PAR1-0007", "ORC", "BZh9-11", "LZIP-é", "Rar!"] {
        place.write("ids", &format!("{id}\n"));
        let args = ["dlq", "peek", "--dlq", "recs-dlq", "--id", "@ids", "--endpoint-url"];
        let ran = place.run(&[&args[..], &[&sqs.url()]].concat());
        assert!(ran.stderr.contains(id) && !ran.stderr.contains("looks like"), "{ran:#?}");
    }
}
