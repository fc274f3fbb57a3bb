//! Validates the metrics line against the embedded metric format.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod emf;

use std::collections::BTreeMap;

use reco_core::filter::SkipReason;
use reco_lambda::metrics::{BatchContext, emf};
use reco_lambda::{FailureReason, HandlerReport, MessageFailure};

fn batch(cold_start_ms: Option<u64>) -> BatchContext<'static> {
    BatchContext {
        function: "recs-writer",
        request_id: "r-1",
        at_ms: 1_767_323_045_123,
        cold_start_ms,
    }
}

#[test]
fn a_batch_becomes_metrics_with_units() {
    let failure = MessageFailure {
        message_id: "m".to_owned(),
        attempt: None,
        reason: FailureReason::Foreign,
    };
    let report = HandlerReport {
        messages: 10,
        failures: vec![failure],
        entries: 500,
        written: 480,
        stale: 3,
        skipped: BTreeMap::from([(SkipReason::UnknownUser, 5), (SkipReason::TooFew, 2)]),
        bad: 4,
        rejected: 1,
        unprocessed: 5,
        wcu: 480.5,
        facts_ms: 12,
        facts: "mysql",
        ..HandlerReport::default()
    };
    let line = emf(&report, &batch(Some(40)));
    let metrics = emf::valid(&line);
    let expected = [
        ("MessagesIn", 10.0, "Count"),
        ("MessagesReturned", 1.0, "Count"),
        ("EntriesIn", 500.0, "Count"),
        ("EntriesWritten", 480.0, "Count"),
        ("EntriesStale", 3.0, "Count"),
        ("EntriesSkipped", 7.0, "Count"),
        ("SkippedUnknownUser", 5.0, "Count"),
        ("SkippedTooFew", 2.0, "Count"),
        ("EntriesBad", 5.0, "Count"),
        ("EntriesUnprocessed", 5.0, "Count"),
        ("ConsumedWriteCapacityUnits", 480.5, "Count"),
        ("FactsLatency", 12.0, "Milliseconds"),
        ("ColdStart", 1.0, "Count"),
        ("InitDuration", 40.0, "Milliseconds"),
    ];
    for (name, value, unit) in expected {
        assert_eq!(metrics[name], (value, unit.to_owned()), "{name}");
    }
    assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Reco/Writer");
    assert_eq!(
        (&line["FunctionName"], &line["request_id"]),
        (&"recs-writer".into(), &"r-1".into())
    );
    assert!(!metrics.contains_key("SkippedInactiveUser"), "it did not occur");
}

#[test]
fn a_warm_batch_tells_no_start() {
    let metrics = emf::valid(&emf(&HandlerReport::default(), &batch(None)));
    assert_eq!(metrics["ColdStart"].0, 0.0);
    assert!(!metrics.contains_key("InitDuration"));
}
