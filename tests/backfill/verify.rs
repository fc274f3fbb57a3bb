//! `recoctl verify`, `recoctl backfill --verify` and `--dry-run` through the real binary.

use crate::support::table::{ids, n, plain, put};
use crate::support::{Harness, Ran};
use reco_sandbox::SandboxOptions;
use serde_json::{Value, json};

/// Writes a user's list without recoctl.
fn put_list(harness: &Harness, user: u64, list: &[u64], time: Option<u64>) {
    let time = time.map(|time| ("generated_at", n(time)));
    let item = [("user_id", n(user)), ("recommended_note_ids", ids(list))];
    put(harness, &item.into_iter().chain(time).collect::<Vec<_>>());
}

fn delete(harness: &Harness, user: u64) {
    let delete = harness.dynamodb().delete_item().table_name("recs").key("user_id", n(user));
    harness.runtime.block_on(delete.send()).expect("deleted");
}

/// Returns lines with every user three times, each time with another list. Lines that are rejected
/// or skipped after a user's last list change nothing.
fn input(users: u64) -> String {
    let round = |round: u64| move |user: u64| format!("[{user},[{},{round},7]]\n", user + 100);
    let mut text: String = (1..=3).flat_map(|r| (0..users).map(round(r))).collect();
    text.push_str("[1,[]]\nbad\n[2,\"x\"]\n");
    text
}

#[test]
fn what_was_written_is_read_back_and_found_right() {
    let harness = plain(SandboxOptions::empty());
    harness.write("in.jsonl", input(700));
    let report = harness.json(4, ["backfill", "in.jsonl", "--verify", "all"]);
    let found = &report["verification"];
    assert_eq!(found["differing"], 0, "{found}");
    assert!(found["compared"].as_u64() >= Some(700), "{found}");
    assert!(found["consumed_rcu"].as_f64() >= Some(700.0), "{found}");
    assert_eq!(found["passes"], 1);
    // Lines that cannot be read are reported, and rule out success.
    let report = harness.json(4, ["verify", "in.jsonl", "--users", "all"]);
    assert_eq!((&report["outcome"], &report["unread"]), (&json!("partial"), &json!(2)));
    let report = harness.json(4, ["verify", "in.jsonl", "--users", "50"]);
    assert_eq!((&report["users"], &report["sample"]), (&json!(50), &json!(50)));
    let compared = report["compared"].as_u64().expect("a count");
    assert!((50..=150).contains(&compared), "the sample's lists only: {compared}");
    let report = harness.json(4, ["verify", "in.jsonl"]);
    assert_eq!(report["users"], 700, "a sample of 1000 of 700 users is all of them");
}

#[test]
fn attributes_that_every_item_has_are_read_back_too() {
    let harness = plain(SandboxOptions::empty());
    harness.write("in.jsonl", "[1,[2,3]]\n[4,[5]]\n");
    let args =
        ["backfill", "in.jsonl", "--verify", "all", "--ttl", "30d", "--ttl-anyway", "--attr"];
    for attribute in ["model=v7", "weight=1.50"] {
        let report = harness.json(0, [&args[..], &[attribute]].concat());
        let verification = &report["verification"];
        assert_eq!((&verification["compared"], &verification["differing"]), (&2.into(), &0.into()));
    }
}

