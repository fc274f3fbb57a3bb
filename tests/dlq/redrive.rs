//! `recoctl dlq redrive` through the real binary: messages that are moved, messages that are left,
//! and none that is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::files::kit::adds_up;
use crate::support::queues::{count, create, create_with, plant, plant_body, snapshot, sqs};
use crate::support::{Harness, eventually, finished};
use reco_core::classify::Class;
use reco_sandbox::SandboxOptions;
use reco_sandbox::seed::{Mix, SeedOptions};
use reco_sandbox::sqs::{AttributeValue, Planted, SnapshotMessage};
use serde_json::{Value, json};

/// Starts a sandbox with the empty queues `recs` and `recs-dlq` (or their FIFO counterparts).
fn empty(suffix: &str, attributes: &[(&str, &str)]) -> Harness {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    let (source, dlq) = (format!("recs{suffix}"), format!("recs-dlq{suffix}"));
    create(sqs(&harness), &dlq, None);
    create_with(sqs(&harness), &source, Some((&dlq, 5)), attributes);
    harness.set("RECOCTL_QUEUE", &source);
    harness
}

/// Starts the seeded pipeline without its worker, which would empty the source queue.
fn seeded(mix: Mix) -> Harness {
    let seed = Some(SeedOptions { mix, ..SeedOptions::default() });
    Harness::sandbox(SandboxOptions { seed, ..SandboxOptions::empty() })
}

fn ids(harness: &Harness, queue: &str) -> BTreeSet<String> {
    snapshot(harness, queue).messages.into_iter().map(|message| message.id).collect()
}

fn bodies(messages: &[SnapshotMessage]) -> Vec<&str> {
    messages.iter().map(|message| message.body.as_str()).collect()
}

#[test]
fn the_default_moves_what_can_succeed_and_leaves_everything_else() {
    let harness = seeded(Mix::default());
    let seed = harness.the_sandbox().seed().expect("a seed").clone();
    let before: BTreeMap<String, String> = snapshot(&harness, "recs-dlq")
        .messages
        .into_iter()
        .map(|message| (message.id, message.body))
        .collect();
    let report = harness.json(0, ["dlq", "redrive", "--rate", "50"]);
    adds_up(&report);
    let of = |class: Class| seed.counts()[&class] as u64;
    assert_eq!(count(&report, "moved"), of(Class::Retryable));
    assert_eq!(count(&report, "skipped"), seed.messages.len() as u64 - of(Class::Retryable));
    let left = ids(&harness, "recs-dlq");
    let expected = seed.messages.iter().filter(|message| message.class != Class::Retryable);
    assert_eq!(left, expected.map(|message| message.id.clone()).collect());
    assert_eq!(snapshot(&harness, "recs-dlq").depth.in_flight, 0);
    let mut arrived = snapshot(&harness, "recs").messages;
    arrived.sort_by(|a, b| a.body.cmp(&b.body));
    let retryable = seed.messages.iter().filter(|message| message.class == Class::Retryable);
    let mut sent: Vec<&str> = retryable.map(|message| before[&message.id].as_str()).collect();
    sent.sort_unstable();
    assert!(bodies(&arrived) == sent, "bodies arrive byte for byte, each once");
}

#[test]
fn a_dry_run_reports_the_same_and_moves_nothing() {
    let harness = seeded(Mix::default());
    let all = snapshot(&harness, "recs-dlq").messages.len();
    let plan = harness.json(0, ["dlq", "redrive", "--dry-run"]);
    adds_up(&plan);
    assert_eq!(snapshot(&harness, "recs-dlq").depth.visible, all);
    assert_eq!(snapshot(&harness, "recs").messages.len(), 0);
    let planned = |report: &Value, fate: &str| -> BTreeSet<String> {
        let messages = report["messages"].as_array().expect("messages").iter();
        messages
            .filter(|message| message["fate"] == fate)
            .map(|message| message["message_id"].as_str().expect("an id").to_owned())
            .collect()
    };
    let done = harness.json(0, ["dlq", "redrive"]);
    assert_eq!(planned(&plan, "planned"), planned(&done, "moved"));
    assert_eq!(plan["wcu"], done["wcu"]);
}

