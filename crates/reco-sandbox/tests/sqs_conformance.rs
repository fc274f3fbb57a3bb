//! The sandbox's SQS against the AWS documentation, and an independent server beside it.

mod conformance;

use std::collections::BTreeMap;

use conformance::kit::Kit;
use conformance::server::{Independent, Ours, client};
use conformance::sqs::CHECKS;
use futures::StreamExt;
use reco_sandbox::sqs::SqsOptions;

/// Checks at a time: most of their time is spent waiting for a timeout.
const AT_ONCE: usize = 16;

/// Where the independent server (ministack 1.5.33) differs: the check, and where in it. The reasons,
/// with what AWS says, are in `docs/conformance.md`.
const KNOWN_DIFFERENCES: &[(&str, &str)] = &[
    ("delete::an_old_handle_does_not_delete", "ReceiptHandleIsInvalid"),
    ("delete::deleting_twice_succeeds", "ReceiptHandleIsInvalid"),
    (
        "fifo::a_lapsed_handle_does_not_delete",
        "lapsed: expected InvalidParameterValue, saw success",
    ),
    ("fifo::a_receive_attempt_repeats", "messages and handles: saw []"),
    (
        "fifo::group_and_deduplication_id_are_required",
        "a space in the group: expected InvalidParameterValue, saw success",
    ),
    ("move_tasks::a_destination_may_be_named", "InvalidAction"),
    ("move_tasks::a_message_without_a_source_fails_the_task", "InvalidAction"),
    ("move_tasks::a_task_goes_at_its_rate_and_can_be_cancelled", "InvalidAction"),
    ("move_tasks::messages_go_home", "InvalidAction"),
    ("move_tasks::what_cannot_start", "InvalidAction"),
    (
        "queues::a_deleted_name_is_not_free_at_once",
        "at once: expected AWS.SimpleQueueService.QueueDeletedRecently, saw success",
    ),
    (
        "queues::a_purge_empties_and_may_not_repeat",
        "again: expected AWS.SimpleQueueService.PurgeQueueInProgress, saw success",
    ),
    ("queues::a_redrive_policy_needs_a_queue_of_its_type", "the policy, its count a number"),
    (
        "queues::attributes_are_set_within_their_ranges",
        "unknown: expected InvalidAttributeName, saw success",
    ),
    ("queues::dead_letter_sources_are_listed", "InvalidAction"),
    ("queues::names_are_checked", "expected InvalidParameterValue, saw success"),
    ("receive::parameters_have_ranges", "wait: expected InvalidParameterValue, saw success"),
    ("redrive::a_fifo_move_resets_time_and_deduplication", "deduplication id: saw Some(\"first\")"),
    (
        "send::a_standard_queue_takes_groups_but_no_deduplication_id",
        "deduplication id: expected InvalidParameterValue, saw success",
    ),
    ("send::attribute_rules_hold", "eleven: expected InvalidParameterValue, saw success"),
    (
        "send::attributes_count_for_the_size",
        "one byte over: expected InvalidParameterValue, saw success",
    ),
    ("send::delays_have_a_range", "-1 s: expected InvalidParameterValue, saw success"),
    ("send::digests_prove_what_arrived", "system: saw None"),
    (
        "visibility::a_visible_message_is_not_in_flight",
        "visible: expected AWS.SimpleQueueService.MessageNotInflight, saw success",
    ),
    (
        "visibility::twelve_hours_are_the_limit",
        "a second more: expected InvalidParameterValue, saw success",
    ),
];

const DOCUMENT: &str = include_str!("../../../docs/conformance.md");

/// Runs every check; the failures by name.
async fn failures(endpoint: &str) -> BTreeMap<&'static str, String> {
    let kit = Kit { sqs: client(endpoint).await };
    let run = |check: &'static conformance::sqs::Check| {
        let kit = kit.clone();
        async move { (check.run)(kit).await.err().map(|failure| (check.name, failure.0)) }
    };
    let results = futures::stream::iter(CHECKS).map(run).buffer_unordered(AT_ONCE);
    results.filter_map(async |failure| failure).collect().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandbox_passes_every_check() {
    let server = Ours::start(SqsOptions::default()).await.expect("the server starts");
    let failures = failures(&server.endpoint).await;
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_independent_server_differs_only_where_known() {
    let server = Independent::start().await.expect("the independent server starts");
    let failures = failures(&server.endpoint).await;
    let known: BTreeMap<_, _> = KNOWN_DIFFERENCES.iter().copied().collect();
    let as_known = |(name, seen): &(&&str, &String)| {
        known.get(**name).is_some_and(|expected| seen.contains(expected))
    };
    let new: Vec<_> = failures.iter().filter(|failure| !as_known(failure)).collect();
    assert!(new.is_empty(), "unknown differences: {new:#?}");
    let vanished: Vec<_> = known.keys().filter(|name| !failures.contains_key(*name)).collect();
    assert!(vanished.is_empty(), "these differences are no more: {vanished:?}");
}

#[test]
fn every_known_difference_is_documented() {
    for (name, _) in KNOWN_DIFFERENCES {
        assert!(DOCUMENT.contains(&format!("`{name}`")), "{name} is not in docs/conformance.md");
    }
    let documented = DOCUMENT.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(documented, KNOWN_DIFFERENCES.len(), "a documented difference is not known");
}
