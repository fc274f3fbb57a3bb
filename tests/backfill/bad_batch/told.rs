//! Putting a bad batch right: what is told before, during and afterwards.

use super::*;
use crate::support::Ran;

#[test]
fn what_cannot_be_done_on_a_condition_is_refused() {
    let harness = incident(None, false);
    create_plain(&harness, "other", &[("user_id", ScalarAttributeType::N)]);
    harness.write("empty.jsonl", "\n");
    let before = items(&harness);
    let period = ["--replace-written-between", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"];
    let with = |more: &[&'static str]| [&["backfill", "good.jsonl"], more].concat();
    let holds = "--only-where-table-holds";
    let commands = [
        with(&period),
        with(&["--replace-written-between", "2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]),
        with(&[holds, "good.jsonl"]),
        with(&[holds, "missing.jsonl"]),
        with(&[holds, "empty.jsonl"]),
        with(&[holds, "-"]),
        with(&[holds, "bad.jsonl", "--if-newer"]),
        with(&[holds, "bad.jsonl", "--via", "queue"]),
        with(&[holds, "bad.jsonl", "--emit", "dynamodb-json", "out"]),
        with(&[holds, "bad.jsonl", "--dry-run", "--compare", "10"]),
        with(&[holds, "bad.jsonl", "--compare", "all"]),
    ];
    let told: Vec<String> = commands
        .into_iter()
        .map(|args| {
            let shown = args.join(" ");
            let ran = harness.run(args);
            format!("$ recoctl {shown}\nexit {}: {}", ran.code.expect("a code"), ran.told())
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(items(&harness), before, "nothing was written");
}

/// `verify` judges nothing that it did not look at, and finds who still holds a wrong list.
#[test]
fn verify_tells_what_is_right_what_is_newer_and_who_holds_the_wrong_list() {
    let harness = incident(None, true);
    let begins = |args: &[&str], code: i32, words: &str| {
        let told = harness.run(args).ended(code).stdout;
        assert!(told.starts_with(words), "{told}");
    };
    let (all, same) =
        (["verify", "good.jsonl", "--users", "all"], ["verify", "bad.jsonl", "--same"]);
    begins(&all, 0, "verified all users in recs: 400 same, 400 newer in the table: not judged");
    let report = harness.json(0, same);
    assert_eq!(
        (&report["kind"], &report["users"], &report["holding"]),
        (&json!("verify.same"), &json!(400), &json!(390))
    );
    let users = report["holders"].as_array().expect("users");
    assert_eq!(users.len(), 390);
    assert!(!users.contains(&json!({"user": "40"})) && users.contains(&json!({"user": "41"})));
    begins(&same, 0, "390 users hold a list of bad.jsonl in recs (400 users looked up)\n");
    harness.json(0, REPAIR);
    begins(&same, 5, "no user holds a list of bad.jsonl in recs");
    begins(&all, 0, "verified all users in recs: 790 same, 10 newer in the table: not judged");
}

#[test]
fn a_dry_run_compares_a_sample_or_all_with_the_table() {
    let harness = incident(None, true);
    let of = |report: &Value| {
        let number = |name: &str| report["compare"][name].as_u64().expect("a count");
        (number("compared"), number("same"), number("changed"), number("newer"), number("new"))
    };
    let all = ["backfill", "good.jsonl", "--dry-run", "--compare", "all"];
    let report = harness.json(0, all);
    assert_eq!(of(&report), (800, 400, 0, 400, 0));
    assert!(report["compare"]["consumed_rcu"].as_f64() >= Some(800.0), "{report}");
    let report = harness.json(0, ["backfill", "good.jsonl", "--dry-run", "--compare", "50"]);
    assert_eq!((of(&report).0, &report["compare"]["sample"]), (50, &json!(50)));
    assert_eq!(report["entries"]["written"], 800);
    // What --if-newer would leave alone is counted as such.
    let report = harness.json(5, all.into_iter().chain(["--if-newer"]));
    assert_eq!(
        (&report["entries"]["stale"], &report["entries"]["written"]),
        (&json!(800), &json!(0))
    );
    harness.write("new.jsonl", "[1,[1]]\n[9000,[2]]\n");
    let report = harness.json(0, ["backfill", "new.jsonl", "--dry-run", "--compare"]);
    assert_eq!(of(&report), (2, 0, 1, 0, 1));
    let told = harness.run(all).stdout;
    let start = told.find("compared").expect("a comparison");
    let end = told.find("WCU EACH").expect("sizes");
    insta::assert_snapshot!(told[start..end].trim_end());
    // A pipe cannot be read twice, and a comparison needs a table.
    Ran::of(
        harness.recoctl(["backfill", "-", "--dry-run", "--compare", "5"]).write_stdin("[1,[2]]\n"),
    )
    .ended(2);
}

/// What is said at the end of an interrupted run: what was written, and the command to go on.
#[test]
fn an_interrupted_run_says_what_was_written_and_how_to_go_on() {
    let harness = incident(Some(400.0), true);
    let args = ["backfill", "good.jsonl", "--wcu", "60", "--output", "json"];
    let child = spawn(&harness, &args);
    let before = items(&harness);
    eventually("lists are written", Duration::from_secs(60), || items(&harness) != before);
    interrupt(&child);
    let ran = crate::support::finished(child).ended(130);
    let (report, stderr) = (ran.report(), &ran.stderr);
    let next = "recoctl backfill good.jsonl --wcu 60 --output json --resume";
    assert_eq!(report["next"], next);
    let written = report["entries"]["written"].as_u64().expect("a count");
    let items = if written == 1 { "item" } else { "items" };
    let line = format!("interrupted: {written} {items} written; to continue: {next}");
    assert!(stderr.lines().any(|told| told == line), "{line} in {stderr}");
    // The command is the one that goes on.
    let words: Vec<&str> = next.split(' ').skip(1).filter(|word| *word != "60").collect();
    let words: Vec<&str> = words.into_iter().filter(|word| *word != "--wcu").collect();
    harness.run(words).ended(0);
}

/// The blocks of the runbook lead from the incident to the right end state.
#[test]
fn the_runbook_puts_a_bad_batch_right() {
    let blocks = runbook("A bad batch");
    let [by_file, by_time, compare] = &blocks[..] else { panic!("{blocks:?}") };
    let run = |harness: &Harness, command: &str| harness.run(command.split(' ')).ended(0).stdout;
    let harness = incident(None, false);
    let told: Vec<String> = by_file[..3].iter().map(|command| run(&harness, command)).collect();
    assert_eq!(items(&harness), right(false));
    assert!(told[0].starts_with("390 users hold a list of bad.jsonl"), "{}", told[0]);
    assert!(told[1].contains("390 items would be written"), "{}", told[1]);
    assert!(told[1].contains("10 hold another list, 400 not in bad.jsonl"), "{}", told[1]);
    assert!(told[2].starts_with("390 items written"), "{}", told[2]);

    for blocks in [&[by_time][..], &[compare, by_file]] {
        let harness = incident(None, true);
        let told = blocks.iter().copied().flatten().map(|command| run(&harness, command));
        let told = told.last().expect("a command");
        assert_eq!(items(&harness), right(true));
        assert!(
            blocks.len() == 1 || told.contains("790 same, 10 newer in the table: not judged"),
            "{told}"
        );
    }
}
