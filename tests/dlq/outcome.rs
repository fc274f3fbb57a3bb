//! What became of redriven messages, through the real binary: a consumer that fails some of them,
//! stages, and a wait that is cut off.

mod canary;
mod kit;

use std::collections::BTreeSet;
use std::time::Duration;

use reco_sandbox::SandboxOptions;
use reco_sandbox::permissions::Grant;
use serde_json::{Value, json};

use self::kit::{
    arranged, arranged_with, assert_exact, body, consumer, consumer_with_policy, every_50th, stop,
};
use crate::support::queues::{STANDARD, count, plant_body, sqs, visible_bodies};
use crate::support::table::{ids, n};
use crate::support::{Harness, eventually, finished, interrupt, spawn, table};

#[test]
fn a_wait_accounts_for_a_thousand_messages_and_all_their_users() {
    let harness = arranged(1_000);
    let (worker, consumed) = consumer(&harness, every_50th);
    let report = harness.json(4, ["dlq", "redrive", "--wait", "2m"]);
    stop(&harness, worker);
    let failed = consumed.lock().expect("not poisoned").bodies.clone();
    assert_eq!((count(&report, "moved"), failed.len()), (1_000, 20));
    assert_exact(&report["outcomes"], 1_000, &failed);
    let named = |report: &Value| {
        let rows = report["messages"].as_array().expect("rows").clone().into_iter();
        let of = |row: Value| (row["message_id"].to_string(), row["outcome"].to_string());
        rows.map(of).collect::<BTreeSet<_>>()
    };
    let lists = report["outcomes"]["users"]["have_list"].as_u64().expect("a number");
    assert_eq!(table::items(&harness).len() as u64, lists, "what is counted is there");
    // From its journal the same; what the wait found is not looked up again.
    let run = report["run_id"].as_str().expect("a run");
    let later = harness.json(4, ["dlq", "journal", "outcome", run]);
    assert_exact(&later, 1_000, &failed);
    assert_eq!(named(&later), named(&report));
}

/// Waits until a run has moved its messages, and waits for what becomes of them.
fn run_that_waits(harness: &Harness) -> String {
    let listed = || harness.json(0, ["dlq", "journal", "list"]);
    eventually("the end is in the journal", Duration::from_secs(60), || {
        listed()["journals"][0]["outcome"] == "success"
    });
    listed()["journals"][0]["run_id"].as_str().expect("a run").to_owned()
}

#[test]
fn a_wait_that_is_killed_ends_as_one_that_is_not() {
    let harness = arranged(100);
    let mut child = spawn(&harness, &["dlq", "redrive", "--wait", "5m"]);
    let run = run_that_waits(&harness);
    child.kill().expect("killed");
    child.wait().expect("ended");
    // Nothing consumes: all of them wait.
    let waiting = harness.json(4, ["dlq", "journal", "outcome", &run]);
    assert_eq!(waiting["counts"], json!({"still-waiting": 100}), "{waiting:#}");
    assert_eq!(waiting["ended"], "over");
    let fails = |_: usize, text: &str| [7, 50, 99].iter().any(|at| text == body(*at));
    let (worker, consumed) = consumer(&harness, fails);
    let killed = harness.json(4, ["dlq", "journal", "outcome", &run[..6], "--wait", "1m"]);
    stop(&harness, worker);
    let failed = consumed.lock().expect("not poisoned").bodies.clone();
    assert_eq!(failed.len(), 3);
    assert_exact(&killed, 100, &failed);

    let unharmed = arranged(100);
    let (worker, _consumed) = consumer(&unharmed, fails);
    let report = unharmed.json(4, ["dlq", "redrive", "--wait", "1m"]);
    stop(&unharmed, worker);
    assert_exact(&report["outcomes"], 100, &failed);
    for member in ["counts", "users"] {
        assert_eq!(report["outcomes"][member], killed[member]);
    }
    // What came back is redriven: the first run's outcome stays what it was.
    let (worker, _consumed) = consumer(&unharmed, |_, _| false);
    let again = unharmed.json(0, ["dlq", "redrive", "--wait=1m"]);
    stop(&unharmed, worker);
    assert_eq!(again["outcomes"]["counts"], json!({"written": 3}));
    let run = report["run_id"].as_str().expect("a run");
    let later = unharmed.json(4, ["dlq", "journal", "outcome", run]);
    assert_eq!(later["counts"], json!({"written": 97, "came-back": 3}));
    assert_eq!(later["users"]["without_list"], 0, "the users have their lists since");
}

