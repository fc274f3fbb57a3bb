//! A wrong file overwrote half of the table, and the pipeline has written some newer lists since:
//! the right file puts the others right and keeps the newer ones.

mod told;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::table::{assert_balanced, create_plain, items, n, plain, put};
use crate::support::{Harness, eventually, finished, interrupt, spawn};
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use reco_sandbox::SandboxOptions;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use serde_json::{Value, json};

/// Generation times of the wrong file, and of what the pipeline wrote since.
/// The example of the runbook: from 02:10 to 02:37 on 2026-11-28.
const BAD_AT: u64 = 1_795_832_100;
const SINCE: u64 = 1_795_834_800;

fn line(user: u64, list: &[u64], time: Option<u64>) -> String {
    match time {
        None => json!([user, list]).to_string(),
        Some(time) => {
            json!({"user_id": user, "recommended_note_ids": list, "generated_at": time}).to_string()
        }
    }
}

fn good(user: u64) -> [u64; 3] {
    [user + 1000, 7, user + 2000]
}

fn bad(user: u64) -> [u64; 3] {
    [9, user + 5000, 8]
}

fn file(users: impl Iterator<Item = u64>, of: fn(u64) -> [u64; 3], time: Option<u64>) -> String {
    users.map(|user| line(user, &of(user), time) + "\n").collect()
}

fn newer(harness: &Harness, user: u64, time: Option<u64>) {
    let list = AttributeValue::L(vec![n(user), n(3)]);
    let mut item = vec![("user_id", n(user)), ("recommended_note_ids", list)];
    item.extend(time.map(|time| ("generated_at", n(time))));
    put(harness, &item);
}

fn shown(list: &[u64], time: Option<u64>) -> String {
    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
    let time = time.map(|time| format!(" generated_at={time}")).unwrap_or_default();
    format!("[{}]{time}", list.join(","))
}

/// The table after the incident: users 1 to 800 were right; 1 to 400 were overwritten, and ten of
/// them written again since. The files have times or not.
fn incident(wcu: Option<f64>, timed: bool) -> Harness {
    let write_capacity = wcu.map(|wcu| WriteCapacity { wcu, burst_seconds: 0.2 });
    let harness = plain(SandboxOptions { write_capacity, ..SandboxOptions::empty() });
    let at = |time| timed.then_some(time);
    harness.write("good.jsonl", file(1..=800, good, at(BAD_AT - 500)));
    harness.write("bad.jsonl", file(1..=400, bad, at(BAD_AT)));
    harness.json(0, ["backfill", "good.jsonl"]);
    harness.json(0, ["backfill", "bad.jsonl"]);
    (1..=10).for_each(|number| newer(&harness, number * 40, at(SINCE)));
    harness
}

/// The table as it should be in the end.
fn right(timed: bool) -> BTreeMap<String, String> {
    let at = |time| timed.then_some(time);
    let of = |user: u64| match user {
        _ if user <= 400 && user.is_multiple_of(40) => shown(&[user, 3], at(SINCE)),
        _ => shown(&good(user), at(BAD_AT - 500)),
    };
    (1..=800).map(|user| (user.to_string(), of(user))).collect()
}

const REPAIR: [&str; 4] = ["backfill", "good.jsonl", "--only-where-table-holds", "bad.jsonl"];

fn entries(report: &Value) -> (u64, u64, u64) {
    assert_balanced(report);
    let of = |value: &Value| value.as_u64().expect("a count");
    let entries = &report["entries"];
    (of(&entries["written"]), of(&entries["kept"]), of(&entries["read"]))
}

