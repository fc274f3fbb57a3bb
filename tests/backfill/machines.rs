//! `recoctl backfill` on more than one machine, through the real binary against the sandbox:
//! shards, the queue, and files for DynamoDB's import.

mod emit;
mod kit;
mod queue;
mod shard;

/// Flags that would have no effect are refused, not ignored.
#[test]
fn a_write_budget_is_for_writes_of_our_own() {
    let harness = kit::harness(aws_sdk_dynamodb::types::ScalarAttributeType::N);
    harness.write("in.jsonl", "[1,[2]]\n");
    let elsewhere: [&[&str]; 2] = [&["--via", "queue"], &["--emit", "dynamodb-json", "out"]];
    for way in elsewhere {
        for paced in [["--wcu", "500"], ["--shuffle-window", "64"]] {
            let args = [&["backfill", "in.jsonl"], way, &paced].concat();
            harness.run(&args).ended(2).says("cannot be used with");
        }
    }
}
