//! The sandbox's SQS against the AWS documentation, with an independent server for comparison.

mod conformance {
    pub mod check;
    pub mod differences;
    pub mod independent;
    pub mod kit;
    mod own;
    pub mod sqs;
}

use conformance::check::failures;
use conformance::differences::{Known, assert_as_known, assert_documented};
use conformance::independent::Independent;
use conformance::kit::Kit;
use conformance::sqs::CHECKS;
use reco_sandbox::{Sandbox, SandboxOptions};

/// Differences of the independent server (ministack 1.5.33): check, and part of its failure. The
/// reasons, with AWS's statements, are in `docs/conformance.md`.
const KNOWN_DIFFERENCES: &[Known] = &[
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
    ("queues::tags_have_rules", "expected InvalidParameterValue, saw success"),
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandbox_passes_every_check() {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.expect("the sandbox starts");
    let failures = failures(CHECKS, &Kit::new(&sandbox.endpoint()).await).await;
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_independent_server_differs_only_where_known() {
    let server = Independent::start().await.expect("the independent server starts");
    let failures = failures(CHECKS, &Kit::new(&server.endpoint).await).await;
    assert_as_known(&failures, KNOWN_DIFFERENCES);
}

#[test]
fn every_known_difference_is_documented() {
    assert_documented("SQS", KNOWN_DIFFERENCES);
}