#[test]
fn the_right_file_replaces_only_what_the_wrong_one_wrote() {
    for timed in [false, true] {
        let harness = incident(None, timed);
        let before = items(&harness);
        // A dry run reads the table and says what would happen.
        let plan = harness.json(0, REPAIR.into_iter().chain(["--dry-run"]));
        assert_eq!(entries(&plan), (390, 410, 800));
        assert_eq!(plan["compare"]["compared"], 400);
        assert_eq!(
            plan["compare"]["changed"].as_u64().expect("a count")
                + plan["compare"]["newer"].as_u64().expect("a count"),
            400
        );
        assert!(plan["compare"]["consumed_rcu"].as_f64() >= Some(400.0), "{plan}");
        assert_eq!(items(&harness), before, "a dry run writes nothing");

        let report = harness.json(0, REPAIR);
        assert_eq!(entries(&report), (390, 410, 800));
        assert_eq!(report["kept_because"], json!({"not-listed": 400, "other-list": 10}));
        assert_eq!(report["replaced"]["lists"], 400);
        assert_eq!(items(&harness), right(timed));

        // The second run changes nothing and says what is right.
        let report = harness.json(5, REPAIR);
        assert_eq!(entries(&report), (0, 800, 800));
        let because = json!({"already-right": 390, "not-listed": 400, "other-list": 10});
        assert_eq!((&report["kept_because"], items(&harness)), (&because, right(timed)));
    }
}

#[test]
fn killed_in_the_middle_and_resumed_it_comes_to_the_same() {
    let harness = incident(None, true);
    let slow = ["--wcu", "40", "--checkpoint-every", "0.05", "--output", "json"];
    let args: Vec<&str> = REPAIR.into_iter().chain(slow).collect();
    let fixed = |harness: &Harness| {
        let right = right(true);
        items(harness).iter().filter(|(user, list)| right[*user] == **list).count()
    };
    let before = fixed(&harness);
    for signal in ["kill", "interrupt"] {
        let at = fixed(&harness);
        let mut child = spawn(&harness, &args);
        eventually("some lists are right", Duration::from_secs(60), || fixed(&harness) > at + 15);
        if signal == "kill" {
            child.kill().expect("killed");
            child.wait().expect("ended");
        } else {
            interrupt(&child);
            finished(child).ended(130);
        }
    }
    assert!(fixed(&harness) < 800, "the runs were stopped on the way");
    let report = harness.json(0, REPAIR.into_iter().chain(["--resume"]));
    assert_balanced(&report);
    assert_eq!(items(&harness), right(true));
    // What an interrupted call wrote counts as already right.
    let (written, kept, read) = entries(&report);
    let already = report["kept_because"]["already-right"].as_u64().unwrap_or(0);
    assert_eq!((written + already, kept - already, read), (390, 410, 800));
    assert!(before < 800);

    // Another file of wrong lists is another run.
    harness.write("bad.jsonl", file(1..=401, bad, Some(BAD_AT)));
    harness
        .run(REPAIR.into_iter().chain(["--resume"]))
        .ended(7)
        .says("--only-where-table-holds is");
}

/// A writer that stores newer lists all the time loses none of them.
#[test]
fn a_concurrent_writer_is_never_overwritten() {
    let harness = incident(Some(600.0), false);
    let args: Vec<&str> = REPAIR.into_iter().chain(["--wcu", "200", "--output", "json"]).collect();
    let child = spawn(&harness, &args);
    let mut written = Vec::new();
    for user in (1..=400).rev().filter(|user| user % 3 == 0) {
        newer(&harness, user, Some(SINCE + user));
        written.push(user);
    }
    let report = finished(child).ended(0).report();
    assert!(report["kept_because"]["other-list"].as_u64() > Some(10), "{report}");
    let table = items(&harness);
    for user in written {
        assert_eq!(table[&user.to_string()], shown(&[user, 3], Some(SINCE + user)), "{user}");
    }
    for user in (1..=400).filter(|user| user % 3 != 0 && user % 40 != 0) {
        assert_eq!(table[&user.to_string()], shown(&good(user), None), "{user}");
    }
}

#[test]
fn the_last_list_of_a_user_counts_and_deletions_are_recognised() {
    let harness = plain(SandboxOptions::empty());
    // The wrong file has two lists of user 1, removes user 2, and adds user 3.
    harness.write("bad.jsonl", "[1,[9]]\n[1,[8]]\n{\"user_id\":2,\"delete\":true}\n[3,[9]]\n");
    harness.write(
        "good.jsonl",
        "[1,[1]]\n[1,[2]]\n[2,[2]]\n{\"user_id\":3,\"delete\":true}\n[4,[4]]\n",
    );
    harness.json(0, ["backfill", "bad.jsonl"]);
    let report = harness.json(0, REPAIR);
    let of = |name: &str| report["entries"][name].as_u64().expect("a count");
    assert_eq!((of("written"), of("deleted"), of("coalesced"), of("kept")), (2, 1, 1, 1));
    let table = items(&harness);
    assert_eq!(table.get("1").map(String::as_str), Some("[2]"));
    assert_eq!((table.get("2").map(String::as_str), table.len()), (Some("[2]"), 2));
}

