//! Checkpoints of `recoctl backfill` through the real binary: however a run is cut off, resuming it
//! leads to the table, the counts and the rejects of an undisturbed run.

mod checkpoint;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::table::{assert_balanced, create_plain, plain, scanned};
use crate::support::{Harness, eventually, finished, gzip};
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use reco_sandbox::SandboxOptions;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use serde_json::{Value, json};

/// Starts a sandbox with one empty table `recs` that accepts this many WCU per second.
fn harness(wcu: Option<f64>) -> Harness {
    let write_capacity = wcu.map(|wcu| WriteCapacity { wcu, burst_seconds: 0.2 });
    let options = SandboxOptions { write_capacity, ..SandboxOptions::empty() };
    plain(options)
}

/// Returns the table's items with all their attributes.
fn items(harness: &Harness) -> BTreeMap<String, String> {
    let key = |value: &AttributeValue| value.as_n().expect("a number").clone();
    scanned(harness, "recs")
        .iter()
        .map(|item| {
            let sorted: BTreeMap<_, _> = item.iter().collect();
            (key(&item["user_id"]), format!("{sorted:?}"))
        })
        .collect()
}

/// Returns line `n` of the input: users that recur near and far, lists that change, users whose
/// item is removed (some get a list again), and lines that are rejected, hold several entries, are
/// skipped or are blank.
fn line(n: u64) -> String {
    let user = match n % 5 {
        0 => n % 35,
        1 => 1000 + n / 10,
        2 => n % 400,
        _ => 5000 + n,
    };
    match n {
        _ if n % 41 == 7 => format!("not json {n}"),
        _ if n % 43 == 9 => format!("[{user},[]]"),
        _ if n % 47 == 11 => String::new(),
        _ if n % 29 == 3 => format!(r#"{{"user_id":{user},"delete":true}}"#),
        _ if n % 31 == 5 => format!(r#"{{"user_id":{},"delete":true}}"#, 4900 + n),
        _ if n % 53 == 13 => {
            format!(r#"{{"data":[[{user},[{n}]],[{n},"x"],[{},[7,{n}]]]}}"#, n % 35)
        }
        _ => format!("[{user},[{n},3,1,2]]"),
    }
}

fn input(lines: u64) -> String {
    (1..=lines).map(|n| format!("{}\n", line(n))).collect()
}

/// Returns the counts that must match for the whole input. Whether a list was written before a
/// later one of the same user replaced it is chance, so these counts are added up.
fn accounts(report: &Value) -> Value {
    let entries = &report["entries"];
    let of = |name: &str| entries[name].as_u64().expect("a count");
    assert_balanced(report);
    let lines = &report["lines"];
    json!({
        "lines": { "read": lines["read"], "rejected": lines["rejected"], "blank": lines["blank"],
            "left": lines["left"], "failed": lines["failed"] },
        "entries": of("read"),
        "written, deleted or replaced": of("written") + of("deleted") + of("coalesced"),
        "skipped": report["skipped"],
        "rejected": report["rejected"],
        "kept": report["kept_articles"],
        "dropped": report["dropped_articles"],
    })
}

/// What a run that nothing disturbs leaves behind.
struct Undisturbed {
    items: BTreeMap<String, String>,
    accounts: Value,
    rejects: String,
}

fn undisturbed(name: &str, input: &[u8]) -> Undisturbed {
    let harness = harness(None);
    harness.write(name, input);
    let report = harness.json(4, ["backfill", name, "--rejects", "rejects.jsonl"]);
    let rejects = read(&harness, "rejects.jsonl");
    assert!(rejects.lines().count() > 10);
    Undisturbed { items: items(&harness), accounts: accounts(&report), rejects }
}

fn read(harness: &Harness, name: &str) -> String {
    std::fs::read_to_string(harness.home.path().join(name)).unwrap_or_default()
}

fn wait_for_end(child: &mut std::process::Child, within: Duration) -> bool {
    let begun = std::time::Instant::now();
    while begun.elapsed() < within {
        if child.try_wait().expect("asked").is_some() {
            return true;
        }
        thread::sleep(Duration::from_millis(2));
    }
    false
}

/// Runs the backfill, kills it at one or more random times, and resumes it to its end.
fn kill_and_resume(point: u64, name: &str, input: &[u8], expected: &Undisturbed) -> u64 {
    let mut random = fastrand::Rng::with_seed(point);
    let harness = harness(Some(500.0));
    harness.write(name, input);
    let begin = ["backfill", name, "--rejects", "rejects.jsonl", "--checkpoint-every", "0.03"];
    let resume = ["backfill", name, "--resume", "--checkpoint-every", "0.03"];
    let mut kills = 0;
    // A run that is killed before its first checkpoint starts over.
    let next = || if checkpoints(&harness) > 0 { resume.as_slice() } else { begin.as_slice() };
    for _ in 0..random.u32(1..=3) {
        let mut child = crate::support::spawn(&harness, next());
        // A debug binary takes a while to begin, and then a few seconds.
        if wait_for_end(&mut child, Duration::from_millis(random.u64(50..3500))) {
            break;
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
        kills += 1;
        if checkpoints(&harness) == 0 {
            let _ = std::fs::remove_file(harness.home.path().join("rejects.jsonl"));
        }
    }
    let args = next().iter().chain(&["--output", "json"]);
    let report = harness.run(args).ended_in([4, 5]).report();
    assert_eq!(items(&harness), expected.items, "point {point}");
    assert_eq!(accounts(&report), expected.accounts, "point {point}");
    assert_eq!(read(&harness, "rejects.jsonl"), expected.rejects, "point {point}");
    kills
}

fn checkpoints(harness: &Harness) -> usize {
    let root = harness.home.path().join(".local/state/recoctl/journal");
    let endpoints = std::fs::read_dir(root).into_iter().flatten().flatten();
    let files = endpoints
        .flat_map(|endpoint| std::fs::read_dir(endpoint.path().join("backfills")))
        .flat_map(|files| files.flatten());
    files.filter(|file| file.path().extension().is_some_and(|name| name == "json")).count()
}

/// A few points by default; all of them with `RECOCTL_FULL_MATRIX=1`.
#[test]
fn killed_at_any_time_and_resumed_table_accounts_and_rejects_are_those_of_an_undisturbed_run() {
    let points = if std::env::var_os("RECOCTL_FULL_MATRIX").is_some() { 200 } else { 6 };
    let text = input(1500);
    let plain = (text.as_bytes().to_vec(), undisturbed("in.jsonl", text.as_bytes()));
    let packed = gzip(&text);
    let packed = (packed.clone(), undisturbed("in.jsonl.gz", &packed));
    let (next, kills) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let point = next.fetch_add(1, Ordering::Relaxed);
                    if point >= points {
                        return;
                    }
                    let (name, (input, expected)) = match point % 4 {
                        3 => ("in.jsonl.gz", &packed),
                        _ => ("in.jsonl", &plain),
                    };
                    let killed = kill_and_resume(point, name, input, expected);
                    kills.fetch_add(killed, Ordering::Relaxed);
                }
            });
        }
    });
    let kills = kills.load(Ordering::Relaxed);
    eprintln!("{points} points, {kills} kills");
    assert!(kills >= points / 2, "only {kills} kills at {points} points");
}

