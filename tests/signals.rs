//! Signals: which ones end a run, when a second one counts, and Ctrl-C at a prompt.
#![cfg(unix)]

#[path = "support/faults.rs"]
#[allow(dead_code, reason = "one fault is enough here")]
mod faults;
mod support;

use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use faults::{Fault, always};
use reco_sandbox::SandboxOptions;
use serde_json::json;
use support::queues::{STANDARD, plant_sound, queues};
use support::{Harness, Ran, eventually, finished, spawn};

/// Starts the queues `recs` and `recs-dlq`, with this many sound messages in the DLQ.
fn with_messages(messages: usize) -> Harness {
    let harness = queues(STANDARD, SandboxOptions::empty());
    plant_sound(&harness, STANDARD, messages, 1);
    harness
}

/// Returns the number of messages in a queue, and how many of them are hidden.
fn depth(harness: &Harness, queue: &str) -> (usize, usize) {
    let depth = harness.the_sandbox().sqs().depth(queue).expect("the queue exists");
    (depth.visible + depth.in_flight, depth.in_flight)
}

/// Sends signals in quick succession.
fn signal(child: &Child, names: &[&str]) {
    let id = child.id();
    let script: Vec<String> = names.iter().map(|name| format!("kill -{name} {id}")).collect();
    let status = Command::new("bash").args(["-c", &script.join("; ")]).status().expect("bash runs");
    assert!(status.success());
}

const SLOW_REDRIVE: [&str; 6] = ["dlq", "redrive", "--rate", "5", "--output", "json"];

/// Signals a redrive that has begun to move messages; asserts that it reports, and that each
/// message is in one queue and visible.
fn stops_in_order(signals: &[&str]) {
    let harness = with_messages(300);
    let child = spawn(&harness, &SLOW_REDRIVE);
    eventually("some moved", Duration::from_secs(30), || depth(&harness, "recs").0 > 0);
    signal(&child, signals);
    let report = finished(child).ended(130).report();
    assert_eq!(report["interrupted"], true, "{signals:?}");
    let (source, dlq) = (depth(&harness, "recs"), depth(&harness, "recs-dlq"));
    assert_eq!((source.0 + dlq.0, source.1, dlq.1), (300, 0, 0), "{signals:?}");
    assert_eq!(report["counts"]["moved"], json!(source.0), "{signals:?}");
}

#[test]
fn two_signals_at_once_are_one() {
    // As sent by GNU timeout, a closing terminal and an impatient finger.
    for signals in [&["TERM", "TERM"][..], &["HUP", "TERM"], &["INT", "INT", "INT"]] {
        stops_in_order(signals);
    }
}

#[test]
fn a_hang_up_and_a_quit_are_as_a_term() {
    for signal in ["HUP", "QUIT", "TERM", "INT"] {
        stops_in_order(&[signal]);
    }
}

#[test]
fn timeout_of_coreutils_stops_in_order() {
    let harness = with_messages(300);
    let binary = assert_cmd::cargo::cargo_bin!("recoctl");
    let mut timeout = harness.within(Command::new("timeout"));
    let output = timeout.arg("3").arg(binary).args(SLOW_REDRIVE).output().expect("timeout runs");
    // The exit code of `timeout` itself for a command that it stopped.
    let report = Ran::from(output).ended(124).report();
    assert_eq!(report["interrupted"], true);
    let (source, dlq) = (depth(&harness, "recs"), depth(&harness, "recs-dlq"));
    assert_eq!((source.0 + dlq.0, source.1, dlq.1), (300, 0, 0));
}

