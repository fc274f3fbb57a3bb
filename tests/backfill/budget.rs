//! `recoctl backfill --wcu`: the budget is kept, used, and determined when it is not given.

use crate::support::Harness;
use crate::support::table::{assert_balanced, harness, items};
use aws_sdk_dynamodb::types::ScalarAttributeType;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use serde_json::Value;

fn limited(wcu: f64) -> Harness {
    harness(ScalarAttributeType::N, Some(WriteCapacity::per_second(wcu)))
}

fn lines(users: u32) -> String {
    (0..users).map(|user| format!("[{user},[1,2,3]]\n")).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// A short version; the full one takes 60 s against `recoctl sandbox start --wcu 500`.
#[test]
fn a_budget_at_the_tables_limit_is_used_whole_and_never_throttled() {
    let harness = limited(500.0);
    harness.write("in.jsonl", lines(4000));
    let report = harness.json(0, ["backfill", "in.jsonl", "--wcu", "500"]);
    assert_balanced(&report);
    assert_eq!(items(&harness).len(), 4000);
    let (budget, writes) = (&report["budget"], &report["writes"]);
    assert_eq!(writes["throttled_calls"], 0, "{writes}");
    assert_eq!(writes["returned_items"], 0, "{writes}");
    assert_eq!(writes["consumed_wcu"], 4000.0);
    assert_eq!((number(&budget["wcu_per_s"]), &budget["from"]), (500.0, &"flag".into()));
    assert_eq!(budget["lowest_wcu_per_s"], Value::Null);
    let used = number(&budget["used_wcu_per_s"]);
    assert!(used <= 515.0, "{used}");
    // How near it comes from below depends on how busy the machine is; what it may use does not.
    assert_eq!(number(&budget["last_wcu_per_s"]), 500.0, "{budget}");
}

#[test]
fn a_low_budget_goes_in_small_batches() {
    let harness = limited(20.0);
    harness.write("in.jsonl", lines(60));
    let report = harness.json(0, ["backfill", "in.jsonl", "--wcu", "20"]);
    let writes = &report["writes"];
    assert_eq!((&writes["throttled_calls"], &writes["returned_items"]), (&0.into(), &0.into()));
    assert_eq!(report["batches"], 15, "20 WCU/s are 4 in a fifth of a second");
    assert!(number(&report["duration_s"]) > 2.5, "{report}");
}

#[test]
fn guarded_writes_are_paid_from_the_budget_even_where_they_are_stale() {
    let harness = limited(100_000.0);
    harness.write("in.jsonl", lines(100));
    let args = ["backfill", "in.jsonl", "--if-newer", "--generated-at", "5", "--wcu", "50"];
    let first = harness.json(0, args);
    assert_eq!(first["entries"]["written"], 100);
    // Nothing is written, but the conditional writes still consume capacity.
    let again = harness.json(5, args);
    assert_eq!(again["entries"]["stale"], 100);
    for report in [first, again] {
        assert!(number(&report["duration_s"]) > 1.5, "{report}");
        assert_eq!(report["writes"]["calls"], 100);
    }
}

#[test]
fn without_a_budget_throttling_slows_the_run_down() {
    // A limit that a busy machine goes beyond, too.
    let harness = limited(100.0);
    harness.write("in.jsonl", lines(1200));
    let report = harness.json(0, ["backfill", "in.jsonl"]);
    assert_eq!(items(&harness).len(), 1200);
    let (budget, writes) = (&report["budget"], &report["writes"]);
    assert_eq!((&budget["asked"], &budget["wcu_per_s"]), (&Value::Null, &Value::Null));
    let lowest = number(&budget["lowest_wcu_per_s"]);
    assert!(lowest < 2000.0, "{budget}");
    let retries = number(&writes["retries"]);
    assert!(retries < 0.5 * number(&writes["calls"]), "{writes}");
}

#[test]
fn a_share_needs_a_table_with_a_limit() {
    let harness = limited(500.0);
    harness.write("in.jsonl", lines(1));
    insta::assert_snapshot!(harness.run(["backfill", "in.jsonl", "--wcu", "50%"]).ended(3).told());
    assert!(items(&harness).is_empty());

    let report = harness.json(0, ["backfill", "in.jsonl", "--wcu", "auto", "--dry-run"]);
    let budget = &report["budget"];
    assert_eq!(number(&budget["wcu_per_s"]), 4000.0, "{budget}");
    assert_eq!(
        (&budget["from"], &budget["asked"]),
        (&"new-on-demand-table".into(), &"auto".into())
    );

    let units = aws_sdk_dynamodb::types::ProvisionedThroughput::builder()
        .read_capacity_units(10)
        .write_capacity_units(80);
    let update = harness
        .dynamodb()
        .update_table()
        .table_name("recs")
        .billing_mode(aws_sdk_dynamodb::types::BillingMode::Provisioned)
        .provisioned_throughput(units.build().expect("both units"));
    harness.runtime.block_on(update.send()).expect("the table is changed");
    for (asked, wcu) in [("50%", 40.0), ("auto", 80.0)] {
        let report = harness.json(0, ["backfill", "in.jsonl", "--wcu", asked, "--dry-run"]);
        let budget = &report["budget"];
        assert_eq!(number(&budget["wcu_per_s"]), wcu, "{budget}");
        assert_eq!(budget["from"], "provisioned");
    }
}

#[test]
fn a_key_sorted_input_is_spread_and_ends_the_same() {
    let harness = limited(1_000_000.0);
    // Every user again, both far apart and side by side: the last list wins.
    let mut text = lines(3000);
    text.extend((0..3000).map(|user| format!("[{user},[9]]\n[{user},[{}]]\n", user + 1)));
    harness.write("in.jsonl", text);
    for window in ["0", "1", "64", "4096"] {
        let report = harness.json(0, ["backfill", "in.jsonl", "--shuffle-window", window]);
        assert_balanced(&report);
        let entries = &report["entries"];
        assert!(number(&entries["coalesced"]) >= 1500.0, "{entries}");
        let found = items(&harness);
        assert_eq!(found.len(), 3000);
        for (user, list) in found {
            let user: u32 = user.parse().expect("a number");
            assert_eq!(list, format!("[{}]", user + 1));
        }
    }
}

#[test]
fn a_slow_pipe_is_not_kept_waiting_for_a_full_window() {
    use std::io::Write;
    let harness = limited(1_000_000.0);
    let mut child = harness.process(&["backfill", "-", "--quiet"]).spawn().expect("runs");
    let mut stdin = child.stdin.take().expect("piped");
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    // The reader passes a line on after 200 ms; pauses never reach 500 ms.
    let feeding = std::thread::spawn(move || {
        for user in 0..200 {
            let line = format!("[{user},[1]]\n");
            if stdin.write_all(line.as_bytes()).is_err() || stopped.try_recv().is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
    });
    let within = std::time::Duration::from_secs(50);
    crate::support::eventually("items are written while more come", within, || {
        items(&harness).len() > 3
    });
    stop.send(()).expect("it feeds on");
    feeding.join().expect("fed");
    assert!(child.wait().expect("ends").success());
}
