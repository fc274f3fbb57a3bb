//! Checks the rules on the template's own values and on one bad variant per rule.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]
#![expect(
    clippy::disallowed_methods,
    reason = "the template is a file; the core itself reads none"
)]

mod boundaries;
mod cloudformation;
mod deployment;
mod given;
mod rules;
mod template;

use std::collections::BTreeSet;

use rules::{Finding, QueueKind, RedriveAllow, Stack, Watched, check, rules};
use serde_json::{Value, json};
use template::{deployed, stack};

fn defaults() -> Stack {
    stack(&deployed(&[]))
}

fn broken(stack: &Stack) -> Vec<&'static str> {
    check(stack).findings.iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn the_template_keeps_every_rule_by_default() {
    let verdict = check(&defaults());
    assert_eq!(broken(&defaults()), [""; 0]);
    assert_eq!(verdict.not_judged, [""; 0]);
    assert_eq!(verdict.kept, rules().map(|rule| rule.id).collect::<Vec<_>>());
}

/// Modifies a good stack.
type Change = fn(&mut Stack);

/// For each rule, changes that break it and nothing else.
const BAD: &[(&str, Change)] = &[
    ("visibility-timeout", |s| s.queue.visibility_timeout_s = Some(184)),
    ("visibility-timeout", |s| s.mapping.window_s = Some(61)),
    ("dlq-present", |s| s.queue.max_receive_count = None),
    ("max-receive-count", |s| s.queue.max_receive_count = Some(4)),
    ("dlq-type", |s| s.dlq.kind = QueueKind::Fifo),
    ("dlq-retention", |s| s.dlq.retention_s = s.queue.retention_s),
    ("dlq-no-redrive", |s| s.dlq.max_receive_count = Some(10)),
    ("redrive-allow", |s| s.dlq.redrive_allow = RedriveAllow::All),
    ("redrive-allow", |s| s.dlq.redrive_allow = RedriveAllow::Nobody),
    ("redrive-allow", |s| s.dlq.redrive_allow = RedriveAllow::SourceNotListed),
    ("mapping-enabled", |s| s.mapping.enabled = false),
    ("report-batch-item-failures", |s| s.mapping.report_batch_item_failures = false),
    ("batch-size", |s| s.mapping.batch_size = Some(0)),
    ("batch-size", |s| {
        s.mapping.batch_size = Some(10_001);
        s.workload.message_bytes = None; // so that only the count is wrong
        s.workload.batch_ms = Some(15_000);
        s.table.write_capacity = 1_000_000;
    }),
    ("batch-size", |s| {
        (s.queue.kind, s.dlq.kind) = (QueueKind::Fifo, QueueKind::Fifo);
        s.mapping.window_s = Some(0);
        s.mapping.batch_size = Some(11);
    }),
    ("batch-window", |s| {
        s.mapping.batch_size = Some(11);
        s.mapping.window_s = Some(0);
    }),
    ("batch-window", |s| {
        s.mapping.window_s = Some(301);
        s.queue.visibility_timeout_s = Some(1000);
    }),
    ("batch-window", |s| {
        (s.queue.kind, s.dlq.kind) = (QueueKind::Fifo, QueueKind::Fifo);
    }),
    ("batch-payload", |s| s.workload.message_bytes = Some(1_048_576)),
    ("batch-duration", |s| s.workload.batch_ms = Some(15_001)),
    ("maximum-concurrency-set", |s| s.mapping.maximum_concurrency = None),
    ("maximum-concurrency", |s| s.mapping.maximum_concurrency = Some(1)),
    ("maximum-concurrency", |s| {
        s.mapping.maximum_concurrency = Some(1001);
        s.table.write_capacity = 10_000_000;
    }),
    ("reserved-concurrency", |s| s.function.reserved_concurrency = Some(1)),
    ("reserved-concurrency", |s| s.function.reserved_concurrency = Some(0)),
    ("event-count-metrics", |s| s.mapping.event_count_metrics = false),
    ("function-timeout", |s| {
        s.function.timeout_s = Some(901);
        s.queue.visibility_timeout_s = Some(43_200);
    }),
    ("function-timeout", |s| s.function.timeout_s = Some(4)),
    ("function-memory", |s| s.function.memory_mb = Some(127)),
    ("function-memory", |s| s.function.memory_mb = Some(10_241)),
    ("write-capacity", |s| s.mapping.maximum_concurrency = Some(3)),
    ("write-capacity", |s| s.table.write_capacity = 3_333),
    ("point-in-time-recovery", |s| s.table.point_in_time_recovery = false),
    ("dlq-alarm", |s| alarm(s, Watched::DlqDepth).fires_from = 2),
    ("dlq-alarm", |s| alarm(s, Watched::DlqDepth).watches = Watched::Other),
    ("dlq-alarm-missing-data", |s| alarm(s, Watched::DlqDepth).missing_data = "missing".to_owned()),
    ("dlq-alarm-in-flight", |s| alarm(s, Watched::DlqDepth).watches = Watched::DlqVisible),
    ("pipeline-alarms", |s| alarm(s, Watched::MessagesReturned).watches = Watched::Other),
    ("pipeline-alarms", |s| alarm(s, Watched::QueueAge).watches = Watched::Other),
    ("alarm-actions", |s| alarm(s, Watched::FunctionErrors).has_actions = false),
];