#[test]
fn ctrl_c_ends_the_wait_and_tells_how_to_go_on() {
    let harness = arranged(3);
    let child = spawn(&harness, &["dlq", "redrive", "--wait"]);
    let run = run_that_waits(&harness);
    interrupt(&child);
    finished(child)
        .ended(130)
        .shows("still waiting")
        .shows(format!("recoctl dlq journal outcome {run} --wait"));
    let (worker, _consumed) = consumer(&harness, |_, _| false);
    let later = harness.json(0, ["dlq", "journal", "outcome", &run, "--wait"]);
    stop(&harness, worker);
    assert_exact(&later, 3, &BTreeSet::new());
}

/// Messages whose outcome is another than written: the function writes nothing of them, or a newer
/// list was there.
#[test]
fn what_is_filtered_outdone_or_never_written_is_told_apart() {
    let harness = arranged(0);
    let plant = |body: &str| plant_body(&harness, "recs-dlq", body);
    table::put(
        &harness,
        &[("user_id", n(1)), ("recommended_note_ids", ids(&[11])), ("generated_at", n(1768435300))],
    );
    let outdone = plant(r#"{"data":[[1,[12]]],"generated_at":1768435200}"#);
    let filtered = plant("[2,[]]");
    let bad = plant(r#"{"data":[[3,[11]],[4,"broken"]],"generated_at":1768435200}"#);
    let written = plant("[5,[11]]");
    let malformed = plant("{");
    let mut args = vec!["dlq", "redrive", "--class", "all", "--yes", "--facts", "none"];
    args.extend(["--policy", "policy.toml", "--wait", "1m"]);
    harness.write(
        "policy.toml",
        "[writes]
only_newer = true
",
    );
    let (worker, _consumed) = consumer_with_policy(&harness);
    let report = harness.json(4, args);
    stop(&harness, worker);
    let of = |id: &String| {
        let rows = report["messages"].as_array().expect("rows").iter();
        let row = rows.clone().find(|row| row["message_id"] == id.as_str()).expect("a row");
        row["outcome"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(of(&outdone), "superseded");
    assert_eq!(of(&filtered), "nothing-to-write");
    assert_eq!(of(&written), "written");
    assert_eq!((of(&bad), of(&malformed)), ("came-back".to_owned(), "came-back".to_owned()));
    let users = &report["outcomes"]["users"];
    assert_eq!((&users["users"], &users["have_list"]), (&json!(4), &json!(3)), "{users}");
    assert_eq!(users["too_few"], 1, "{users}");
}

#[test]
fn outcomes_need_a_table_and_a_move_of_our_own() {
    let mut harness = arranged(1);
    for flag in ["--wait", "--canary=1"] {
        harness.run(["dlq", "redrive", "--dry-run", flag]).ended(2).says("--dry-run");
        let native = ["dlq", "redrive", "--class", "all", "--yes", "--engine", "native", flag];
        harness.run(native).ended(2).says("--engine native is not possible");
    }
    for wrong in ["--canary=0", "--canary=1,x", "--wait=0s"] {
        harness.run(["dlq", "redrive", wrong]).ended(2);
    }
    harness.unset("RECOCTL_TABLE");
    for flag in ["--wait", "--canary=1"] {
        harness.run(["dlq", "redrive", flag]).ended(3).says("needs the table");
    }
    assert_eq!(visible_bodies(&harness, "recs-dlq").len(), 1, "nothing was moved");
    harness.run(["dlq", "journal", "outcome", "0123abcd", "--table", "recs"]).ended(8);
}

/// Without permission to read the table, what is in the DLQ is told all the same.
#[test]
fn without_permission_for_the_table_the_outcome_is_unknown_and_says_what_it_needs() {
    let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let deny = |action: &str| json!({"Effect": "Deny", "Action": action, "Resource": "*"});
    let grants =
        [("batch", "dynamodb:BatchGetItem"), ("all", "dynamodb:*")].map(|(key, action)| {
            let document = json!({"Version": "2012-10-17", "Statement": [allow, deny(action)]});
            Grant {
                key: key.to_owned(),
                document: document.to_string().parse().expect("a document"),
            }
        });
    let options = SandboxOptions { grants: grants.to_vec(), ..SandboxOptions::empty() };
    let mut harness = arranged_with(STANDARD, 4, options);
    let report = harness.json(0, ["dlq", "redrive"]);
    let run = report["run_id"].as_str().expect("a run");
    let (worker, _consumed) = consumer(&harness, |_, text| text == body(2));
    eventually("one is back", Duration::from_secs(60), || {
        let depth = |queue: &str| sqs(&harness).depth(queue).expect("the queue exists");
        depth("recs-dlq").visible == 1 && depth("recs").visible + depth("recs").in_flight == 0
    });
    stop(&harness, worker);
    for (key, needs) in [("batch", "dynamodb:BatchGetItem"), ("all", "dynamodb:DescribeTable")] {
        harness.set("AWS_ACCESS_KEY_ID", key);
        let later = harness.json(4, ["dlq", "journal", "outcome", run]);
        assert_eq!(later["counts"], json!({"came-back": 1, "unknown": 3}), "{later:#}");
        assert_eq!(later["users"]["not_read"], 8, "{later:#}");
        let notes = later["notes"].to_string();
        assert!(notes.contains("not authorized") && notes.contains(needs), "{notes}");
    }
    harness.set("AWS_ACCESS_KEY_ID", "test");
    let later = harness.json(4, ["dlq", "journal", "outcome", run]);
    assert_eq!(later["counts"], json!({"came-back": 1, "written": 3}), "{later:#}");
    // The journal keeps it.
    let shown = harness.json(0, ["dlq", "journal", "show", run]);
    assert_eq!(shown["outcomes"]["counts"], later["counts"]);
    let rows = shown["messages"].as_array().expect("rows").iter();
    assert_eq!(rows.filter(|row| row["outcome"] == "written").count(), 3);
}

/// Returns the moved messages' outcomes, each with its reason.
fn with_reasons(report: &Value) -> Vec<(&str, &str)> {
    let rows = report["messages"].as_array().expect("messages").iter();
    let text = |row: &'_ Value, name: &str| row[name].as_str().map(str::len).is_some();
    rows.filter(|row| text(row, "outcome"))
        .map(|row| (row["outcome"].as_str().unwrap_or(""), row["reason"].as_str().unwrap_or("")))
        .collect()
}

#[test]
fn the_functions_log_says_what_ended_a_message_that_came_back() {
    let mut harness = Harness::sandbox(SandboxOptions::default());
    let redrive =
        ["dlq", "redrive", "--class", "malformed", "--stop-on-bounce", "off", "--wait", "60s"];
    let moved = harness.json(4, redrive);
    let told = with_reasons(&moved);
    assert!(!told.is_empty());
    for (outcome, reason) in told {
        assert_eq!(outcome, "came-back");
        let by = ["by the log: malformed body (at ", "by the log: some entries are bad ("];
        assert!(reason.starts_with("in the DLQ again as "), "{reason}");
        assert!(by.iter().any(|by| reason.contains(by)), "{reason}");
    }
    let calls = moved["outcomes"]["log"]["calls"].as_u64().expect("calls");
    assert!((1..=30).contains(&calls), "{}", moved["outcomes"]["log"]);
    let run = moved["run_id"].as_str().expect("a run").to_owned();
    let later = harness.json(4, ["dlq", "journal", "outcome", &run]);
    assert!(with_reasons(&later).iter().all(|(_, reason)| reason.contains("by the log: ")));
    // Without a function, nothing is asked.
    harness.unset("RECOCTL_FUNCTION");
    let later = harness.json(4, ["dlq", "journal", "outcome", &run]);
    assert_eq!(later["log"], Value::Null);
    assert!(with_reasons(&later).iter().all(|(_, reason)| !reason.contains("by the log")));
    // With one whose log is not there, a note says so and the outcome is the same.
    harness.set("RECOCTL_FUNCTION", "another");
    let later = harness.json(4, ["dlq", "journal", "outcome", &run]);
    let notes = later["notes"].as_array().expect("notes");
    let said = |note: &Value| note.as_str().is_some_and(|note| note.contains("gives no reasons"));
    assert!(notes.iter().any(said), "{notes:?}");
    assert!(with_reasons(&later).iter().all(|(outcome, _)| *outcome == "came-back"));
}