/// Starts a slow run, waits until some of it is done, and sends SIGINT.
fn interrupted(harness: &Harness, args: &[&str]) -> Value {
    let child = crate::support::spawn(harness, args);
    eventually("items arrive", Duration::from_secs(60), || items(harness).len() > 60);
    crate::support::interrupt(&child);
    finished(child).ended(130).report()
}

#[test]
fn an_interrupted_run_goes_on_and_accounts_for_the_whole_input() {
    let text = input(1500);
    let expected = undisturbed("in.jsonl", text.as_bytes());
    let harness = harness(Some(300.0));
    harness.write("in.jsonl", &text);
    let args = ["backfill", "in.jsonl", "--rejects", "rejects.jsonl", "--output", "json"];
    let first = interrupted(&harness, &args);
    let rejected = first["entries"]["rejected"].as_u64().expect("a count");
    assert_eq!(read(&harness, "rejects.jsonl").lines().count() as u64, rejected);
    assert_eq!(first["checkpoint"]["finished"], false);

    let second = harness.json(4, ["backfill", "in.jsonl", "--resume"]);
    assert_eq!(second["resumed"]["from"], first["stopped"]["resume_from"]);
    assert_eq!(second["resumed"]["runs"], 1);
    assert_eq!(items(&harness), expected.items);
    assert_eq!(accounts(&second), expected.accounts);
    assert_eq!(read(&harness, "rejects.jsonl"), expected.rejects);
    assert_eq!(second["checkpoint"]["finished"], true);

    let third = harness.json(5, ["backfill", "in.jsonl", "--resume"]);
    assert_eq!(third["outcome"], "nothing-to-do");
    assert_eq!(accounts(&third), expected.accounts);
    assert_eq!(read(&harness, "rejects.jsonl"), expected.rejects);
}

