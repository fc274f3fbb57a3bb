//! What became of redriven messages, through the real binary: a consumer that fails some of them,
//! stages, and a wait that is cut off.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsEvent, SqsMessage};
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use reco_core::item::ItemDescription;
use reco_core::policy::Policy;
use reco_lambda::Pipeline;
use reco_sandbox::SandboxOptions;
use reco_sandbox::cloudwatch::Cloudwatch;
use reco_sandbox::permissions::Grant;
use reco_sandbox::sqs::Planted;
use reco_sandbox::worker::{self, Source, Worker, WorkerOptions};
use reco_store::facts::FactsSource;
use reco_store::writer::{Writer, WriterOptions};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::queues::{FIFO, STANDARD, count, sqs, visible_bodies};
use crate::support::{Harness, eventually, interrupt, spawn, table};

/// One message of each hundred has an inactive user beside an active one.
fn is_inactive(user: usize) -> bool {
    user.is_multiple_of(200)
}

/// A message with the lists of two users of its own.
fn body(message: usize) -> String {
    let (one, other) = (2 * message + 1, 2 * message + 2);
    let made = 1_768_435_200 + message;
    format!(r#"{{"data":[[{one},[11,12]],[{other},[12]]],"generated_at":{made}}}"#)
}

/// Starts queues, an empty table, facts, and messages in the DLQ.
fn arranged(messages: usize) -> Harness {
    arranged_with(STANDARD, messages, SandboxOptions::empty())
}

fn arranged_with(suffix: &str, messages: usize, options: SandboxOptions) -> Harness {
    let mut harness = Harness::sandbox(options);
    let queues = sqs(&harness);
    let (source, dlq) = (format!("recs{suffix}"), format!("recs-dlq{suffix}"));
    let fifo = (suffix == FIFO).then_some(("FifoQueue", "true"));
    queues.create_queue(&dlq, fifo.as_slice()).expect("created");
    let policy = json!({"deadLetterTargetArn": queues.queue_arn(&dlq), "maxReceiveCount": 3});
    let policy = policy.to_string();
    let attributes = [("RedrivePolicy", policy.as_str()), ("VisibilityTimeout", "6")];
    let attributes: Vec<_> = attributes.into_iter().chain(fifo).collect();
    queues.create_queue(&source, &attributes).expect("created");
    for message in 0..messages {
        let sent_at_ms = Some((crate::support::now() - 3_600) * 1_000 + message as u64);
        let group_id = fifo.map(|_| format!("group-{}", message % 7));
        let body = body(message);
        let planted = Planted { body, sent_at_ms, group_id, ..Planted::default() };
        queues.plant(&dlq, planted).expect("planted");
    }
    table::create_plain(&harness, "recs", &[("user_id", ScalarAttributeType::N)]);
    // User 0 is in no message.
    let users = (0..=2 * messages).map(|user| {
        let status = if is_inactive(user) { "suspended" } else { "active" };
        format!("({user},'{status}')")
    });
    let users = users.collect::<Vec<_>>().join(",");
    let tables = format!(
        "CREATE TABLE users(id INTEGER PRIMARY KEY, status TEXT); INSERT INTO users VALUES {users};
         CREATE TABLE articles(id INTEGER PRIMARY KEY, status TEXT, author_id INTEGER);
         INSERT INTO articles VALUES (11,'published',9000001),(12,'published',9000001);
         CREATE TABLE reads(user_id INTEGER, article_id INTEGER);
         CREATE TABLE mutes(user_id INTEGER, author_id INTEGER);"
    );
    let path = harness.write("facts.sql", tables);
    let made = std::process::Command::new(crate::support::python_bin().join("python"))
        .args(["-c", "import sqlite3, sys; sqlite3.connect('facts.sqlite').executescript(open(sys.argv[1]).read())"])
        .arg(path)
        .current_dir(harness.home.path())
        .status();
    assert!(made.expect("python runs").success());
    harness.set("RECOCTL_QUEUE", &source);
    harness.set("RECOCTL_TABLE", "recs");
    harness.set("RECOCTL_FACTS", "sqlite:facts.sqlite");
    harness
}

/// Messages that a consumer has seen, and those that it fails for good.
#[derive(Default)]
struct Consumed {
    failing: HashMap<String, bool>,
    bodies: BTreeSet<String>,
}

/// Starts the function on the source queue. Of the messages that it gets, in the order of their first
/// receive, it never handles each of which `fails` says so by its number and body; those are visible
/// again at once, so that they are back soon however busy the machine is.
fn consumer(
    harness: &Harness,
    fails: impl Fn(usize, &str) -> bool + Send + Sync + 'static,
) -> (Worker, Arc<Mutex<Consumed>>) {
    let facts = format!("sqlite:{}", harness.home.path().join("facts.sqlite").display());
    consumer_with(harness, &facts, Policy::default(), fails)
}

/// Starts a function without facts that replaces older lists only.
fn consumer_with_policy(harness: &Harness) -> (Worker, Arc<Mutex<Consumed>>) {
    let mut policy = Policy::default();
    policy.writes.only_newer = true;
    consumer_with(harness, "none", policy, |_, _| false)
}

fn consumer_with(
    harness: &Harness,
    facts: &str,
    policy: Policy,
    fails: impl Fn(usize, &str) -> bool + Send + Sync + 'static,
) -> (Worker, Arc<Mutex<Consumed>>) {
    let consumed: Arc<Mutex<Consumed>> = Arc::default();
    let seen = Arc::clone(&consumed);
    let queue = harness.env().iter().find(|(name, _)| name == "RECOCTL_QUEUE");
    let queue = queue.map_or_else(String::new, |(_, queue)| queue.clone());
    let options =
        WriterOptions { only_newer: policy.writes.only_newer, ..WriterOptions::default() };
    let worker = harness.runtime.block_on(async {
        let table = reco_store::table::describe(&harness.dynamodb(), "recs").await;
        let schema = table.expect("described").schema(&ItemDescription::default()).expect("fits");
        let handler = worker::function(Pipeline {
            facts: FactsSource::from_url(facts).await.expect("the facts open"),
            policy,
            writer: Writer::new(harness.dynamodb(), "recs", schema, options),
        });
        let (client, queue_url) = (harness.sqs(), sqs(harness).queue_url(&queue));
        let function: worker::Function = Arc::new(move |mut event: SqsEvent, deadline: Instant| {
            let mut seen = seen.lock().expect("not poisoned");
            let (mut back, mut rest) = (Vec::new(), Vec::new());
            for record in event.records {
                let (id, text) = (record.message_id.clone(), record.body.clone());
                let (id, text) = (id.unwrap_or_default(), text.unwrap_or_default());
                let number = seen.failing.len() + 1;
                let failing = *seen.failing.entry(id).or_insert_with(|| fails(number, &text));
                if failing {
                    seen.bodies.insert(text);
                    back.push(record);
                } else {
                    rest.push(record);
                }
            }
            let handle = |record: &SqsMessage| {
                let (id, handle) = (record.message_id.clone(), record.receipt_handle.clone());
                (id.unwrap_or_default(), handle.unwrap_or_default())
            };
            let handles: HashMap<_, _> = back.iter().chain(&rest).map(handle).collect();
            event.records = rest;
            let answer = handler(event, deadline);
            let (client, queue_url) = (client.clone(), queue_url.clone());
            Box::pin(async move {
                let mut answer = answer.await?;
                answer.batch_item_failures.extend(back.into_iter().map(|record| {
                    let mut failure = BatchItemFailure::default();
                    failure.item_identifier = record.message_id.unwrap_or_default();
                    failure
                }));
                for failure in &answer.batch_item_failures {
                    let handle = handles[&failure.item_identifier].as_str();
                    let visible = client.change_message_visibility().visibility_timeout(0);
                    let visible = visible.queue_url(&queue_url).receipt_handle(handle);
                    visible.send().await.map_err(|error| error.to_string())?;
                }
                Ok(answer)
            })
        });
        let source = Source {
            client: harness.sqs(),
            queue_url: sqs(harness).queue_url(&queue),
            queue_arn: sqs(harness).queue_arn(&queue),
            function_name: "recs-writer".to_owned(),
        };
        let stop = CancellationToken::new();
        let timeout = Duration::from_secs(5);
        let options = WorkerOptions { timeout, ..WorkerOptions::default() };
        Worker::start(source, function, Cloudwatch::new(), options, stop)
    });
    (worker, consumed)
}

fn every_50th(number: usize, _: &str) -> bool {
    number.is_multiple_of(50)
}

fn stop(harness: &Harness, worker: Worker) {
    harness.runtime.block_on(worker.stop());
}

/// Asserts that the report accounts for every message and user, where the messages with these bodies
/// failed.
fn assert_exact(outcomes: &Value, messages: usize, failed: &BTreeSet<String>) {
    let failed: Vec<usize> = (0..messages).filter(|at| failed.contains(&body(*at))).collect();
    let users: Vec<usize> = (1..=2 * messages).collect();
    let inactive = users.iter().filter(|user| is_inactive(**user)).count();
    let users_of = |message: &usize| [2 * message + 1, 2 * message + 2];
    let without = failed.iter().flat_map(users_of).filter(|user| !is_inactive(*user)).count();
    let mut counts = json!({ "written": messages - failed.len() });
    if !failed.is_empty() {
        counts["came-back"] = failed.len().into();
    }
    assert_eq!(outcomes["counts"], counts, "{outcomes:#}");
    let expected = json!({
        "users": users.len(), "have_list": users.len() - inactive - without,
        "without_list": without, "inactive": inactive,
        "unknown_user": 0, "too_few": 0, "refused": 0, "not_read": 0,
    });
    assert_eq!(outcomes["users"], expected);
    assert_eq!(outcomes["ended"], "settled");
}

fn number(text: &str) -> AttributeValue {
    AttributeValue::N(text.to_owned())
}

fn ids(texts: &[&str]) -> AttributeValue {
    AttributeValue::L(texts.iter().map(|text| number(text)).collect())
}

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

#[test]
fn a_canary_moves_no_more_than_the_stage_that_shows_a_failure() {
    let harness = arranged(300);
    let (worker, _consumed) = consumer(&harness, every_50th);
    let report = harness.json(9, ["dlq", "redrive", "--canary", "1,10,100", "--wait", "1m"]);
    stop(&harness, worker);
    assert_eq!((count(&report, "moved"), count(&report, "left")), (111, 189));
    let stages = report["canary"]["stages"].as_array().expect("stages");
    let counts: Vec<&Value> = stages.iter().map(|stage| &stage["counts"]).collect();
    let expected =
        [json!({"written": 1}), json!({"written": 10}), json!({"written": 98, "came-back": 2})];
    assert_eq!(counts, expected.iter().collect::<Vec<_>>());
    assert_eq!(report["canary"]["stopped"], true);
    let culprits = report["messages"].as_array().expect("rows").iter();
    let culprits: Vec<&Value> = culprits.filter(|row| row["outcome"] == "came-back").collect();
    assert_eq!(culprits.len(), 2);
    for culprit in culprits {
        let reason = culprit["reason"].as_str().expect("a reason");
        assert!(reason.starts_with("in the DLQ again as "), "{reason}");
    }
    // What was not moved, and what came back, is visible to the next command.
    assert_eq!(visible_bodies(&harness, "recs-dlq").len(), 189 + 2);
}

#[test]
fn a_canary_that_ends_well_goes_on_with_the_rest_at_the_rate_and_within_the_limit() {
    let harness = arranged(40);
    let (worker, _consumed) = consumer(&harness, |_, _| false);
    let args =
        ["dlq", "redrive", "--canary", "1,5", "--max", "30", "--hold", "10", "--rate", "100"];
    let output = harness.recoctl(args).output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}{stderr}");
    assert!(told.contains("canary stage 1, 1 message: 1 written"), "{told}");
    assert!(told.contains("canary stage 2, 5 messages: 5 written"), "{told}");
    assert!(told.contains("moved             30"), "{told}");
    assert!(stderr.contains("canary stage 1 (1 message): 1 written"), "{stderr}");
    stop(&harness, worker);
    assert_eq!(visible_bodies(&harness, "recs-dlq").len(), 10);
}

