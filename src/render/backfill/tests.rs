use std::collections::BTreeMap;

use reco_core::concurrency::{Concurrency, SpeedLimit};
use reco_core::item::KeyType;
use reco_core::run_by::RunBy;

use super::*;
use reco_ops::aws::ListType;
use reco_ops::backfill::plan::{BackfillPlan, Large};
use reco_ops::backfill::report::{
    BackfillDestination, BudgetReport, CheckpointReport, CompareReport, ConcurrencyReport,
    EntryCounts, InputFailure, InputReport, ItemSizes, LineCounts, ReplaceReport, ResumedRun,
    RunCounts, StopCause, Throttling, Writes,
};
use reco_ops::files::input::Compression;

pub(super) fn report() -> BackfillReport {
    let mut items = ItemSizes::default();
    items.add(90);
    items.add(631);
    items.add(1500);
    BackfillReport {
        outcome: Outcome::Partial,
        by: RunBy { reason: Some("INC-4711".to_owned()), ..RunBy::default() },
        dry_run: false,
        destination: BackfillDestination::Table,
        table: Some("recommendations".to_owned()),
        key_type: KeyType::N,
        list_type: ListType { list_type: Some(KeyType::N), from: "table", warning: None },
        if_newer: true,
        policy_fingerprint: "cf2c930c04f04760a9ee84d39dc8b742".to_owned(),
        facts: "sqlite",
        rules_skipped: false,
        inputs: vec![InputReport {
            name: "recs.jsonl.gz".to_owned(),
            bytes: Some(1_234_567),
            compression: Compression::Gzip,
            failure: Some(InputFailure {
                line: 12_500,
                reason: "unexpected end of file".to_owned(),
            }),
        }],
        counts: RunCounts {
            lines: LineCounts {
                other_shard: 0,
                read: 12_500,
                written: 11_900,
                deleted: 40,
                stale: 60,
                kept: 0,
                skipped: 400,
                rejected: 90,
                failed: 3,
                left: 2,
                blank: 5,
            },
            entries: EntryCounts {
                other_shard: 0,
                read: 12_600,
                written: 12_000,
                deleted: 40,
                stale: 60,
                kept: 0,
                skipped: 380,
                coalesced: 20,
                rejected: 95,
                failed: 3,
                left: 2,
            },
            skipped: BTreeMap::from([
                ("too-few".into(), 80),
                ("unknown-user".into(), 290),
                ("inactive-user".into(), 10),
            ]),
            kept: BTreeMap::new(),
            rejected: BTreeMap::from([
                ("bad-entry".into(), 5),
                ("malformed".into(), 60),
                ("oversize".into(), 30),
            ]),
            kept_articles: 1_100_000,
            dropped_articles: reco_core::filter::DropCounts::default(),
            items,
        },
        batches: 480,
        waited_for_key: 11,
        budget: BudgetReport {
            asked: Some("50%".to_owned()),
            wcu_per_s: Some(200.0),
            cap_wcu_per_s: Some(200.0),
            from: "provisioned",
            used_wcu_per_s: 197.8,
            last_wcu_per_s: Some(192.0),
            lowest_wcu_per_s: Some(171.3),
            price: 1.02,
            indexes: 0,
        },
        concurrency: ConcurrencyReport {
            asked: Concurrency::Auto,
            last: 4,
            highest: 16,
            call_ms: Some(7.25),
            full: 0.98,
            limit: Some(SpeedLimit::Budget),
        },
        writes: Writes {
            consumed_wcu: 12_345.0,
            calls: 600,
            retries: 40,
            returned_items: 213,
            throttled_calls: 7,
            throttling: vec![Throttling {
                reason: "TableWriteProvisionedThroughputExceeded".to_owned(),
                resource: "arn:aws:dynamodb:us-east-1:000000000000:table/recommendations"
                    .to_owned(),
                count: 7,
            }],
        },
        duration_s: 62.4,
        items_per_s: 193.9,
        rejects_file: Some("rejects.jsonl".to_owned()),
        first_rejects: Vec::new(),
        shard: None,
        queue: None,
        emit: None,
        stopped: Some(reco_ops::backfill::report::Stopped {
            cause: StopCause::Interrupted,
            reason: "interrupted".to_owned(),
            resume_from: At { file: "recs.jsonl.gz".to_owned(), line: 12_300, offset: 1 },
            untouched_from: At { file: "recs.jsonl.gz".to_owned(), line: 12_501, offset: 2 },
        }),
        checkpoint: None,
        resumed: None,
        plan: None,
        next: Some("recoctl backfill recs.jsonl --resume".to_owned()),
        compare: None,
        replaced: None,
        verification: None,
    }
}