#[test]
fn everything_that_a_message_carries_arrives() {
    let harness = empty("", &[]);
    let attributes: BTreeMap<String, AttributeValue> = [
        ("text", AttributeValue::string("a\nb é")),
        ("number", AttributeValue::number("007.50")),
        ("custom", AttributeValue::labelled("Number.float", "1e3")),
        ("json", AttributeValue::labelled("String.json", "{}")),
        ("binary", AttributeValue::binary([0u8, 255, 10])),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let planted = Planted {
        body: "{\"data\":[[1,[2]]]}".to_owned(),
        attributes: attributes.clone(),
        group_id: Some("tenant-1".to_owned()),
        trace_header: Some("Root=1-5759e988-bd862e3fe1be46a994272793".to_owned()),
        receive_count: 9,
        ..Planted::default()
    };
    plant(&harness, "recs-dlq", planted);
    harness.json(0, ["dlq", "redrive"]);
    let arrived = &snapshot(&harness, "recs").messages[0];
    assert_eq!(arrived.body, "{\"data\":[[1,[2]]]}");
    assert_eq!(arrived.attributes, attributes);
    assert_eq!(arrived.group_id.as_deref(), Some("tenant-1"));
    assert_eq!(arrived.trace_header.as_deref(), Some("Root=1-5759e988-bd862e3fe1be46a994272793"));
}

#[test]
fn moving_every_class_needs_a_yes() {
    let harness = empty("", &[]);
    plant_body(&harness, "recs-dlq", "poison");
    plant_body(&harness, "recs-dlq", "[1,[2]]");
    harness.run(["dlq", "redrive", "--class", "all"]).ended(7);
    let received: u32 =
        snapshot(&harness, "recs-dlq").messages.iter().map(|message| message.receive_count).sum();
    assert_eq!(received, 0, "a refusal receives nothing");
    let report =
        harness.json(0, ["dlq", "redrive", "--class", "all", "--engine", "client", "--yes"]);
    assert_eq!(count(&report, "moved"), 2);
    assert_eq!(snapshot(&harness, "recs-dlq").messages.len(), 0);
}

#[test]
fn max_moves_the_oldest_first() {
    let harness = empty("", &[]);
    let now = 1_000 * crate::support::now();
    for (age_s, user) in [(10, 1), (3_000, 2), (200, 3)] {
        let planted = Planted {
            body: format!("[{user},[2]]"),
            sent_at_ms: Some(now - age_s * 1_000),
            ..Planted::default()
        };
        plant(&harness, "recs-dlq", planted);
    }
    let report = harness.json(0, ["dlq", "redrive", "--max", "2"]);
    adds_up(&report);
    assert_eq!((count(&report, "moved"), count(&report, "beyond-max")), (2, 1));
    assert_eq!(bodies(&snapshot(&harness, "recs-dlq").messages), ["[1,[2]]"]);
}

#[test]
fn what_the_destination_would_not_take_is_refused_before_it_is_sent() {
    let harness = empty("", &[("MaximumMessageSize", "1024")]);
    let ids: Vec<String> = (0..2000).map(|id: u32| id.to_string()).collect();
    plant_body(&harness, "recs-dlq", format!("[1,[{}]]", ids.join(",")));
    plant_body(&harness, "recs-dlq", "[2,[2]]");
    let report =
        harness.json(4, ["dlq", "redrive", "--class", "all", "--engine", "client", "--yes"]);
    adds_up(&report);
    assert_eq!((count(&report, "moved"), count(&report, "failed")), (1, 1));
    let failed = report["messages"].as_array().expect("messages").iter();
    let failed = failed.filter(|message| message["fate"] == "failed").collect::<Vec<_>>();
    assert!(failed[0]["reason"].as_str().expect("a reason").contains("1024"));
    assert_eq!(snapshot(&harness, "recs-dlq").depth.visible, 1);
}

#[test]
fn fifo_order_is_kept_in_every_group_over_several_waves() {
    let harness = empty(".fifo", &[]);
    for n in 0..27 {
        for (user, group) in [(100, "a"), (200, "b"), (300, "c")] {
            let planted = Planted {
                body: format!("[{},[1]]", user + n),
                group_id: Some(group.to_owned()),
                ..Planted::default()
            };
            plant(&harness, "recs-dlq.fifo", planted);
        }
    }
    let originals = ids(&harness, "recs-dlq.fifo");
    let report = harness.json(0, ["dlq", "redrive"]);
    adds_up(&report);
    assert_eq!(count(&report, "moved"), 81, "{}", report["counts"]);
    assert_eq!(snapshot(&harness, "recs-dlq.fifo").messages.len(), 0);
    let arrived = snapshot(&harness, "recs.fifo").messages;
    for (user, group) in [(100, "a"), (200, "b"), (300, "c")] {
        let of_group = arrived.iter().filter(|message| message.group_id.as_deref() == Some(group));
        let order: Vec<&str> = of_group.map(|message| message.body.as_str()).collect();
        let expected: Vec<String> = (0..27).map(|n| format!("[{},[1]]", user + n)).collect();
        assert_eq!(order, expected, "group {group}");
    }
    let dedup: BTreeSet<String> =
        arrived.into_iter().filter_map(|message| message.deduplication_id).collect();
    assert_eq!(dedup, originals, "the deduplication id is the original message id");
}

#[test]
fn fifo_messages_that_are_skipped_stay_and_are_visible_again() {
    let harness = empty(".fifo", &[]);
    for (group, body) in [("a", "poison"), ("a", "[1,[1]]"), ("b", "[2,[1]]")] {
        let planted = Planted {
            body: body.to_owned(),
            group_id: Some(group.to_owned()),
            ..Planted::default()
        };
        plant(&harness, "recs-dlq.fifo", planted);
    }
    let report = harness.json(0, ["dlq", "redrive"]);
    adds_up(&report);
    assert_eq!(count(&report, "skipped"), 1);
    let left = snapshot(&harness, "recs-dlq.fifo");
    assert!(bodies(&left.messages).contains(&"poison"));
    assert_eq!(left.depth.in_flight, 0);
    let arrived = snapshot(&harness, "recs.fifo").messages.len();
    assert_eq!(left.messages.len() + arrived, 3, "none is lost");
}

#[test]
fn an_interrupted_redrive_finishes_what_is_in_flight_and_hides_nothing() {
    let harness = empty("", &[]);
    for user in 0..40 {
        plant_body(&harness, "recs-dlq", format!("[{user},[2]]"));
    }
    let args = ["dlq", "redrive", "--newer-than", "1h", "--rate", "10", "--output", "json"];
    let child = crate::support::spawn(&harness, &args);
    eventually("some are moved", Duration::from_secs(30), || {
        snapshot(&harness, "recs").messages.len() >= 10
    });
    crate::support::interrupt(&child);
    let report = finished(child).ended(130).report();
    adds_up(&report);
    assert_eq!(report["interrupted"], true);
    let next = report["next"].as_array().expect("lines").last().expect("one");
    assert_eq!(next["command"], format!("recoctl {}", args.join(" ")), "with its selection");
    let (source, dlq) = (snapshot(&harness, "recs"), snapshot(&harness, "recs-dlq"));
    assert_eq!(dlq.depth.in_flight, 0, "nothing is left invisible");
    assert_eq!(source.messages.len() as u64, count(&report, "moved"));
    let mut all: Vec<&str> = bodies(&source.messages);
    all.extend(bodies(&dlq.messages));
    all.sort_unstable();
    let mut expected: Vec<String> = (0..40).map(|user| format!("[{user},[2]]")).collect();
    expected.sort_unstable();
    assert_eq!(all, expected, "each message is in exactly one queue");
}

#[test]
fn a_thousand_mixed_messages_are_each_in_one_place_and_none_is_missing() {
    let mix = Mix::of_total(1_000);
    let harness = seeded(mix);
    let before = ids(&harness, "recs-dlq");
    assert!(before.len() >= 1_000, "{}", before.len());
    let classified = harness.json(0, ["dlq", "classify"]);
    assert_eq!(classified["scanned"].as_u64(), Some(before.len() as u64));
    let report = harness.json(0, ["dlq", "redrive", "--class", "retryable,partial"]);
    adds_up(&report);
    assert_eq!(report["seen"].as_u64(), Some(before.len() as u64));
    let messages = report["messages"].as_array().expect("messages");
    let moved: BTreeMap<String, String> = messages
        .iter()
        .filter(|message| message["fate"] == "moved")
        .map(|message| {
            let text = |key: &str| message[key].as_str().expect("text").to_owned();
            (text("message_id"), text("sent_as"))
        })
        .collect();
    let arrived = ids(&harness, "recs");
    let sent: BTreeSet<String> = moved.values().cloned().collect();
    assert!(sent == arrived, "{} were sent, {} arrived", sent.len(), arrived.len());
    let left = ids(&harness, "recs-dlq");
    assert!(left.is_disjoint(&moved.keys().cloned().collect()));
    let accounted: BTreeSet<String> = left.iter().chain(moved.keys()).cloned().collect();
    assert!(accounted == before, "{} of {}", accounted.len(), before.len());
    assert_eq!(snapshot(&harness, "recs-dlq").depth.in_flight, 0);
}

#[test]
fn queues_of_different_types_and_one_queue_twice_are_refused() {
    let mut harness = empty("", &[]);
    sqs(&harness).create_queue("other.fifo", &[("FifoQueue", "true")]).expect("created");
    for dlq in ["other.fifo", "recs"] {
        harness.set("RECOCTL_DLQ", dlq);
        harness.run(["dlq", "redrive"]).ended(3);
    }
}

#[test]
fn an_independent_server_gets_its_messages_back_whole() {
    let mut harness = Harness::independent();
    let client = harness.sqs();
    let (source, dlq) = harness.runtime.block_on(async {
        let url = |name: &'static str| {
            let client = client.clone();
            async move {
                let queue = client.create_queue().queue_name(name).send().await.expect("created");
                queue.queue_url.expect("a URL")
            }
        };
        let (source, dlq) = (url("recs").await, url("recs-dlq").await);
        for user in 0..25 {
            let value = aws_sdk_sqs::types::MessageAttributeValue::builder()
                .data_type("Number.int")
                .string_value(user.to_string())
                .build()
                .expect("an attribute");
            let send = client.send_message().queue_url(&dlq).message_attributes("n", value);
            send.message_body(format!("[{user},[2]]")).send().await.expect("sent");
        }
        client.send_message().queue_url(&dlq).message_body("{").send().await.expect("sent");
        (source, dlq)
    });
    harness.set("RECOCTL_DLQ", "recs-dlq");
    let report = harness.json(0, ["dlq", "redrive", "--to", "recs"]);
    adds_up(&report);
    assert_eq!((count(&report, "moved"), count(&report, "skipped")), (25, 1));
    let mut left = BTreeMap::new();
    harness.runtime.block_on(async {
        for (queue, url) in [("source", &source), ("dlq", &dlq)] {
            loop {
                let received = client
                    .receive_message()
                    .queue_url(url)
                    .max_number_of_messages(10)
                    .message_attribute_names("All")
                    .send()
                    .await
                    .expect("received");
                let messages = received.messages.unwrap_or_default();
                if messages.is_empty() {
                    break;
                }
                for message in messages {
                    let attribute = message.message_attributes.and_then(|mut all| all.remove("n"));
                    let number = attribute.and_then(|value| value.string_value);
                    left.insert((queue, message.body.expect("a body")), number);
                }
            }
        }
    });
    assert_eq!(left.len(), 26);
    assert!(left.contains_key(&("dlq", "{".to_owned())));
    assert_eq!(left[&("source", "[7,[2]]".to_owned())].as_deref(), Some("7"));
}