/// The function wrote the lists and then timed out: that they are in the table says nothing.
#[test]
fn a_canary_does_not_trust_lists_that_were_in_the_table_before() {
    let harness = arranged(1);
    let item = |user: &str, articles: &[&str]| {
        table::put(
            &harness,
            &[
                ("user_id", number(user)),
                ("recommended_note_ids", ids(articles)),
                ("generated_at", number("1768435200")),
            ],
        );
    };
    item("1", &["11", "12"]);
    item("2", &["12"]);
    let report = harness.json(9, ["dlq", "redrive", "--canary", "1", "--wait", "3s"]);
    let stage = &report["canary"]["stages"][0];
    assert_eq!(stage["counts"], json!({"still-waiting": 1}), "{:#}", report["canary"]);
    assert_eq!(report["outcomes"]["counts"], json!({"still-waiting": 1}));
    // Without stages the table decides.
    let run = report["run_id"].as_str().expect("a run");
    let later = harness.json(0, ["dlq", "journal", "outcome", run]);
    assert_eq!(later["counts"], json!({"written": 1}), "{later:#}");
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
    let output = child.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("still waiting"), "{told}");
    assert!(told.contains(&format!("recoctl dlq journal outcome {run} --wait")), "{told}");
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
    let plant = |body: &str| {
        let planted = Planted { body: body.to_owned(), ..Planted::default() };
        sqs(&harness).plant("recs-dlq", planted).expect("planted")
    };
    table::put(
        &harness,
        &[
            ("user_id", number("1")),
            ("recommended_note_ids", ids(&["11"])),
            ("generated_at", number("1768435300")),
        ],
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
    let refused = |harness: &Harness, code: i32, args: &[&str]| {
        let output = harness.recoctl(args).output().expect("it runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {stderr}");
        stderr
    };
    for flag in ["--wait", "--canary=1"] {
        let told = refused(&harness, 2, &["dlq", "redrive", "--dry-run", flag]);
        assert!(told.contains("--dry-run"), "{told}");
        let native = ["dlq", "redrive", "--class", "all", "--yes", "--engine", "native", flag];
        let told = refused(&harness, 2, &native);
        assert!(told.contains("--engine native is not possible"), "{told}");
    }
    for wrong in ["--canary=0", "--canary=1,x", "--wait=0s"] {
        refused(&harness, 2, &["dlq", "redrive", wrong]);
    }
    harness.unset("RECOCTL_TABLE");
    for flag in ["--wait", "--canary=1"] {
        let told = refused(&harness, 3, &["dlq", "redrive", flag]);
        assert!(told.contains("needs the table"), "{told}");
    }
    assert_eq!(visible_bodies(&harness, "recs-dlq").len(), 1, "nothing was moved");
    refused(&harness, 8, &["dlq", "journal", "outcome", "0123abcd", "--table", "recs"]);
}

