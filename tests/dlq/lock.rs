//! The lock on a DLQ that other machines see, and who and why in what a run leaves behind. A machine
//! is a state directory here.

use std::process::Child;
use std::time::Duration;

use reco_core::Time;
use reco_core::queue_lock::{QueueLock, TAG};
use reco_sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::faults::{Fault, always};
use crate::support::queues::{STANDARD, bodies, plant_sound, queues};
use crate::support::{Harness, eventually, finished, interrupt, now, spawn};

const WHO: &str = "arn:aws:iam::000000000000:user/jane";

fn with_messages(messages: usize) -> Harness {
    let mut harness = queues(STANDARD, SandboxOptions::empty());
    harness.set("AWS_ACCESS_KEY_ID", "jane");
    plant_sound(&harness, STANDARD, messages, 7);
    harness
}

/// Makes every later command one of another machine.
fn on(harness: &mut Harness, machine: &str) {
    let state = harness.home.path().join(machine);
    harness.set("XDG_STATE_HOME", &state.display().to_string());
}

fn tag_of(harness: &Harness, queue: &str) -> Option<String> {
    let url = harness.the_sandbox().sqs().queue_url(queue);
    let call = async { harness.sqs().list_queue_tags().queue_url(url).send().await };
    let tags = harness.runtime.block_on(call).expect("the tags").tags;
    tags.and_then(|mut tags| tags.remove(TAG))
}

fn set_tag(harness: &Harness, value: &str) {
    let url = harness.the_sandbox().sqs().queue_url("recs-dlq");
    let call = async { harness.sqs().tag_queue().queue_url(url).tags(TAG, value).send().await };
    harness.runtime.block_on(call).expect("tagged");
}

/// Messages of a run at one a second that does not end by itself within a test.
const MANY: usize = 400;

/// A redrive that goes on until it is stopped, and has taken its lock. On a busy machine, STS may not
/// tell its caller in time.
fn going_on(harness: &Harness) -> (Child, QueueLock) {
    let child = spawn(harness, &["dlq", "redrive", "--rate", "1", "--output", "json"]);
    eventually("the lock", Duration::from_secs(30), || tag_of(harness, "recs-dlq").is_some());
    eventually("it moves", Duration::from_secs(30), || !bodies(harness, "recs").is_empty());
    let lock = QueueLock::parse(&tag_of(harness, "recs-dlq").expect("a tag")).expect("a lock");
    assert!(lock.who.as_deref().is_none_or(|who| who == WHO), "{lock:?}");
    (child, lock)
}

#[test]
fn a_run_on_another_machine_is_refused_and_told_who_holds_the_lock() {
    let mut harness = with_messages(MANY);
    on(&mut harness, "one");
    let (child, lock) = going_on(&harness);
    on(&mut harness, "two");
    // One that is not held: an empty DLQ has nothing for a move task.
    plant_sound(&harness, STANDARD, 1, 7);
    let changing = [
        &["dlq", "redrive"][..],
        &["dlq", "redrive", "--class", "all", "--engine", "native", "--yes"],
        &["dlq", "purge", "--class", "malformed", "--backup", "b.jsonl", "--yes"],
        &["dlq", "purge", "--all-now", "--yes"],
        &["dlq", "export", "e.jsonl", "--and-delete", "--yes"],
    ];
    for args in changing {
        harness
            .run(args)
            .ended(7)
            .says("refusing to run while another run has locked recs-dlq")
            .says(lock.words())
            .says(format!("--take-over {} takes it over at once", lock.run_id));
    }
    // Reading is not refused, and says who likely holds the messages: by now perhaps all of them, since
    // the other run looks at what arrives.
    let read = |args: &[&str]| -> Value { harness.run(args).ended_in([0, 5]).report() };
    let peek = read(&["dlq", "peek", "--output", "json"]);
    assert_eq!(peek["locked_by"]["run_id"], json!(lock.run_id), "{peek}");
    read(&["dlq", "redrive", "--dry-run", "--output", "json"]);
    interrupt(&child);
    let ran = finished(child).ended(130);
    assert_eq!(ran.report()["interrupted"], true, "{ran:#?}");
    assert_eq!(tag_of(&harness, "recs-dlq"), None, "released after Ctrl-C: {ran:#?}");
    // What it saved to import is locked in the same way, and every run releases its lock.
    harness.json(0, ["dlq", "export", "kept.jsonl", "--max", "3"]);
    harness.json(0, ["dlq", "redrive"]);
    assert_eq!(tag_of(&harness, "recs-dlq"), None);
    set_tag(&harness, &lock.renewed(Time::from_seconds(i64::try_from(now()).unwrap())).value());
    let journals = harness.json(0, ["dlq", "journal", "list"]);
    let run_id = journals["journals"][0]["run_id"].as_str().expect("a run").to_owned();
    for args in [
        &["dlq", "import", "kept.jsonl", "--to", "recs-dlq", "--yes"][..],
        &["dlq", "journal", "restore", &run_id, "--yes"],
    ] {
        harness.run(args).ended(7);
        harness
            .run([args, &["--take-over", &lock.run_id]].concat())
            .ended(0)
            .says("taking over the lock on recs-dlq: locked by ");
        assert_eq!(tag_of(&harness, "recs-dlq"), None);
        set_tag(&harness, &lock.renewed(Time::from_seconds(i64::try_from(now()).unwrap())).value());
    }
}