#[test]
fn a_dlq_larger_than_what_may_be_held_goes_in_waves() {
    let harness = empty("", &[]);
    let (mut sound, mut broken) = (BTreeSet::new(), BTreeSet::new());
    for user in 0..150 {
        // 25 of 150 stay: fewer than may be held at a time.
        let body = if user % 6 == 0 { format!("broken {user}") } else { format!("[{user},[2]]") };
        plant_body(&harness, "recs-dlq", &body);
        if user % 6 == 0 {
            broken.insert(body)
        } else {
            sound.insert(body)
        };
    }
    let report =
        harness.run(["dlq", "redrive", "--hold", "40", "--output", "json"]).ended(0).report();
    adds_up(&report);
    assert_eq!((count(&report, "moved"), count(&report, "skipped")), (125, 25));
    assert_eq!((&report["exhausted"], &report["received_again"]), (&json!(true), &json!(0)));
    assert!(report["waves"].as_u64() > Some(3), "{}", report["waves"]);
    assert!(report["limits"].to_string().contains("within each of"), "{}", report["limits"]);
    let source = snapshot(&harness, "recs").messages;
    let arrived: BTreeSet<String> = source.iter().map(|message| message.body.clone()).collect();
    assert_eq!((source.len(), arrived), (125, sound));
    let left = snapshot(&harness, "recs-dlq");
    assert_eq!(left.depth.in_flight, 0);
    let receives: BTreeSet<u32> =
        left.messages.iter().map(|message| message.receive_count).collect();
    assert_eq!(receives, [1].into(), "none was received twice");
    assert_eq!(left.messages.into_iter().map(|m| m.body).collect::<BTreeSet<_>>(), broken);
}