/// Those of a group that came back are behind those that are held for the next stages.
#[test]
fn a_fifo_canary_stops_too_and_its_culprits_are_named_once_the_rest_is_released() {
    let harness = arranged_with(FIFO, 40, SandboxOptions::empty());
    let (worker, _consumed) = consumer(&harness, |number, _| number == 5);
    let report = harness.json(9, ["dlq", "redrive", "--canary", "1,10,20", "--wait", "20s"]);
    assert_eq!(count(&report, "moved"), 11, "{:#}", report["counts"]);
    assert_eq!(report["canary"]["stages"].as_array().expect("stages").len(), 2);
    let run = report["run_id"].as_str().expect("a run");
    eventually("the culprit is named", Duration::from_secs(60), || {
        let later = harness.json(4, ["dlq", "journal", "outcome", run]);
        later["counts"]["came-back"] == 1
    });
    stop(&harness, worker);
    let bodies = visible_bodies(&harness, "recs-dlq.fifo");
    assert_eq!(bodies.len(), 30, "29 were not moved, one came back");
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

#[test]
fn on_a_terminal_stages_are_proposed_for_many_messages() {
    let harness = arranged(1_001);
    let told = |args: &[&str]| {
        let output = std::process::Command::new(crate::support::python_bin().join("python"))
            .args([
                "-c",
                "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
            ])
            .arg(assert_cmd::cargo::cargo_bin!("recoctl"))
            .args(args)
            .env_clear()
            .envs(harness.env().iter().map(|(name, value)| (name, value)))
            .env("HOME", harness.home.path())
            .env("TERM", "xterm")
            .current_dir(harness.home.path())
            .stdin(std::process::Stdio::null())
            .output();
        let output = output.expect("python runs");
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let hint = "--canary 1,10,100 moves a few first";
    let few = told(&["dlq", "redrive", "--max", "1"]);
    assert!(few.contains("moved") && !few.contains(hint), "{few}");
    let again = harness.json(0, ["dlq", "redrive", "--max", "1"]);
    assert_eq!(count(&again, "moved"), 1, "no terminal, no proposal, and no difference");
    for user in [3_001, 3_003, 3_005] {
        let planted = Planted { body: format!("[{user},[11]]"), ..Planted::default() };
        sqs(&harness).plant("recs-dlq", planted).expect("planted");
    }
    let many = told(&["dlq", "redrive", "--facts", "none"]);
    assert!(many.contains(hint), "{many}");
}

#[test]
fn ctrl_c_during_a_stage_moves_no_more_and_hides_nothing() {
    let harness = arranged(20);
    let child = spawn(&harness, &["dlq", "redrive", "--canary", "2,10"]);
    eventually("the stage is moved", Duration::from_secs(60), || {
        sqs(&harness).depth("recs").expect("the queue exists").visible == 2
    });
    interrupt(&child);
    let output = child.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("recoctl dlq journal outcome "), "{told}");
    assert_eq!(visible_bodies(&harness, "recs-dlq").len(), 18);
    assert_eq!(sqs(&harness).depth("recs").expect("the queue exists").visible, 2);
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