#[test]
fn a_dead_holders_lock_is_in_the_way_until_it_expires_except_on_its_own_machine() {
    let mut harness = with_messages(40);
    on(&mut harness, "one");
    let (mut child, lock) = going_on(&harness);
    child.kill().expect("killed");
    child.wait().expect("ended");
    assert_eq!(tag_of(&harness, "recs-dlq"), Some(lock.value()), "it could not release it");
    on(&mut harness, "two");
    harness.run(["dlq", "redrive"]).ended(7);
    // Its own machine knows that it has ended.
    on(&mut harness, "one");
    harness.run(["dlq", "journal", "resume", &lock.run_id]).ended_in([0, 4, 5]);
    let ended = QueueLock { run_id: "0".repeat(16), ..lock.clone() };
    set_tag(&harness, &ended.value());
    let args = ["dlq", "redrive", "--max", "1", "--resend-uncertain"];
    harness.run(args).ended_in([0, 4, 5]).says("of this machine, which has ended");
    // Ten minutes later, it has expired for all others.
    on(&mut harness, "two");
    let past = Time::from_seconds(i64::try_from(now()).unwrap() - 1);
    set_tag(&harness, &QueueLock { expires: past, ..lock.clone() }.value());
    let expired = format!("which was not renewed and expired at {}: {}", past.iso(), lock.words());
    harness.run(args).ended_in([0, 4, 5]).says(expired);
    assert_eq!(tag_of(&harness, "recs-dlq"), None);
    // Of another tool, or a later version: not guessed at.
    set_tag(&harness, "held by someone");
    let refused = harness.run(args).ended(7).says("recoctl:lock").says("held by someone");
    refused.says("--take-over unknown");
    harness.run([&args[..], &["--take-over", "unknown"]].concat()).ended_in([0, 4, 5]);
}

#[test]
fn whoever_is_taken_over_finishes_what_is_in_flight_and_stops() {
    let mut harness = with_messages(MANY);
    on(&mut harness, "one");
    let (child, first) = going_on(&harness);
    on(&mut harness, "two");
    // Neither by the check of another thing, nor by the name of another run.
    for refused in [&["--force"][..], &["--take-over", "0123456789abcdef"]] {
        harness.run([&["dlq", "redrive"], refused].concat()).ended(7);
    }
    let report = harness
        .run(["dlq", "redrive", "--take-over", &first.run_id, "--output", "json"])
        .ended_in([0, 4, 5])
        .says(format!("taking over the lock on recs-dlq: {}", first.words()))
        .report();
    assert!([&Value::Null, &json!(WHO)].contains(&&report["by"]["who"]), "{report}");
    // The second has released it by now, or the first sees it within seconds and stops.
    let taken = QueueLock { run_id: "f".repeat(16), state: "other".to_owned(), ..first.clone() };
    set_tag(&harness, &taken.value());
    let ran = finished(child).ended(130);
    let ran = ran.says("stopping: another run has taken the lock on recs-dlq");
    assert_eq!(ran.report()["interrupted"], true, "{ran:#?}");
    assert_eq!(tag_of(&harness, "recs-dlq"), Some(taken.value()), "not its own to remove");
}

