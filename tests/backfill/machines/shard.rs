//! `--shard`: n machines divide an input without coordination.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::ScalarAttributeType;
use serde_json::Value;

use super::kit::{assert_balanced, deletes, harness, mixed_lines, scan};

#[test]
fn the_shards_of_an_input_make_the_whole_of_it() {
    let whole = harness(ScalarAttributeType::N);
    whole.write("in.jsonl", mixed_lines() + &deletes());
    // The lines have ids of both types, and a shard sees items that others wrote.
    let typed = ["--list-type", "N"];
    let args = ["backfill", "in.jsonl", "--rejects", "rejects.jsonl"];
    let of_whole = whole.json(4, args.into_iter().chain(typed));
    assert_balanced(&of_whole);

    let sharded = harness(ScalarAttributeType::N);
    sharded.write("in.jsonl", mixed_lines() + &deletes());
    let (mut written, mut before) = (0, 0);
    let (mut sums, mut rejects) = (BTreeMap::<String, u64>::new(), Vec::new());
    for shard in 1..=3 {
        let (shard, file) = (format!("{shard}/3"), format!("rejects-{shard}.jsonl"));
        let report = sharded.json(
            4,
            ["backfill", "in.jsonl", "--shard", shard.as_str(), "--rejects", file.as_str()]
                .into_iter()
                .chain(typed),
        );
        assert_balanced(&report);
        assert_eq!(report["shard"], shard.as_str());
        assert_eq!(report["lines"]["read"], of_whole["lines"]["read"]);
        assert_eq!(report["entries"]["read"], of_whole["entries"]["read"]);
        for (name, count) in report["entries"].as_object().expect("counts") {
            *sums.entry(name.clone()).or_default() += count.as_u64().expect("a count");
        }
        rejects.extend(sharded.read_lines(&file).iter().map(place_of));
        // No other shard writes these users, so each one adds that many items to the table.
        let items = scan(&sharded, "recs").len();
        assert!(items - before > 500, "{shard}: {items} after {before}");
        (written, before) = (written + report["entries"]["written"].as_u64().expect("n"), items);
    }
    assert_eq!(scan(&sharded, "recs"), scan(&whole, "recs"));
    let entries = &of_whole["entries"];
    assert_eq!(sums["deleted"], 61);
    assert_eq!(sums["rejected"], entries["rejected"].as_u64().expect("a count"));
    assert_eq!(sums["other_shard"], 2 * entries["read"].as_u64().expect("a count"));
    assert!(written >= before as u64);

    // Entries that cannot be written are reported once, by one of the shards.
    let mut of_whole: Vec<String> =
        whole.read_lines("rejects.jsonl").iter().map(place_of).collect();
    of_whole.sort();
    rejects.sort();
    assert_eq!(rejects, of_whole);
}

fn place_of(reject: &Value) -> String {
    format!("{}:{} {}", reject["line"], reject["entry"], reject["text"])
}

#[test]
fn a_shard_that_is_none_is_a_slip_of_the_pen() {
    let harness = harness(ScalarAttributeType::N);
    harness.write("in.jsonl", "[1,[2]]\n");
    let errors = ["0/3", "4/3", "1", "one/two"]
        .map(|shard| harness.run(["backfill", "in.jsonl", "--shard", shard]).ended(2).told());
    insta::assert_snapshot!(errors.join("\n"));
}
