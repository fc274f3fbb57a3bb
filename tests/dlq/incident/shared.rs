//! A DLQ that several queues share: each message returns to its own source.

use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::Planted;
use serde_json::{Value, json};

use super::kit::*;
use crate::support::Harness;

/// Starts `a` and `b` with one DLQ that has messages of both, and some of neither.
fn shared(suffix: &str) -> Harness {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    let sqs = harness.the_sandbox().sqs().clone();
    let name = |name: &str| format!("{name}{suffix}");
    create(&sqs, &name("dlq"), None);
    create(&sqs, &name("a"), Some(&name("dlq")));
    create(&sqs, &name("b"), Some(&name("dlq")));
    for user in 0..30 {
        let source = if user % 3 == 0 { "a" } else { "b" };
        plant_from(&harness, suffix, Some(source), user);
    }
    harness.set("RECOCTL_DLQ", &name("dlq"));
    harness
}

fn plant_from(harness: &Harness, suffix: &str, source: Option<&str>, user: usize) {
    let sqs = sqs(harness);
    let planted = Planted {
        body: sound(user),
        group_id: (!suffix.is_empty()).then(|| format!("group-{}", user % 4)),
        dead_letter_source_arn: source.map(|source| sqs.queue_arn(&format!("{source}{suffix}"))),
        ..Planted::default()
    };
    sqs.plant(&format!("dlq{suffix}"), planted).expect("planted");
}

fn len(harness: &Harness, queue: &str) -> usize {
    bodies(harness, queue).len()
}

#[test]
fn each_message_goes_to_the_queue_that_it_came_from() {
    for suffix in [STANDARD, FIFO] {
        let harness = shared(suffix);
        let report = harness.json(0, ["dlq", "redrive"]);
        let name = |name: &str| format!("{name}{suffix}");
        assert_eq!(report["moved_to"], json!({ (name("a")): 10, (name("b")): 20 }));
        assert_eq!((len(&harness, &name("a")), len(&harness, &name("b"))), (10, 20));
        for body in bodies(&harness, &name("a")) {
            let user: usize =
                body[1..].split(',').next().and_then(|n| n.parse().ok()).expect("a user");
            assert_eq!(user % 3, 0, "{body} came from the other queue");
        }
        // Each is recorded with its destination, for a restore or a resume.
        let run = report["journal"].as_str().expect("a journal");
        let shown = harness.json(0, ["dlq", "journal", "show", run]);
        assert_eq!(shown["counts"]["deleted"], 30);
        let journal = std::fs::read_to_string(run).expect("there");
        for (queue, messages) in [("a", 10), ("b", 20)] {
            let to = format!("\"to\":\"{}\"", sqs(&harness).queue_arn(&name(queue)));
            assert_eq!(journal.matches(&to).count(), messages, "{to}");
        }
    }
}

#[test]
fn with_a_queue_only_its_messages_go_and_the_others_are_counted() {
    let harness = shared(STANDARD);
    let report = harness.json(0, ["dlq", "redrive", "--queue", "a"]);
    assert_eq!((count(&report, "moved"), count(&report, "other-source")), (10, 20));
    assert_eq!((len(&harness, "a"), len(&harness, "b"), len(&harness, "dlq")), (10, 0, 20));
    // SQS itself would move messages of both queues.
    let all = ["dlq", "redrive", "--queue", "a", "--class", "all", "--yes"];
    let report = harness.json(5, all);
    assert_eq!(report["engine"], "client", "{}", report["engine_reason"]);
    harness.run(all.iter().chain(&["--engine", "native"])).ended(7);
    assert_eq!(len(&harness, "dlq"), 20);
}

#[test]
fn a_source_chooses_as_well() {
    let harness = shared(STANDARD);
    let report = harness.json(0, ["dlq", "redrive", "--source", "b"]);
    assert_eq!((count(&report, "moved"), count(&report, "skipped")), (20, 10));
    assert_eq!((len(&harness, "a"), len(&harness, "b")), (0, 20));
}

#[test]
fn the_native_engine_names_no_destination_for_a_shared_dlq() {
    let harness = shared(STANDARD);
    let report = harness.json(0, ["dlq", "redrive", "--class", "all", "--yes"]);
    assert_eq!(report["engine"], "native", "{}", report["engine_reason"]);
    assert_eq!(report["task"]["destination"], Value::Null);
    assert_eq!((len(&harness, "a"), len(&harness, "b"), len(&harness, "dlq")), (10, 20, 0));
}

#[test]
fn a_message_that_came_from_nowhere_stays_until_a_destination_is_named() {
    let harness = shared(STANDARD);
    plant_from(&harness, STANDARD, None, 100);
    let report = harness.json(4, ["dlq", "redrive"]);
    assert_eq!((count(&report, "moved"), count(&report, "failed")), (30, 1));
    assert!(report["messages"].to_string().contains("set a destination with --to"), "{report}");
    let report = harness.json(0, ["dlq", "redrive", "--to", "a"]);
    assert_eq!((count(&report, "moved"), len(&harness, "a")), (1, 11));
}

#[test]
fn a_queue_of_another_pipeline_is_refused_unless_it_is_the_destination() {
    let mut harness = shared(STANDARD);
    let sqs = harness.the_sandbox().sqs().clone();
    create(&sqs, "other-dlq", None);
    create(&sqs, "other", Some("other-dlq"));
    harness.set("RECOCTL_QUEUE", "other");
    for engine in [&[][..], &["--class", "all", "--yes"]] {
        let args = [&["dlq", "redrive"], engine].concat();
        harness.run(args).ended(7).says("dlq is not the DLQ of other");
    }
    assert_eq!((len(&harness, "other"), len(&harness, "dlq")), (0, 30));
    harness.json(0, ["dlq", "redrive", "--to", "other"]);
    assert_eq!(len(&harness, "other"), 30, "--to is the operator's word");
}

#[test]
fn lists_of_one_user_in_two_pipelines_do_not_supersede_each_other() {
    let harness = shared(STANDARD);
    for source in ["a", "b"] {
        plant_from(&harness, STANDARD, Some(source), 500);
    }
    let report = harness.json(0, ["dlq", "redrive"]);
    assert_eq!(count(&report, "moved"), 32, "{}", report["skipped_by_class"]);
}

#[test]
fn a_run_to_two_queues_that_was_cut_off_is_resumed_to_both() {
    let mut harness = shared(FIFO);
    let wrong = behind(&mut harness, |action, before| match (action, before) {
        ("SendMessageBatch", 3..) => crate::faults::Fault::Hang,
        _ => crate::faults::Fault::None,
    });
    let mut child = crate::support::spawn(&harness, &["dlq", "redrive"]);
    crate::support::eventually("it sends", std::time::Duration::from_secs(60), || {
        len(&harness, "a.fifo") + len(&harness, "b.fifo") >= 4
    });
    std::thread::sleep(std::time::Duration::from_millis(300));
    child.kill().expect("killed");
    child.wait().expect("it ends");
    wrong.heal();
    sqs(&harness).end_visibility("dlq.fifo");
    let journal = journals(&harness).pop().expect("a journal");
    let journal = journal.to_str().expect("UTF-8");
    harness.run(["dlq", "journal", "resume", journal]).ended_in([0, 4, 5]);
    harness.run(["dlq", "redrive"]);
    assert_eq!((len(&harness, "a.fifo"), len(&harness, "b.fifo")), (10, 20));
    assert_eq!(len(&harness, "dlq.fifo"), 0);
}