#[test]
fn whatever_differs_is_named_by_line_and_user() {
    let harness = plain(SandboxOptions::empty());
    let mut text = input(300);
    text.push_str(r#"{"user_id":900,"recommended_note_ids":[1,2],"generated_at":1000}"#);
    harness.write("in.jsonl", text);
    harness.json(4, ["backfill", "in.jsonl"]);
    delete(&harness, 5);
    put_list(&harness, 6, &[106, 3], None);
    // The list of an earlier line does not count as the last one.
    put_list(&harness, 7, &[107, 1, 7], None);
    put_list(&harness, 8, &[108, 7, 3], None);
    put_list(&harness, 900, &[5], Some(2000));
    let report = harness.json(6, ["verify", "in.jsonl", "--users", "all", "--rcu", "2000"]);
    let found: Vec<(u64, u64, String)> = report["differences"]
        .as_array()
        .expect("differences")
        .iter()
        .map(|wrong| {
            let number = |name: &str| wrong[name].as_u64().expect("a number");
            let detail = wrong["difference"]["detail"].as_str().expect("words").to_owned();
            (number("line"), number("user"), detail)
        })
        .collect();
    let list = |rank: u64, found: &str, expected: u64, len: u64| {
        format!(
            "the list differs at rank {rank}: {found} instead of {expected}, {len} ids instead of 3"
        )
    };
    let expected = [
        (606, 5, "not in the table".to_owned()),
        (607, 6, list(3, "nothing", 7, 2)),
        (608, 7, list(2, "1", 3, 3)),
        (609, 8, list(2, "7", 3, 3)),
    ];
    assert_eq!(found, expected);
    assert_eq!((&report["differing"], &report["newer"]), (&json!(4), &json!(1)));

    // A removed item must be gone.
    harness
        .write("gone.jsonl", "{\"user_id\":5,\"delete\":true}\n{\"user_id\":9,\"delete\":true}\n");
    for users in ["all", "10"] {
        let report = harness.json(6, ["verify", "gone.jsonl", "--users", users]);
        assert_eq!(report["differing"], 1, "{report}");
        assert_eq!(report["differences"][0]["user"], 9);
        assert_eq!(report["differences"][0]["difference"]["kind"], "present");
    }

    // A backfill that verifies exits 0 while nothing differs.
    harness.write("one.jsonl", "[5,[1]]\n");
    let report = harness.json(0, ["backfill", "one.jsonl", "--verify"]);
    assert_eq!(report["verification"]["compared"], 1);

    let told = harness.run(["verify", "in.jsonl", "--users", "all"]).ended(6).stdout;
    let told: Vec<&str> = told.lines().filter(|line| !line.starts_with("policy")).collect();
    insta::assert_snapshot!(told.join("\n"));
    let lines = ["verify", "in.jsonl", "--users", "all", "--output", "jsonl"];
    let lines = harness.run(lines).stdout;
    assert_eq!(lines.lines().count(), 5, "a line a difference, and the rest: {lines}");
}

/// With room for only a few users, users whose lists are outdated by later ones take extra passes.
#[test]
fn little_memory_takes_more_passes_and_finds_the_same() {
    let harness = plain(SandboxOptions::empty());
    harness.write("in.jsonl", input(300));
    harness.json(4, ["backfill", "in.jsonl"]);
    let verify = |code: i32, users: &str, room: &str| {
        let args = ["verify", "in.jsonl", "--users", users, "--max-suspects", room];
        harness.json(code, args)
    };
    let report = verify(4, "all", "40");
    assert!(report["passes"].as_u64() > Some(3), "{report}");
    assert_eq!(report["differing"], 0);
    for user in (0..300).step_by(7) {
        delete(&harness, user);
    }
    let whole = verify(6, "all", "50000");
    let parts = verify(6, "all", "20");
    assert_eq!(whole["passes"], 1);
    assert!(parts["passes"].as_u64() > Some(3), "{}", parts["passes"]);
    assert_eq!(parts["differences"], whole["differences"]);
    assert_eq!(whole["differing"], 43);
    let sample = verify(6, "150", "20");
    assert_eq!(sample["users"], 150);
    let differing = sample["differing"].as_u64().expect("a count");
    assert!((1..43).contains(&differing), "about half of them: {differing}");
}

#[test]
fn what_cannot_be_verified_is_said_before_anything_is_written() {
    let harness = plain(SandboxOptions::empty());
    harness.write("in.jsonl", "[1,[2]]\n");
    for args in [
        vec!["backfill", "-", "--verify"],
        vec!["verify", "-"],
        vec!["backfill", "in.jsonl", "--verify", "--dry-run"],
        vec!["backfill", "in.jsonl", "--rcu", "5"],
        vec!["backfill", "--verify", "in.jsonl"],
    ] {
        Ran::of(harness.recoctl(&args).write_stdin("[1,[2]]\n")).ended(2);
    }
    assert_eq!(harness.json(6, ["verify", "in.jsonl"])["differing"], 1, "nothing was written");
    harness.write("none.jsonl", "bad\n");
    harness.run(["verify", "none.jsonl"]).ended(8);
    harness.write("empty.jsonl", "\n");
    harness.json(5, ["verify", "empty.jsonl"]);
}

#[test]
fn a_dry_run_plans_sizes_time_and_cost_and_names_the_largest() {
    let harness = plain(SandboxOptions::empty());
    let list = |ids: u64| (0..ids).map(|id| (1_000_000 + id).to_string()).collect::<Vec<_>>();
    let line = |user: u64, ids: u64| format!("[{user},[{}]]\n", list(ids).join(","));
    let mut text: String = (0..200).map(|user| line(user, 10)).collect();
    text.push_str(&line(1000, 500));
    text.push_str(&line(1001, 3000));
    harness.write("in.jsonl", text);
    harness.write("policy.toml", "[limits]\nmax_len = 5000\n");
    let args = ["backfill", "in.jsonl", "--dry-run", "--policy", "policy.toml"];
    let args = args.into_iter().chain(["--price-per-million-wru", "1.25"]);
    let report = harness.json(0, args.clone());
    let plan = &report["plan"];
    let wcu = report["items"]["wcu"].as_u64().expect("a count");
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let cost = wcu as f64 * 1.25 / 1e6;
    assert!((plan["cost"].as_f64().expect("a cost") - cost).abs() < 1e-9, "{plan}");
    assert_eq!(plan["largest"].as_array().map(Vec::len), Some(10));
    let first = &plan["largest"][0];
    assert_eq!((&first["user"], &first["line"]), (&json!(1001), &json!(202)));
    let histogram = report["items"]["histogram"].as_array().expect("buckets");
    assert_eq!(histogram[0], json!({ "min_wcu": 1, "max_wcu": 1, "items": 200 }));
    let items: u64 = histogram.iter().filter_map(|bucket| bucket["items"].as_u64()).sum();
    assert_eq!(items, 202);
    let without = harness.json(0, ["backfill", "in.jsonl", "--dry-run"]);
    assert_eq!(without["plan"]["cost"], Value::Null);
    harness.run(args).shows("LARGEST").shows("cost");
}
