use proptest::prelude::*;
use serde_json::json;

use super::*;

fn returned(request: &str, message: &str, members: serde_json::Value) -> String {
    let mut line = json!({
        "timestamp": "2026-01-02T03:04:05.123Z", "level": "WARN", "message": MESSAGE_RETURNED,
        "request_id": request, "message_id": message, "attempt": 3, "policy": "f00",
        "version": "0.1.0", "function_version": "7",
    });
    let members = members.as_object().cloned().unwrap_or_default();
    line.as_object_mut().expect("an object").extend(members);
    line.to_string()
}

fn received(request: &str, messages: &[(&str, u64)]) -> String {
    let messages: Vec<_> =
        messages.iter().map(|(id, n)| json!({ "message_id": id, "attempt": n })).collect();
    json!({ "message": BATCH_RECEIVED, "request_id": request, "messages": messages }).to_string()
}

fn ended(text: &str) -> Option<(String, End)> {
    match read(text) {
        Line::Ended { request, end } => Some((request, end)),
        _ => None,
    }
}

const TIMED_OUT: &str = "2026-01-02T03:04:05.123Z r-1 Task timed out after 3.00 seconds\n";

#[test]
fn the_platforms_lines_say_how_a_request_ended_in_both_formats() {
    let report = |record: serde_json::Value| {
        json!({ "time": "2026-01-02T03:04:05Z", "type": "platform.report", "record": record })
            .to_string()
    };
    let full = json!({ "maxMemoryUsedMB": 128, "memorySizeMB": 128 });
    let crashed = |error: &str| End::Crashed(Some(error.to_owned()));
    for (line, end) in [
        (TIMED_OUT.to_owned(), End::Timeout),
        ("REPORT RequestId: r-1\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\tStatus: timeout".to_owned(), End::Timeout),
        ("REPORT RequestId: r-1\tMemory Size: 128 MB\tMax Memory Used: 128 MB\tStatus: error\tError Type: Runtime.ExitError".to_owned(), End::OutOfMemory),
        ("REPORT RequestId: r-1\tMemory Size: 128 MB\tMax Memory Used: 99 MB\tStatus: error\tError Type: Runtime.OutOfMemory".to_owned(), End::OutOfMemory),
        ("REPORT RequestId: r-1\tMemory Size: 128 MB\tMax Memory Used: 99 MB\tStatus: error\tError Type: Runtime.ExitError".to_owned(), crashed("Runtime.ExitError")),
        ("RequestId: r-1 Error: Runtime exited with error: signal: killed".to_owned(), End::OutOfMemory),
        ("RequestId: r-1 Error: Runtime exited with error: exit status 1".to_owned(), crashed("Runtime exited with error: exit status 1")),
        ("RequestId: r-1 Process exited before completing request".to_owned(), End::Crashed(None)),
        (report(json!({ "requestId": "r-1", "status": "timeout" })), End::Timeout),
        (report(json!({ "requestId": "r-1", "status": "error", "errorType": "Runtime.OutOfMemory" })), End::OutOfMemory),
        (report(json!({ "requestId": "r-1", "status": "error", "errorType": "Runtime.ExitError", "metrics": full })), End::OutOfMemory),
        (report(json!({ "requestId": "r-1", "status": "failure" })), End::Crashed(None)),
        (json!({ "type": "platform.fault", "record": "RequestId: r-1 Process exited before completing request" }).to_string(), End::Crashed(None)),
        (json!({ "level": "ERROR", "requestId": "r-1", "message": TIMED_OUT }).to_string(), End::Timeout),
        (json!({ "message": BATCH_FAILED, "request_id": "r-1", "error": "no id" }).to_string(), End::Failed(Some("no id".to_owned()))),
    ] {
        assert_eq!(ended(&line), Some(("r-1".to_owned(), end)), "{line}");
    }
    for line in [
        "REPORT RequestId: r-1\tDuration: 30.00 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB",
        "START RequestId: r-1 Version: $LATEST",
        "END RequestId: r-1",
        r#"{"type":"platform.report","record":{"requestId":"r-1","status":"success"}}"#,
        r#"{"type":"platform.start","record":{"requestId":"r-1"}}"#,
        "",
    ] {
        assert_eq!(read(line), Line::Unrelated, "{line}");
    }
    for (line, error) in [
        (r#"{"message":"init failed","error":"no table"}"#, "no table"),
        (
            "INIT_REPORT Init Duration: 9 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError",
            "Runtime.ExitError",
        ),
        (
            r#"{"type":"platform.initReport","record":{"status":"error","errorType":"Runtime.InitError"}}"#,
            "Runtime.InitError",
        ),
    ] {
        assert_eq!(read(line), Line::NotStarted { error: Some(error.to_owned()) });
    }
}

#[test]
fn a_message_has_the_functions_cause_before_the_platforms() {
    let mut record = Record::of(["a", "b", "c"].map(str::to_owned));
    record.enter(10, read(&received("r-1", &[("a", 1), ("b", 1), ("other", 1)])));
    record.enter(20, read(&returned("r-1", "a", json!({ "reason": "foreign", "attempt": 1 }))));
    record.enter(30, read(TIMED_OUT));
    record.enter(40, read(&received("r-2", &[("b", 2)])));
    let of = |id: &str| {
        let attempts = record.attempts(id);
        let shown = |a: &Attempt| (a.attempt, a.at_ms, a.cause.name(), a.evidence);
        attempts.iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(of("a"), [(Some(1), 20, "foreign", Evidence::MessageReturned)]);
    assert_eq!(
        of("b"),
        [
            (Some(1), 30, "function-timeout", Evidence::Platform),
            (Some(2), 40, "no-failure-reported", Evidence::BatchReceived),
        ]
    );
    assert_eq!(of("other"), [], "not asked for");
    assert_eq!(record.silent().collect::<Vec<_>>(), ["c"]);
    assert_eq!(record.ended().collect::<Vec<_>>(), ["r-1"]);
    let by = record.attempts("a")[0].function.as_ref().map(FunctionVersion::words);
    assert_eq!(by.as_deref(), Some("policy f00, version 0.1.0, published as 7"));
}

#[test]
fn a_log_read_in_part_does_not_say_that_a_message_had_no_failure() {
    let mut record = Record::of(["a", "b"].map(str::to_owned));
    record.enter(10, read(&received("r-1", &[("a", 1), ("b", 1)])));
    record.enter(20, read(&returned("r-2", "b", json!({ "reason": "foreign" }))));
    record.mark_partial();
    assert_eq!(record.attempts("a"), []);
    let known: Vec<_> = record.attempts("b").iter().map(|a| a.cause.name()).collect();
    assert_eq!(known, ["foreign"]);
    record.enter(30, read("t r-1 Task timed out after 3.00 seconds"));
    assert_eq!(record.attempts("a")[0].cause, Cause::FunctionTimeout, "the end is known");
}

#[test]
fn a_start_that_both_tell_of_is_one() {
    let mut record = Record::default();
    for (at, error) in [(100, None), (900, Some("no table")), (5_000, None)] {
        record.enter(at, Line::NotStarted { error: error.map(str::to_owned) });
    }
    assert_eq!(record.starts_failed(0..=5_000), (2, Some("no table")));
    assert_eq!(record.starts_failed(1_000..=9_000), (1, None));
}

#[test]
fn throttled_resources_are_named() {
    let words = |by: &[&str]| {
        Cause::ThrottledWrites { by: by.iter().map(|by| (*by).to_owned()).collect() }.words()
    };
    let table = "TableWriteProvisionedThroughputExceeded arn:aws:dynamodb:eu-west-1:1:table/recs";
    let index = "IndexWriteProvisionedThroughputExceeded arn:aws:dynamodb:eu-west-1:1:table/recs/index/by-time";
    assert_eq!(words(&[]), "throttled writes");
    assert_eq!(words(&[table]), "throttled writes to table recs");
    assert_eq!(
        words(&[index, table]),
        "throttled writes to index by-time of table recs and table recs"
    );
    assert_eq!(words(&["IndexWriteAccountLimitExceeded"]), "throttled writes to an index");
}

#[test]
fn what_is_certain_comes_before_what_is_probable() {
    const DAY: i64 = 86_400_000;
    let read = |retention_days, since_ms| Logs::Read { retention_days, since_ms, incomplete: None };
    let known = Silence {
        logs: &read(Some(30), 0),
        sent_at_ms: Some(50 * DAY),
        now_ms: 60 * DAY,
        source: Some("arn:aws:sqs:eu-west-1:1:recs"),
        queue: Some("arn:aws:sqs:eu-west-1:1:recs"),
        throttles: Throttles::Known(0),
        starts_failed: (0, None),
    };
    let denied = Logs::NotRead(Unknown::NoPermission { error: "no".to_owned() });
    let partly = Logs::Read {
        retention_days: None,
        since_ms: 0,
        incomplete: Some("too many pages".to_owned()),
    };
    let other = Silence { source: Some("arn:aws:sqs:eu-west-1:1:other"), ..known.clone() };
    for (silence, name) in [
        (Silence { logs: &denied, source: None, ..known.clone() }, "no-permission"),
        (Silence { source: None, ..known.clone() }, "sent-directly"),
        (other.clone(), "other-queue"),
        (Silence { logs: &partly, ..other.clone() }, "not-all-read"),
        (Silence { throttles: Throttles::Known(1), ..other.clone() }, "other-queue"),
        (Silence { starts_failed: (1, None), ..other.clone() }, "other-queue"),
        (Silence { throttles: Throttles::Unknown, ..other.clone() }, "other-queue"),
        (Silence { logs: &read(Some(7), 0), ..known.clone() }, "retention-over"),
        (Silence { logs: &read(None, 55 * DAY), ..known.clone() }, "before-since"),
        (Silence { logs: &partly, ..known.clone() }, "not-all-read"),
        (Silence { throttles: Throttles::Known(9), ..known.clone() }, "function-throttled"),
        (Silence { starts_failed: (2, Some("no table")), ..known.clone() }, "not-started"),
        (Silence { throttles: Throttles::Unknown, ..known.clone() }, "no-line"),
        (Silence { queue: None, ..known.clone() }, "other-consumer"),
    ] {
        assert_eq!(silence.reason().name(), name, "{silence:?}");
    }
}

/// A line that the log may have, of few requests and messages, so that they meet.
fn any_line() -> impl Strategy<Value = String> {
    let reasons = prop::sample::select(vec![
        "not-written",
        "no-facts",
        "malformed",
        "bad-entries",
        "foreign",
        "behind-failure",
        "no-layout",
        "new-in-a-later-version",
    ]);
    prop_oneof![
        (0..3_u8, 0..3_u8, reasons, any::<bool>(), 0..9_u64).prop_map(|(r, m, reason, t, n)| {
            let members = json!({ "reason": reason, "throttled": t, "attempt": n });
            returned(&format!("r-{r}"), &format!("m-{m}"), members)
        }),
        (0..3_u8, 0..3_u8, 0..9_u64)
            .prop_map(|(r, m, n)| { received(&format!("r-{r}"), &[(&format!("m-{m}"), n)]) }),
        (0..3_u8).prop_map(|r| format!("t r-{r} Task timed out after 3.00 seconds")),
        (0..3_u8).prop_map(|r| format!(
            "RequestId: r-{r} Error: Runtime exited with error: signal: killed"
        )),
        Just(r#"{"message":"init failed"}"#.to_owned()),
    ]
}

proptest! {
    #[test]
    fn odd_lines_never_panic(text in "\\PC*", json in "[\\[\\]{}\":,a-z0-9. ]{0,60}") {
        let _ = (read(&text), read(&json), read(&format!("{{{json}}}")));
        let _ = read(&format!("REPORT RequestId: {text}Status: {json}"));
        let _ = read(&format!("{text}Task timed out after{json}"));
    }

    #[test]
    fn any_member_of_any_type_is_read(
        name in "reason|message_id|attempt|stage|error|throttled|throttled_by|at|bad|messages|record|type|status",
        value in prop_oneof![
            Just(json!(null)), Just(json!(true)), Just(json!(-1)), Just(json!(1e300)), Just(json!("é")),
            Just(json!([1, "a", null])), Just(json!({"a": {}})),
        ],
    ) {
        for line in [returned("r", "m", json!({})), received("r", &[("m", 1)])] {
            let mut line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
            line[&name] = value.clone();
            let _ = read(&line.to_string());
            line["type"] = json!("platform.report");
            let _ = read(&line.to_string());
        }
    }

    #[test]
    fn the_order_and_repetition_of_lines_do_not_matter_and_each_attempt_has_one_cause(
        lines in prop::collection::vec((0_i64..5, any_line()), 0..12),
        order in Just((0..24_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let wanted = || ["m-0", "m-1", "m-2"].map(str::to_owned);
        let mut straight = Record::of(wanted());
        lines.iter().for_each(|(at, line)| straight.enter(*at, read(line)));
        let mut shuffled = Record::of(wanted());
        for at in order {
            if let Some((at, line)) = lines.get(at % lines.len().max(1)) {
                shuffled.enter(*at, read(line));
            }
        }
        for id in wanted() {
            let attempts = straight.attempts(&id);
            prop_assert_eq!(&attempts, &shuffled.attempts(&id));
            let mut requests: Vec<_> = attempts.iter().map(|a| a.request_id.clone()).collect();
            requests.sort();
            requests.dedup();
            prop_assert_eq!(requests.len(), attempts.len(), "one cause for each request");
        }
        prop_assert_eq!(straight, shuffled);
    }
}