#[test]
fn a_dlq_of_more_than_may_be_held_and_nothing_to_move_comes_to_an_end() {
    let harness = empty("", &[]);
    for user in 0..50 {
        let body = if user % 10 == 9 { format!("[{user},[2]]") } else { format!("broken {user}") };
        plant_body(&harness, "recs-dlq", &body);
    }
    let ran = harness.run(["dlq", "redrive", "--hold", "20", "--output", "json"]);
    let report = ran.report();
    adds_up(&report);
    // What stays comes again instead of what was not seen yet, so that may never come. AWS guarantees
    // no order, and here short polls miss some. Counts alone do not prove that all was seen: messages
    // that arrived may be among them.
    assert_eq!(report["exhausted"], false, "{report}");
    let all_seen = report["seen"] == 50;
    assert_eq!(ran.code, Some(if all_seen { 0 } else { 4 }), "{report}");
    assert_eq!(report["unreached"] == 0, all_seen, "{report}");
    assert!(report["received_again"].as_u64() > Some(0), "{report}");
    let (source, dlq) = (snapshot(&harness, "recs"), snapshot(&harness, "recs-dlq"));
    assert_eq!(source.messages.len() as u64, count(&report, "moved"));
    assert_eq!((dlq.depth.in_flight, source.messages.len() + dlq.messages.len()), (0, 50));
}