/// What the user has read since the wrong file was written is missing from what the same file would
/// give today.
#[test]
fn lists_that_were_filtered_by_earlier_facts_are_recognised() {
    let harness = plain(SandboxOptions::empty());
    harness.write("bad.jsonl", "[1,[9,8,7]]\n[2,[9,8,7]]\n[3,[9,8,7]]\n");
    harness.json(0, ["backfill", "bad.jsonl"]);
    harness.write("good.jsonl", "[1,[1]]\n[2,[2]]\n[3,[3]]\n");
    let policy = |max: u64| format!("[limits]\nmax_len = {max}\n");
    // Today's policy keeps two ids of each list; the table has three.
    harness.write("policy.toml", policy(2));
    newer(&harness, 3, None);
    let report = harness.json(0, REPAIR.into_iter().chain(["--policy", "policy.toml"]));
    assert_eq!(report["kept_because"], json!({"other-list": 1}));
    assert_eq!(items(&harness)["2"], "[2]");
    assert_eq!(items(&harness)["3"], "[3,3]");
}

#[test]
fn a_period_selects_by_the_time_in_the_table() {
    let harness = incident(None, true);
    let (from, to) = ((BAD_AT - 10).to_string(), "2026-11-28T02:37:00Z".to_owned());
    let args = ["backfill", "good.jsonl", "--replace-written-between", &from, &to];
    let plan = harness.json(0, args.into_iter().chain(["--dry-run"]));
    assert_eq!(entries(&plan), (390, 410, 800));
    let report = harness.json(0, args);
    assert_eq!(entries(&report), (390, 410, 800));
    assert_eq!(report["kept_because"], json!({"already-right": 400, "other-list": 10}));
    assert_eq!(items(&harness), right(true));
    assert_eq!(entries(&harness.json(5, args)), (0, 800, 800));
}

/// DynamoDB compares texts by their bytes and numbers without their unit; only the time counts.
#[test]
fn a_period_is_of_times_whatever_form_they_have() {
    let inside = [
        "2025-11-28T03:00:00Z",
        "2025-11-28T04:00:00.5Z",
        "2025-11-28T05:00:00Z",
        "2025-11-28T01:00:00-03:00",
        "2025-11-28T06:30:00+02:00",
    ];
    let outside = [
        "2025-11-28T04:00:00-03:00",
        "2025-11-28T04:00:00+02:00",
        "2025-11-28T05:00:00.5Z",
        "2025-11-28T04:00:00",
        "2025-11-28T04",
        "2025-11-28T04:zz",
    ];
    for dry in [true, false] {
        let harness = plain(SandboxOptions::empty());
        harness.write("iso.toml", "[item]\ntime_form = \"iso-8601\"\n");
        for (user, time) in (1..).zip(inside.iter().chain(&outside)) {
            let list = AttributeValue::L(vec![n(1)]);
            let time = AttributeValue::S((*time).to_owned());
            let item =
                [("user_id", n(user)), ("recommended_note_ids", list), ("generated_at", time)];
            put(&harness, &item);
        }
        let lines: String = (1..=11).map(|user| format!("[{user},[2]]\n")).collect();
        harness.write("good.jsonl", lines);
        let mut args = vec!["backfill", "good.jsonl", "--replace-written-between"];
        args.extend(["2025-11-28T03:00:00Z", "2025-11-28T05:00:00Z", "--policy", "iso.toml"]);
        args.extend(dry.then_some("--dry-run"));
        let report = harness.json(0, args);
        assert_eq!(entries(&report), (5, 6, 11), "{report}");
    }
    // Everything up to a time: numbers of another unit, and such that may be dates, stay.
    let harness = plain(SandboxOptions::empty());
    for (user, time) in [(1, 1_764_000_000_u64), (2, 1_764_000_000_000), (3, 20_251_128)] {
        newer(&harness, user, Some(time));
    }
    harness.write("good.jsonl", "[1,[2]]\n[2,[2]]\n[3,[2]]\n");
    let mut args = vec!["backfill", "good.jsonl", "--replace-written-between"];
    args.extend(["1970-01-01T00:00:00Z", "2025-12-01T00:00:00Z"]);
    let plan = harness.json(0, args.iter().copied().chain(["--dry-run"]));
    let report = harness.json(0, args);
    assert_eq!(entries(&report), entries(&plan), "{report}");
    assert_eq!(items(&harness)["3"], shown(&[3, 3], Some(20_251_128)));
}