fn alarm(stack: &mut Stack, watched: Watched) -> &mut rules::Alarm {
    stack.alarms.iter_mut().find(|alarm| alarm.watches == watched).unwrap()
}

#[test]
fn each_bad_variant_breaks_exactly_its_rule() {
    for (index, (rule, change)) in BAD.iter().enumerate() {
        let mut stack = defaults();
        change(&mut stack);
        assert_eq!(broken(&stack), [*rule], "variant {index}");
    }
}

#[test]
fn every_rule_has_a_bad_variant() {
    let all: BTreeSet<_> = rules().map(|rule| rule.id).collect();
    let tried: BTreeSet<_> = BAD.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(all, tried);
}

/// Values just within bounds: a rule that rejects them is too strict.
const GOOD: &[Change] = &[
    |s| s.queue.visibility_timeout_s = Some(185),
    |s| s.function.timeout_s = Some(5),
    |s| s.dlq.retention_s = s.queue.retention_s.map(|seconds| seconds + 1),
    |s| s.workload.batch_ms = Some(15_000),
    |s| s.workload.message_bytes = Some(628_121), // 10 x (628,121 + 1,024) = 6,291,450 bytes
    |s| s.function.reserved_concurrency = Some(2),
    |s| s.table.write_capacity = 3_334,
    |s| {
        // A FIFO queue resets a message's clock when it moves to the DLQ.
        (s.queue.kind, s.dlq.kind) = (QueueKind::Fifo, QueueKind::Fifo);
        s.mapping.window_s = Some(0);
        s.dlq.retention_s = s.queue.retention_s;
    },
];

#[test]
fn values_at_the_edge_are_kept() {
    for (index, change) in GOOD.iter().enumerate() {
        let mut stack = defaults();
        change(&mut stack);
        assert_eq!(broken(&stack), [""; 0], "variant {index}");
    }
}

#[test]
fn what_is_not_known_is_not_judged() {
    let mut stack = defaults();
    stack.function.timeout_s = None;
    let verdict = check(&stack);
    assert_eq!(verdict.not_judged, ["visibility-timeout", "batch-duration", "function-timeout"]);
    assert_eq!(verdict.kept.len() + verdict.not_judged.len(), rules().count());
}

#[test]
fn a_finding_says_what_is_and_what_should_be() {
    let mut stack = defaults();
    stack.queue.visibility_timeout_s = Some(30);
    stack.mapping.maximum_concurrency = Some(50);
    let said = |finding: &Finding| {
        format!("{}: is {}, should be {}", finding.rule.id, finding.is, finding.should)
    };
    assert_eq!(
        check(&stack).findings.iter().map(said).collect::<Vec<_>>(),
        [
            "visibility-timeout: is 30 s, should be at least 185 s (6 x 30 s + 5 s)",
            "write-capacity: is up to 83334 WCU/s at full concurrency, should be at most 4000 WCU/s",
        ]
    );
}