/// Waits for a process, but not longer than `within`.
fn ended(child: &mut Child, within: Duration) -> Option<ExitStatus> {
    let began = Instant::now();
    while began.elapsed() < within {
        if let Some(status) = child.try_wait().expect("its state can be read") {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

#[test]
fn a_second_signal_a_second_later_stops_at_once() {
    // A receive that is never answered keeps the command from ending in order, because the messages
    // it may bring must be released.
    let mut harness = with_messages(3);
    let calls = faults::in_front(&mut harness, always("ReceiveMessage", Fault::Hang));
    let mut child = spawn(&harness, &["dlq", "peek"]);
    eventually("it receives", Duration::from_secs(20), || calls.count("ReceiveMessage") > 0);
    signal(&child, &["TERM", "TERM"]);
    let early = ended(&mut child, Duration::from_millis(1_500));
    assert_eq!(early, None, "the echo does not count");
    signal(&child, &["TERM"]);
    let status = ended(&mut child, Duration::from_secs(5)).expect("it stops at once");
    assert_eq!(status.code(), Some(130));
    finished(child).says("stopped immediately by a second signal");
}

#[test]
fn a_network_that_does_not_answer_cannot_keep_a_command_from_ending() {
    let harness = with_messages(0);
    for args in [
        &["dlq", "peek"][..],
        &["dlq", "redrive"],
        &["dlq", "redrive", "--class", "all", "--yes"],
        &["dlq", "purge", "--all-now", "--yes"],
        &["dlq", "tasks", "list"],
        &["metrics"],
    ] {
        let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let endpoint = format!("http://{}", silent.local_addr().expect("an address"));
        let args = [args, &["--endpoint-url", &endpoint]].concat();
        let mut child = spawn(&harness, &args);
        let _call = silent.accept().expect("a call");
        signal(&child, &["INT"]);
        let status = ended(&mut child, Duration::from_secs(5)).expect("it ends at once");
        assert_eq!(status.code(), Some(130), "{args:?}");
    }
}

#[test]
fn nohup_is_respected() {
    let harness = with_messages(20);
    let script = format!(
        "trap '' HUP; exec '{}' dlq redrive --rate 10 --output json",
        assert_cmd::cargo::cargo_bin!("recoctl").display()
    );
    let child = harness
        .within(Command::new("bash"))
        .args(["-c", &script])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash runs");
    eventually("some moved", Duration::from_secs(30), || depth(&harness, "recs").0 > 0);
    signal(&child, &["HUP"]);
    finished(child).ended(0);
    assert_eq!(depth(&harness, "recs").0, 20);
}

#[test]
fn a_run_that_was_suspended_goes_on() {
    let harness = with_messages(60);
    let child = spawn(&harness, &["dlq", "redrive", "--rate", "20", "--output", "json"]);
    eventually("some moved", Duration::from_secs(30), || depth(&harness, "recs").0 > 0);
    signal(&child, &["TSTP"]);
    std::thread::sleep(Duration::from_secs(2));
    let moved = depth(&harness, "recs").0;
    assert!(moved < 60, "it was suspended in the middle");
    signal(&child, &["CONT"]);
    let report = finished(child).ended(0).report();
    assert_eq!(report["counts"]["moved"], 60);
    assert_eq!((depth(&harness, "recs"), depth(&harness, "recs-dlq")), ((60, 0), (0, 0)));
}

/// Runs a command on a terminal, answers its prompt with some bytes, and prints its output and exit
/// code.
const ON_A_TERMINAL: &str = r#"
import os, pty, select, sys, time
answer = sys.argv[1].encode().decode("unicode_escape").encode()
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown, answered, end = b"", False, time.time() + 60
while time.time() < end:
    ready, _, _ = select.select([master], [], [], 1)
    if ready:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    if not answered and b"[y/N]" in shown:
        os.write(master, answer)
        answered = True
else:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
print()
print("exit", os.waitstatus_to_exitcode(status))
"#;

fn on_a_terminal(harness: &Harness, answer: &str, args: &[&str]) -> (String, String) {
    let mut child = harness
        .within(Command::new("python3"))
        .arg("-")
        .arg(answer)
        .arg(assert_cmd::cargo::cargo_bin!("recoctl"))
        .args(args)
        .env("PATH", "/usr/bin:/bin:/usr/local/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    child.stdin.take().expect("piped").write_all(ON_A_TERMINAL.as_bytes()).expect("written");
    let text = finished(child).stdout;
    let last = text.trim_end().lines().last().unwrap_or_default().to_owned();
    (text, last)
}

#[test]
fn ctrl_c_at_a_question_ends_it_and_nothing_is_done() {
    let harness = with_messages(12);
    let export = harness.home.path().join("copy.jsonl").display().to_string();
    let source = harness.home.path().join("source.jsonl").display().to_string();
    harness.json(0, ["dlq", "export", &source]);
    for args in [
        &["dlq", "redrive", "--class", "all"][..],
        &["dlq", "redrive", "--class", "all", "--engine", "client"],
        &["dlq", "purge", "--backup", &export],
        &["dlq", "purge", "--all-now"],
        &["dlq", "export", &export, "--and-delete"],
        &["dlq", "import", &source, "--to", "recs"],
    ] {
        let (shown, last) = on_a_terminal(&harness, "\\x03", args);
        assert_eq!(last, "exit 130", "{args:?}: {shown}");
        assert!(shown.contains("nothing was done"), "{args:?}: {shown}");
        assert_eq!(depth(&harness, "recs-dlq"), (12, 0), "{args:?}");
        assert_eq!(depth(&harness, "recs"), (0, 0), "{args:?}");
        let (shown, last) = on_a_terminal(&harness, "n\\n", args);
        assert_eq!(last, "exit 7", "{args:?}: {shown}");
        assert_eq!(depth(&harness, "recs-dlq"), (12, 0), "{args:?}");
    }
    let (shown, last) = on_a_terminal(&harness, "y\\n", &["dlq", "redrive", "--class", "all"]);
    assert_eq!(last, "exit 0", "{shown}");
    assert_eq!((depth(&harness, "recs-dlq").0, depth(&harness, "recs").0), (0, 12));
}