#[test]
fn a_run_is_not_gone_on_with_when_input_policy_table_or_settings_changed() {
    let mut harness = harness(Some(100.0));
    let path = harness.write("in.jsonl", input(1500));
    create_plain(&harness, "other", &[("user_id", ScalarAttributeType::N)]);
    let keep = ["--checkpoint", "kept.json"];
    let mut args = vec!["backfill", "in.jsonl", "--output", "json"];
    args.extend(keep);
    interrupted(&harness, &args);
    let refused = |harness: &Harness, more: &[&str], why: &str| {
        let args = ["backfill", "in.jsonl", "--resume"].into_iter().chain(keep);
        harness.run(args.chain(more.iter().copied())).ended(7).says(why);
    };
    let before = items(&harness);
    harness.write("policy.toml", "[limits]\nmax_len = 3\n");
    refused(&harness, &["--policy", "policy.toml"], "the policy's fingerprint is");
    refused(&harness, &["--table", "other"], "the table is");
    refused(&harness, &["--rejects", "elsewhere.jsonl", "--policy", "policy.toml"], "policy");
    harness.set("RECOCTL_LIST_ATTRIBUTE", "lists");
    refused(&harness, &[], "the list attribute is lists, but was recommended_note_ids");
    harness.set("RECOCTL_LIST_ATTRIBUTE", "recommended_note_ids");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, format!("{text}[1,[2]]\n")).expect("written");
    refused(&harness, &[], "bytes, but had");
    std::fs::write(&path, &text).expect("written");
    refused(&harness, &[], "modification time");
    assert_eq!(items(&harness), before, "nothing was written");
}

#[test]
fn an_unfinished_run_is_told_of_and_two_runs_are_kept_apart() {
    let harness = harness(Some(100.0));
    harness.write("in.jsonl", input(1500));
    let child = crate::support::spawn(&harness, &["backfill", "in.jsonl", "--output", "json"]);
    eventually("items arrive", Duration::from_secs(60), || items(&harness).len() > 60);
    harness
        .run(["backfill", "in.jsonl"])
        .ended(7)
        .says("another recoctl process is running this backfill");
    crate::support::interrupt(&child);
    child.wait_with_output().expect("ends");
    let again = crate::support::spawn(&harness, &["backfill", "in.jsonl", "--output", "json"]);
    thread::sleep(Duration::from_millis(1500));
    crate::support::interrupt(&again);
    finished(again).says("--resume would continue from in.jsonl:");
}