/// Parameters take effect on the resources: bad ones break the same rules.
#[test]
fn parameters_reach_the_resources_that_the_rules_judge() {
    type Parameters<'a> = &'a [(&'a str, Value)];
    let variants: [(Parameters, &[&str]); 8] = [
        (&[("VisibilityTimeoutSeconds", json!(184))], &["visibility-timeout"]),
        (&[("FunctionTimeoutSeconds", json!(40))], &["visibility-timeout"]),
        (&[("MaxReceiveCount", json!(4))], &["max-receive-count"]),
        (&[("DlqRetentionSeconds", json!(345_600))], &["dlq-retention"]),
        (
            &[("BatchSize", json!(500)), ("BatchWindowSeconds", json!(0))],
            &["batch-window", "batch-payload", "write-capacity"],
        ),
        (&[("MaximumConcurrency", json!(3))], &["write-capacity"]),
        (&[("ReservedConcurrency", json!("1"))], &["reserved-concurrency"]),
        (&[("MaxWriteRequestUnits", json!("1000"))], &["write-capacity"]),
    ];
    for (parameters, rules) in variants {
        assert_eq!(broken(&stack(&deployed(parameters))), rules, "{parameters:?}");
    }
}

#[test]
fn rules_are_complete_data() {
    let mut ids = BTreeSet::new();
    for rule in rules() {
        assert!(ids.insert(rule.id), "{} stands twice", rule.id);
        let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(rule.id.chars().all(kebab), "{}", rule.id);
        assert!(!rule.title.is_empty() && rule.reason.len() > 20, "{}", rule.id);
        let aws = "https://docs.aws.amazon.com/";
        assert!(rule.source.url.starts_with(aws) && !rule.source.title.is_empty(), "{}", rule.id);
    }
}

fn problems(arguments: &[&str]) -> Vec<String> {
    let code = ["CodeBucket=builds", "CodeKey=writer/1.zip"];
    let arguments = code.iter().chain(arguments).map(|argument| (*argument).to_owned());
    given::Given::parse(arguments).unwrap().problems()
}

#[test]
fn parameters_that_cloudformation_or_the_function_would_refuse_are_problems() {
    assert_eq!(problems(&[]), [""; 0]);
    for (arguments, told) in [
        (
            &["ReservedConcurrency=0"][..],
            "ReservedConcurrency is \"0\", should be -1, or at least 1",
        ),
        (&["FunctionTimeoutSeconds=1"], "FunctionTimeoutSeconds is 1, should be 5 to 900"),
        (&["BatchSize=many"], "BatchSize is \"many\", should be a number"),
        (&["UserIdType=B"], "UserIdType is \"B\", should be one of N, S"),
        (&["SubnetIds=subnet-1"], "SubnetIds is \"subnet-1\", should be two subnets or more"),
        (&["VpcId=vpc-1"], "VpcId needs RdsProxySecurityGroupId"),
        (&["PolicyToml=limits.max_len = "], "the policy is invalid"),
        (&["PolicyToml=limits.max_len = 5"], "PolicyFingerprint is not given; the policy's is "),
        (&["PolicyFile=policy.toml"], "PolicyFile: give the file, too"),
        (&["PolicyFile=a.toml", "PolicyToml=limits.max_len = 5"], "give either PolicyToml or"),
    ] {
        let problems = problems(arguments);
        assert!(problems.iter().any(|each| each.starts_with(told)), "{arguments:?}: {problems:?}");
    }
    let other = format!("PolicyFingerprint={}", "0".repeat(64));
    let said = problems(&[&other]).join("\n");
    assert!(said.contains("the function would not start"), "{said}");
    let long = format!("FactsTablesToml={}", "x".repeat(401));
    assert!(problems(&[&long])[0].contains("should have at most 400"));
}

#[test]
fn a_policy_in_the_zip_is_compared_with_its_fingerprint() {
    let path = template::repository().join("examples/policy.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let policy = reco_core::policy::Policy::from_toml(&text).unwrap();
    let fingerprint = format!("PolicyFingerprint={}", policy.fingerprint());
    let file = path.to_str().unwrap();
    let arguments = ["PolicyFile=policy.toml", "--policy-file", file, &fingerprint];
    assert_eq!(problems(&arguments), [""; 0]);
    assert!(problems(&arguments[..3])[0].contains("is not given"));
}

#[test]
fn what_is_no_parameter_is_named() {
    for (argument, told) in [
        ("Visibility=3", "no parameter \"Visibility\""),
        ("VisibilityTimeoutSeconds", "is not NAME=VALUE"),
    ] {
        let refused = given::Given::parse([argument.to_owned()].into_iter()).err().unwrap();
        assert!(refused.contains(told), "{refused}");
    }
}