/// A shard without users of the wrong file is not an error, and what could not be read of that file is
/// no success.
#[test]
fn shards_and_unreadable_lines_of_the_wrong_file() {
    let harness = plain(SandboxOptions::empty());
    harness.write("bad.jsonl", "[1,[1]]\n[2,[3]]\n");
    harness.write("good.jsonl", "[1,[1]]\n[2,[2]]\n");
    harness.json(0, ["backfill", "bad.jsonl"]);
    let repair = ["backfill", "good.jsonl", "--only-where-table-holds", "bad.jsonl"];
    for shard in ["1/4", "2/4", "3/4", "4/4"] {
        harness.run(repair.iter().chain(&["--shard", shard])).ended_in([0, 5]);
    }
    assert_eq!(items(&harness)["2"], "[2]");
    // The list of user 1 was right, although the wrong file has it, too.
    let again = harness.json(5, repair);
    assert_eq!(again["kept_because"], json!({"already-right": 2}), "{again}");

    harness.write("cut.jsonl", "[1,[1]]\n[2,[2]]\n[3,[");
    harness.write("good2.jsonl", "[1,[4]]\n[2,[5]]\n");
    harness.json(4, ["backfill", "good2.jsonl", "--only-where-table-holds", "cut.jsonl"]);
    assert_eq!(items(&harness)["2"], "[5]");
}

/// Commands of the shell blocks of a section of the runbook, block by block.
pub fn runbook(section: &str) -> Vec<Vec<String>> {
    let path = crate::support::repository().join("docs/runbook.md");
    let text = std::fs::read_to_string(path).expect("the runbook");
    let (_, rest) = text.split_once(&format!("\n## {section}\n")).expect("the section");
    let section = rest.split("\n## ").next().expect("its text");
    let blocks = section.split("```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().expect("its end"));
    blocks
        .map(|block| {
            let commands = block.lines().filter_map(|line| line.strip_prefix("recoctl "));
            commands.map(|line| line.split(" #").next().unwrap_or(line).to_owned()).collect()
        })
        .collect()
}

/// Another implementation of DynamoDB compares lists and periods in conditions in the same way.
#[test]
fn an_independent_server_agrees() {
    let mut harness = Harness::independent();
    harness.set("RECOCTL_TABLE", "recs");
    create_plain(&harness, "recs", &[("user_id", ScalarAttributeType::N)]);
    let (at, since) = (Some(BAD_AT), Some(SINCE));
    harness.write("bad.jsonl", file(1..=30, bad, at));
    harness.write("good.jsonl", file(1..=40, good, Some(BAD_AT - 500)));
    for args in [
        &REPAIR[..],
        &[
            "backfill",
            "good.jsonl",
            "--replace-written-between",
            "2026-11-28T02:10:00Z",
            "2026-11-28T02:37:00Z",
        ],
    ] {
        harness.json(0, ["backfill", "bad.jsonl"]);
        (1..=3).for_each(|user| newer(&harness, user, since));
        let report = harness.json(0, args);
        assert_eq!(entries(&report), (27, 13, 40), "{report}");
        let table = items(&harness);
        for user in 1..=30 {
            let expected = match user {
                1..=3 => shown(&[user, 3], since),
                _ => shown(&good(user), Some(BAD_AT - 500)),
            };
            assert_eq!(table[&user.to_string()], expected);
        }
        assert_eq!(table.len(), 30);
    }
    assert_eq!(harness.json(5, REPAIR)["kept_because"]["already-right"], 27);
}