pub(super) fn rendered(report: &BackfillReport, width: usize) -> String {
    report.render(&View { width: Some(width), palette: Palette::new(false) })
}

#[test]
fn a_run_with_everything_that_can_happen() {
    insta::assert_snapshot!("at_80", rendered(&report(), 80));
    insta::assert_snapshot!("at_140", rendered(&report(), 140));
}

#[test]
fn a_dry_run_says_what_would_be() {
    let mut items = ItemSizes::default();
    for bytes in [90, 631, 700, 800, 1500, 1600, 6000, 300_000] {
        (0..1 + 9000 / bytes).for_each(|_| items.add(bytes));
    }
    let large = |user: i64, bytes: usize| Large {
        user: reco_core::Id::from(user),
        bytes,
        wcu: reco_core::item::wcu(bytes),
        at: At { file: "recs.jsonl.gz".to_owned(), line: user.unsigned_abs() % 1000, offset: 0 },
    };
    let plan = BackfillPlan {
        budget_wcu: Some(500.0),
        duration_s: Some(3725.0),
        price_per_million_wru: Some(0.625),
        cost: Some(1164.0625),
        indexes: 1,
        largest: vec![large(7_000_001, 300_000), large(42, 6000), large(9_000_077, 1600)],
    };
    let (stopped, inputs) = (None, vec![]);
    let counts = RunCounts { items, ..report().counts };
    let report =
        BackfillReport { dry_run: true, stopped, inputs, counts, plan: Some(plan), ..report() };
    insta::assert_snapshot!("dry_run_at_80", rendered(&report, 80));
    insta::assert_snapshot!("dry_run_at_140", rendered(&report, 140));
}

#[test]
fn a_resumed_run_says_what_was_done_before() {
    let from = At { file: "recs.jsonl.gz".to_owned(), line: 12_000, offset: 1 };
    let resumed = ResumedRun {
        from,
        lines: 11_999,
        written: 11_500,
        duration_s: 40.0,
        runs: 1,
        was_finished: false,
    };
    let file = "/home/op/.local/state/recoctl/journal/backfills/recs-1f.json".to_owned();
    let checkpoint = CheckpointReport { file, finished: false, failure: None };
    let (resumed, checkpoint) = (Some(resumed), Some(checkpoint));
    let report = BackfillReport { resumed, checkpoint, ..report() };
    insta::assert_snapshot!(rendered(&report, 140));
}

/// What was kept is said by reason, and so is what the writes depend on.
#[test]
fn a_run_on_a_condition_says_what_it_kept() {
    let file = "bad.jsonl".to_owned();
    let replaced = Some(ReplaceReport::WhereTableHolds { file, lists: 400, unread: 2 });
    let kept = BTreeMap::from([
        ("already-right".into(), 7),
        ("not-listed".into(), 400),
        ("other-list".into(), 10),
        ("no-item".into(), 1),
    ]);
    let mut counts = RunCounts { kept, ..report().counts };
    (counts.lines.kept, counts.entries.kept) = (418, 418);
    let compare = CompareReport {
        sample: Some(1000),
        compared: 1000,
        same: 300,
        changed: 400,
        newer: 200,
        new: 100,
        consumed_rcu: 1000.0,
        calls: 10,
        retries: 1,
        throttled_calls: 0,
    };
    let report = BackfillReport { replaced, counts, stopped: None, inputs: vec![], ..report() };
    insta::assert_snapshot!("on_a_condition_at_80", rendered(&report, 80));
    insta::assert_snapshot!("on_a_condition_at_140", rendered(&report, 140));
    let report = BackfillReport {
        replaced: None,
        if_newer: false,
        dry_run: true,
        compare: Some(compare),
        ..report
    };
    insta::assert_snapshot!("compared_at_80", rendered(&report, 80));
}