/// Each command that changes a DLQ takes over the lock of the run that it names, and only where it takes
/// a lock at all.
#[test]
fn every_command_that_takes_a_lock_takes_one_over() {
    let harness = with_messages(8);
    let report = harness.json(0, ["dlq", "redrive", "--max", "1"]);
    let run_id = report["run_id"].as_str().expect("a run");
    let lock = QueueLock::new("bbbb2222", "other", (None, "elsewhere"), {
        Time::from_seconds(i64::try_from(now()).expect("a time"))
    });
    let commands = [
        &["dlq", "redrive", "--max", "1"][..],
        &["dlq", "redrive", "--class", "all", "--engine", "native", "--yes"],
        &["dlq", "export", "e.jsonl", "--and-delete", "--yes"],
        &["dlq", "purge", "--class", "malformed", "--backup", "b.jsonl", "--yes"],
        &["dlq", "purge", "--all-now", "--yes"],
    ];
    for args in commands {
        plant_sound(&harness, STANDARD, 1, 7);
        set_tag(&harness, &lock.value());
        harness.run(args).ended(7);
        harness
            .run([args, &["--take-over", "bbbb2222"]].concat())
            .ended_in([0, 5])
            .says("taking over the lock on recs-dlq: locked by ");
        assert_eq!(tag_of(&harness, "recs-dlq"), None, "{args:?}");
    }
    let idle = [
        &["dlq", "redrive", "--dry-run"][..],
        &["dlq", "export", "f.jsonl"],
        &["dlq", "purge", "--class", "malformed", "--backup", "c.jsonl", "--dry-run"],
        &["dlq", "import", "e.jsonl", "--dry-run"],
    ];
    for args in idle {
        harness.run([args, &["--take-over", run_id]].concat()).ended(2);
    }
}

#[test]
fn without_the_permission_for_tags_a_note_says_that_the_lock_is_local() {
    for denied in ["ListQueueTags", "TagQueue"] {
        let mut harness = with_messages(3);
        let rule = move |action: &str, _: usize| match action == denied {
            true => Fault::Deny,
            false => Fault::None,
        };
        let calls = crate::faults::in_front(&mut harness, rule);
        harness
            .run(["dlq", "redrive"])
            .ended(0)
            .says("recs-dlq is locked on this machine only: ")
            .says("AccessDenied");
        assert_eq!(tag_of(&harness, "recs-dlq"), None);
        assert_eq!(bodies(&harness, "recs").len(), 3);
        let tags = ["ListQueueTags", "TagQueue", "UntagQueue"].map(|action| calls.count(action));
        assert!(tags.iter().sum::<usize>() <= 2, "{tags:?}");
    }
}

#[test]
fn a_tag_that_may_have_been_written_is_removed_although_no_answer_said_so() {
    for lost in [Fault::FailAfter, Fault::DropAfter] {
        let mut harness = with_messages(3);
        let rule = always("TagQueue", lost);
        let calls = crate::faults::in_front(&mut harness, rule);
        let told = harness
            .run(["dlq", "redrive"])
            .ended(0)
            .says("recs-dlq is locked on this machine only: ")
            .stderr;
        assert_eq!(tag_of(&harness, "recs-dlq"), None, "{told}");
        assert!(calls.count("UntagQueue") > 0, "it had been written");
    }
}

#[test]
fn a_tag_that_cannot_be_read_at_the_end_is_a_note_that_says_when_it_expires() {
    let mut harness = with_messages(3);
    // Read before and after it is written, and denied from then on.
    let rule = |action: &str, earlier: usize| match action {
        "ListQueueTags" if earlier >= 2 => Fault::Deny,
        _ => Fault::None,
    };
    crate::faults::in_front(&mut harness, rule);
    let ran = harness.run(["dlq", "redrive"]).ended(0);
    let lock = QueueLock::parse(&tag_of(&harness, "recs-dlq").expect("a tag")).expect("a lock");
    let expires = lock.expires.iso();
    ran.says(format!("the lock on recs-dlq was not removed and expires at {expires}: "));
}