#[test]
fn a_table_that_is_gone_rejects_nothing_and_another_of_its_name_is_not_gone_on_with() {
    let text = input(1500);
    let expected = undisturbed("in.jsonl", text.as_bytes());
    let harness = harness(Some(300.0));
    harness.write("in.jsonl", &text);
    let args = ["backfill", "in.jsonl", "--rejects", "rejects.jsonl", "--output", "json"];
    let child = crate::support::spawn(&harness, &args);
    eventually("items arrive", Duration::from_secs(60), || items(&harness).len() > 60);
    let delete = harness.dynamodb().delete_table().table_name("recs").send();
    harness.runtime.block_on(delete).expect("deleted");
    let report = finished(child).ended(4).report();
    assert_eq!(report["stopped"]["cause"], "table");
    assert_eq!(report["entries"]["failed"], 0);
    assert!(report["entries"]["left"].as_u64() > Some(0));
    create_plain(&harness, "recs", &[("user_id", ScalarAttributeType::N)]);
    // What was written before is gone with the table: another one of the same name is not gone on
    // with.
    harness
        .run(["backfill", "in.jsonl", "--resume"])
        .ended(7)
        .says("the table was deleted and recreated");
    let second = harness.json(4, ["backfill", "in.jsonl"]);
    assert_eq!(accounts(&second), expected.accounts);
    assert_eq!(items(&harness), expected.items);
}

/// A limit on the size of files that a shell may write stands in for a full disk.
#[test]
fn a_rejects_file_whose_disk_is_full_stops_the_run_and_no_reject_is_lost() {
    let text: String = (0..3000)
        .map(|n| if n % 5 == 0 { format!("bad line {n}\n") } else { format!("[{n},[1]]\n") })
        .collect();
    let expected = undisturbed("in.jsonl", text.as_bytes());
    let harness = harness(None);
    harness.write("in.jsonl", &text);
    // The checkpoint fits, the rejects do not.
    let args = ["backfill", "in.jsonl", "--rejects", "rejects.jsonl", "--output", "json"];
    let report = harness.run_on_a_full_disk(64, &args).ended(4).report();
    assert_eq!(report["stopped"]["cause"], "rejects", "{report}");
    let second = harness.json(4, ["backfill", "in.jsonl", "--resume"]);
    assert_eq!(accounts(&second), expected.accounts);
    assert_eq!(read(&harness, "rejects.jsonl"), expected.rejects);
    assert_eq!(items(&harness), expected.items);
}

#[test]
fn several_inputs_and_one_that_broke_off_are_accounted_for_after_a_resume() {
    let text = input(1500);
    let packed = gzip(&text);
    let harness = harness(Some(300.0));
    harness.write("cut.gz", &packed[..packed.len() / 3]);
    harness.write("in.jsonl", &text);
    let args = ["backfill", "cut.gz", "in.jsonl", "--output", "json"];
    let child = crate::support::spawn(&harness, &args);
    // These users are in the second input only: the first is cut off before them.
    let under_way =
        || items(&harness).keys().any(|user| user.parse::<u64>().is_ok_and(|n| n > 6000));
    eventually("the second input is under way", Duration::from_secs(60), under_way);
    crate::support::interrupt(&child);
    finished(child).ended(130);
    let second = harness.json(4, ["backfill", "cut.gz", "in.jsonl", "--resume"]);
    assert!(second["inputs"][0]["failure"]["reason"].is_string(), "{second}");
    assert_eq!(second["rejected"]["cut-off"], 1);
    assert_eq!(items(&harness), undisturbed("in.jsonl", text.as_bytes()).items);
    let whole = self::harness(None);
    for name in ["cut.gz", "in.jsonl"] {
        std::fs::copy(harness.home.path().join(name), whole.home.path().join(name))
            .expect("copied");
    }
    let report = whole.json(4, ["backfill", "cut.gz", "in.jsonl"]);
    assert_eq!(accounts(&second), accounts(&report));
}
