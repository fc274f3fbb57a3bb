//! The sandbox's CloudWatch and CloudWatch Logs against the AWS documentation, with an independent server for
//! comparison.

mod conformance {
    pub mod check;
    pub mod cloudwatch;
    pub mod differences;
    pub mod independent;
    pub mod logs;
}

use conformance::check::failures;
use conformance::cloudwatch::{CHECKS, kit::Kit};
use conformance::differences::{Known, assert_as_known, assert_documented};
use conformance::independent::Independent;
use conformance::logs;
use reco_sandbox::{Sandbox, SandboxOptions};

/// Differences of the independent server (ministack 1.5.33): check, and part of its failure. The
/// reasons, with AWS's statements, are in `docs/conformance.md`.
const KNOWN_DIFFERENCES: &[Known] = &[
    ("alarms::an_incomplete_alarm_is_refused", "no statistic is refused: saw false"),
    ("get::a_label_is_the_metrics_name_by_default", "label: saw [Some(\"q\")]"),
    ("get::a_limit_makes_pages", "points within the limit: saw false"),
    ("get::a_start_within_a_minute_is_rounded_down", "points: saw [(60, 2.0)]"),
    ("get::the_newest_point_comes_first", "None: saw [[(0, 1.0), (60, 2.0), (120, 4.0)]]"),
    ("identity::no_dimensions_are_another_series", "none: saw [(0, 7.0)]"),
    ("put::counts_are_as_many_as_values", "expected InvalidParameterValueException, saw success"),
    (
        "put::kinds_of_value_exclude_each_other",
        "a value and values: expected InvalidParameterCombinationException, saw success",
    ),
    (
        "put::times_have_a_range",
        "15 days ago: expected InvalidParameterValueException, saw success",
    ),
    ("put::values_have_a_range", "NaN: expected InvalidParameterValueException, saw success"),
    ("refusal::a_period_is_of_a_documented_length", "61 s: expected ValidationError, saw success"),
    ("refusal::a_request_has_at_most_500_queries", "501: expected ValidationError, saw success"),
    ("refusal::a_statistic_is_a_known_one", "Median: expected ValidationError, saw success"),
    ("refusal::a_token_is_one_that_was_given", "made up: expected InvalidNextToken, saw success"),
    ("refusal::an_id_begins_with_a_small_letter", "Q: expected ValidationError, saw success"),
    ("refusal::an_id_is_used_once", "twice: expected ValidationError, saw success"),
    ("refusal::the_start_is_before_the_end", "before: expected ValidationError, saw success"),
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
    assert_documented("CloudWatch", KNOWN_DIFFERENCES);
}

/// The same of CloudWatch Logs.
const KNOWN_DIFFERENCES_OF_LOGS: &[Known] = &[
    ("errors::a_limit_is_at_most_10000", "10,001: expected InvalidParameterException, saw success"),
    (
        "errors::a_pattern_has_at_most_1024_characters",
        "long: expected InvalidParameterException, saw success",
    ),
    (
        "errors::a_token_is_one_that_was_given",
        "made up: expected InvalidParameterException, saw success",
    ),
    (
        "errors::the_end_is_not_before_the_start",
        "end: expected InvalidParameterException, saw success",
    ),
    ("events::a_limit_makes_pages", "texts: saw [\"a\", \"b\"]"),
    ("patterns::a_phrase_in_quotes_matches_as_it_stands", "\"out timed\": saw [\"Task"),
    ("patterns::any_of_several_terms_matches", "?\"Task timed out\": saw []"),
    ("patterns::case_counts", "task: saw [\"Task"),
    ("patterns::quotes_in_a_phrase_are_escaped", "saw [], expected"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandboxs_logs_pass_every_check() {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.expect("the sandbox starts");
    let kit = logs::Kit::new(&sandbox.endpoint(), Some(sandbox.logs().clone())).await;
    let failures = failures(logs::CHECKS, &kit).await;
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_independent_servers_logs_differ_only_where_known() {
    let server = Independent::start().await.expect("the independent server starts");
    let kit = logs::Kit::new(&server.endpoint, None).await;
    let failures = failures(logs::CHECKS, &kit).await;
    assert_as_known(&failures, KNOWN_DIFFERENCES_OF_LOGS);
}

#[test]
fn every_known_difference_of_logs_is_documented() {
    assert_documented("CloudWatch Logs", KNOWN_DIFFERENCES_OF_LOGS);
}
