//! The table's own rules, and the ways to it.

use super::*;

#[test]
fn an_item_that_dynamodb_refuses_is_refused_alone() {
    let options = SandboxOptions::empty();
    let mut harness = Harness::sandbox(options);
    harness.set("RECOCTL_TABLE", "recs");
    // recoctl writes a Number.
    create_indexed(&harness, ScalarAttributeType::S, None);
    let pipeline = function(&harness, "").expect("it starts");
    let bad = r#"{"data":[[99,[1]]],"generated_at":1768446000}"#;
    let bodies: Vec<String> = (0..24).map(|user| format!("[{user},[1]]")).collect();
    let mut all: Vec<&str> = bodies.iter().map(String::as_str).collect();
    all.insert(7, bad);
    assert_eq!(invoke(&harness, &pipeline, &all), ["7"]);
    assert_eq!(items(&harness).len(), 24);
    let guarded = function(&harness, "[writes]\nonly_newer = true").expect("it starts");
    assert_eq!(invoke(&harness, &guarded, &all), ["7"]);
}

#[test]
fn a_table_that_is_being_created_is_waited_for_or_named() {
    let harness = numbers();
    harness.write("in.jsonl", "[1,[2]]\n");
    harness.the_sandbox().dynamodb().take_time_to_create("recs", 2);
    harness.json(0, ["backfill", "in.jsonl"]);
    assert_eq!(items(&harness)["1"], "[2]");
    harness.the_sandbox().dynamodb().take_time_to_create("recs", 1);
    harness.json(0, ["verify", "in.jsonl"]);
    // The function does not wait: Lambda starts it again, and messages come again.
    harness.the_sandbox().dynamodb().take_time_to_create("recs", 1);
    let refused = function(&harness, "").expect_err("not yet");
    assert!(refused.contains("still being created"), "{refused}");
    function(&harness, "").expect("it starts");
}

#[test]
fn a_time_to_live_that_expires_nothing_is_refused() {
    let harness = numbers();
    harness.write("in.jsonl", "[1,[2]]\n");
    let args = ["backfill", "in.jsonl", "--ttl", "30d"];
    harness.json(0, args);
    expire_by(&harness, "expires_at", false);
    harness.run(args).ended(7).says("TTL is disabled on table").says("--ttl-anyway");
    harness.run([&args[..], &["--dry-run"]].concat()).ended(0).says("the items would not expire");
    expire_by(&harness, "ttl", true);
    harness.run(args).ended(7).says("--ttl-attribute ttl");
    harness.json(0, [&args[..], &["--ttl-attribute", "ttl"]].concat());
    harness.json(0, [&args[..], &["--ttl-anyway"]].concat());
    // Files are imported one day: their items are to expire, too.
    let emit = [&args[..], &["--emit", "dynamodb-json", "out"]].concat();
    harness.run(&emit).ended(7).says("--ttl-attribute ttl");
    assert!(!harness.home.path().join("out").exists());
    harness.json(0, [&emit[..], &["--ttl-anyway"]].concat());
}

#[test]
fn a_table_that_was_made_anew_is_not_gone_on_with() {
    let harness = numbers();
    let lines: String = (0..50).map(|user| format!("[{user},[1]]\n")).collect();
    harness.write("in.jsonl", lines);
    harness.json(0, ["backfill", "in.jsonl"]);
    let client = harness.dynamodb();
    harness.runtime.block_on(client.delete_table().table_name("recs").send()).expect("deleted");
    support::table::create(&harness, ScalarAttributeType::N);
    harness
        .run(["backfill", "in.jsonl", "--resume"])
        .ended(7)
        .says("deleted and recreated")
        .says("TableId");
    harness.json(0, ["backfill", "in.jsonl"]);
    assert_eq!(items(&harness).len(), 50);
}

#[test]
fn a_good_list_goes_to_the_queue_although_a_later_one_may_come_to_nothing() {
    let mut harness = numbers();
    let create = harness.sqs().create_queue().queue_name("recs").send();
    let queue = harness.runtime.block_on(create).expect("created");
    harness.set("RECOCTL_QUEUE", "recs");
    harness.write("in.jsonl", "[1,[1020,1041]]\n[1,[5000]]\n");
    let report = harness.json(0, ["backfill", "in.jsonl", "--via", "queue"]);
    assert_balanced(&report);
    assert_eq!(
        (&report["entries"]["written"], &report["entries"]["coalesced"]),
        (&json!(2), &json!(0))
    );
    let receive = harness.sqs().receive_message().queue_url(queue.queue_url().expect("a URL"));
    let answer = harness.runtime.block_on(receive.send()).expect("received");
    let bodies: Vec<_> = answer.messages().iter().filter_map(|m| m.body()).collect();
    assert_eq!(bodies, [r#"{"data":[[1,[1020,1041]],[1,[5000]]]}"#], "in one message, in order");
}

/// A table of 80 WCU with an index on the time of 10.
fn indexed_by_time() -> Harness {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    harness.set("RECOCTL_TABLE", "recs");
    create_indexed(&harness, ScalarAttributeType::N, Some([80, 10]));
    harness
}

#[test]
fn an_index_on_the_time_costs_nothing_for_lists_without_one() {
    let harness = indexed_by_time();
    let dated = r#"{"user_id":1,"recommended_note_ids":[1],"generated_at":1768446000}"#;
    for (asked, share) in [("auto", 1.0), ("50%", 0.5)] {
        for (text, args, wcu, indexes) in [
            ("[1,[1]]\n[2,[1]]\n".to_owned(), &[][..], 80.0, 0),
            // 10 items a second, each written twice; and half of them so.
            (format!("{dated}\n"), &[], 20.0, 1),
            (format!("{dated}\n[2,[1]]\n"), &[], 15.0, 1),
            ("[1,[1]]\n".to_owned(), &["--generated-at", "1768446000"], 20.0, 1),
        ] {
            harness.write("in.jsonl", &text);
            let base = ["backfill", "in.jsonl", "--wcu", asked];
            for dry in [true, false] {
                let dry: &[&str] = if dry { &["--dry-run"] } else { &[] };
                let report = harness.json(0, [&base[..], args, dry].concat());
                let budget = &report["budget"];
                assert_eq!(budget["wcu_per_s"], wcu * share, "{text} {asked}: {budget}");
                assert_eq!(budget["indexes"], indexes, "{text} {asked}: {budget}");
            }
        }
    }
}