#[test]
fn a_lock_costs_a_few_calls() {
    let mut harness = with_messages(200);
    let calls = crate::faults::in_front(&mut harness, |_, _| Fault::None);
    harness.json(0, ["dlq", "redrive"]);
    assert_eq!((calls.count("TagQueue"), calls.count("UntagQueue")), (1, 1));
    // Twice at the start, once at the end, and now and then: not with every batch.
    assert!(calls.count("ListQueueTags") <= 8, "{calls:?}");
    harness.json(0, ["dlq", "classify"]);
    assert_eq!(calls.count("TagQueue"), 1, "reading takes no lock");
}

#[test]
fn who_and_why_are_in_journals_and_reports() {
    let harness = with_messages(6);
    let why = "INC-4711: bad policy \u{1b}[31m";
    let report = harness.json(0, ["dlq", "redrive", "--max", "2", "--reason", why]);
    let host = &report["by"]["host"];
    assert!(host.as_str().is_some_and(|host| !host.is_empty()), "{report}");
    let by = json!({ "who": WHO, "host": host, "reason": why });
    assert_eq!(report["by"], by);
    let list = harness.json(0, ["dlq", "journal", "list"]);
    assert_eq!(list["journals"][0]["by"], by);
    let run_id = list["journals"][0]["run_id"].as_str().expect("a run").to_owned();
    assert_eq!(harness.json(0, ["dlq", "journal", "show", &run_id])["by"], by);
    for args in [&["dlq", "journal", "show", &run_id][..], &["dlq", "journal", "list"]] {
        let text = harness.run(args).shows("jane").shows("INC-4711: bad policy").stdout;
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
    let reasoned = |code: i32, args: &[&str]| {
        let report = harness.json(code, [args, &["--reason", "INC-2"]].concat());
        assert_eq!(report["by"]["reason"], "INC-2", "{args:?}: {report}");
        report["by"]["who"].clone()
    };
    assert_eq!(reasoned(0, &["dlq", "redrive", "--dry-run"]), Value::Null, "nothing is changed");
    assert_eq!(
        reasoned(0, &["dlq", "export", "e.jsonl", "--max", "1", "--and-delete", "--yes"]),
        WHO
    );
    assert_eq!(reasoned(0, &["dlq", "import", "e.jsonl", "--yes"]), WHO);
    assert_eq!(reasoned(0, &["dlq", "journal", "restore", &run_id, "--yes"]), WHO);
    assert_eq!(reasoned(5, &["dlq", "journal", "resume", &run_id]), Value::Null);
    let all = ["dlq", "redrive", "--class", "all", "--engine", "native", "--yes"];
    assert_eq!(reasoned(0, &all), WHO);
    assert_eq!(reasoned(5, &["dlq", "tasks", "cancel"]), Value::Null);
    assert_eq!(
        reasoned(5, &["dlq", "purge", "--class", "malformed", "--backup", "b.jsonl", "--yes"]),
        WHO
    );
    assert_eq!(reasoned(0, &["dlq", "purge", "--all-now", "--yes"]), WHO);
}

#[test]
fn an_identity_that_sts_does_not_tell_is_a_note() {
    let mut harness = with_messages(2);
    // Nothing listens there.
    harness.set("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9");
    let report = harness
        .run(["dlq", "redrive", "--reason", "INC-1", "--output", "json"])
        .ended(0)
        .says("the caller's identity is not recorded: cannot ask STS")
        .report();
    assert_eq!((&report["by"]["who"], &report["by"]["reason"]), (&Value::Null, &json!("INC-1")));
    assert_eq!(tag_of(&harness, "recs-dlq"), None, "and the lock is released");
}

#[test]
fn a_journal_of_an_earlier_version_still_opens() {
    let harness = with_messages(2);
    let report = harness.json(0, ["dlq", "redrive"]);
    let path = report["journal"].as_str().expect("a path");
    let text = std::fs::read_to_string(path).expect("there");
    let (first, rest) = text.split_once('\n').expect("a header");
    let mut header: Value = serde_json::from_str(first).expect("JSON");
    assert!(header["header"].as_object_mut().expect("a header").remove("by").is_some());
    std::fs::write(path, format!("{header}\n{rest}")).expect("written");
    let shown = harness.json(0, ["dlq", "journal", "show", path]);
    assert_eq!(shown["by"], json!({ "who": null, "host": null, "reason": null }));
    let list = harness.json(0, ["dlq", "journal", "list"]);
    assert_eq!(list["journals"][0]["condition"], "finished");
}
