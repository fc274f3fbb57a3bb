//! The stack of `deploy/template.yaml`, read from its resources instead of its parameters, so that
//! an unused parameter does not count as deployed.

use std::path::{Path, PathBuf};

use crate::rules::{
    Alarm, Function, Mapping, NEW_ON_DEMAND_TABLE_WCU, Queue, QueueKind, RedriveAllow, Stack,
    Table, Watched, Workload,
};
use serde_json::{Value, json};

use crate::cloudformation::Template;

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn read(path: &str) -> String {
    let path = repository().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the template with its defaults, except for these parameters.
pub fn deployed(parameters: &[(&str, Value)]) -> Template {
    // The two parameters without a default.
    let code = [("CodeBucket", json!("builds")), ("CodeKey", json!("writer/1.zip"))];
    let parameters: Vec<_> = code.iter().chain(parameters).cloned().collect();
    Template::deploy(&read("deploy/template.yaml"), &parameters)
}

pub fn stack(template: &Template) -> Stack {
    Stack {
        queue: queue(&template.properties("Queue"), &Value::Null),
        dlq: queue(&template.properties("Dlq"), &template.properties("Queue")),
        function: function(&template.properties("Function")),
        mapping: mapping(&template.properties("Mapping")),
        table: table(&template.properties("Table")),
        workload: workload(template.raw("/Metadata/RecoctlWorkload")),
        alarms: template
            .resources("AWS::CloudWatch::Alarm")
            .into_iter()
            .map(|id| alarm(&template.properties(id), template))
            .collect(),
    }
}

fn queue(properties: &Value, source: &Value) -> Queue {
    let fifo = properties["FifoQueue"] == true;
    Queue {
        kind: if fifo { QueueKind::Fifo } else { QueueKind::Standard },
        visibility_timeout_s: Some(properties["VisibilityTimeout"].as_u64().unwrap_or(30)),
        retention_s: properties["MessageRetentionPeriod"].as_u64(),
        max_receive_count: properties["RedrivePolicy"]["maxReceiveCount"].as_u64(),
        redrive_allow: redrive_allow(&properties["RedriveAllowPolicy"], source),
    }
}

fn redrive_allow(policy: &Value, source: &Value) -> RedriveAllow {
    let listed =
        |arn: &Value| arn.as_str().unwrap().rsplit(':').next() == source["QueueName"].as_str();
    match policy["redrivePermission"].as_str() {
        None | Some("allowAll") => RedriveAllow::All,
        Some("byQueue") if policy["sourceQueueArns"].as_array().unwrap().iter().any(listed) => {
            RedriveAllow::SourceListed
        }
        Some("byQueue") => RedriveAllow::SourceNotListed,
        Some(_) => RedriveAllow::Nobody,
    }
}

/// A number, also one that CloudFormation hands on as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn function(properties: &Value) -> Function {
    Function {
        timeout_s: properties["Timeout"].as_u64(),
        memory_mb: properties["MemorySize"].as_u64(),
        reserved_concurrency: number(&properties["ReservedConcurrentExecutions"]),
    }
}

fn mapping(properties: &Value) -> Mapping {
    let lists = |list: &Value, name: &str| {
        list.as_array().is_some_and(|list| list.iter().any(|value| value == name))
    };
    Mapping {
        enabled: properties["Enabled"] != false,
        batch_size: properties["BatchSize"].as_u64(),
        window_s: properties["MaximumBatchingWindowInSeconds"].as_u64(),
        maximum_concurrency: number(&properties["ScalingConfig"]["MaximumConcurrency"]),
        report_batch_item_failures: lists(
            &properties["FunctionResponseTypes"],
            "ReportBatchItemFailures",
        ),
        event_count_metrics: lists(&properties["MetricsConfig"]["Metrics"], "EventCount"),
    }
}

fn table(properties: &Value) -> Table {
    assert_eq!(properties["BillingMode"], "PAY_PER_REQUEST");
    let maximum = number(&properties["OnDemandThroughput"]["MaxWriteRequestUnits"]);
    let write_capacity = maximum.unwrap_or(u64::MAX).min(NEW_ON_DEMAND_TABLE_WCU);
    let recovery = &properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"];
    Table { write_capacity, point_in_time_recovery: recovery == true }
}

fn workload(plan: &Value) -> Workload {
    Workload {
        users_per_message: plan["UsersPerMessage"].as_u64(),
        message_bytes: plan["MessageBytes"].as_u64(),
        wcu_per_item: plan["WcuPerItem"].as_u64(),
        batch_ms: plan["BatchMilliseconds"].as_u64(),
    }
}

fn alarm(properties: &Value, template: &Template) -> Alarm {
    let threshold = properties["Threshold"].as_u64().unwrap();
    Alarm {
        name: properties["AlarmName"].as_str().unwrap().to_owned(),
        watches: watched(properties, template),
        fires_from: match properties["ComparisonOperator"].as_str().unwrap() {
            "GreaterThanThreshold" => threshold + 1,
            "GreaterThanOrEqualToThreshold" => threshold,
            other => panic!("an alarm on {other}?"),
        },
        missing_data: properties["TreatMissingData"].as_str().unwrap_or("missing").to_owned(),
        has_actions: properties["AlarmActions"].as_array().is_some_and(|list| !list.is_empty()),
    }
}

/// The metrics that an alarm on an expression adds up.
fn summed(properties: &Value) -> Vec<(String, String)> {
    let metrics = properties["Metrics"].as_array().into_iter().flatten();
    let metrics = metrics.filter_map(|query| query.pointer("/MetricStat/Metric"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    metrics
        .map(|metric| (text(&metric["MetricName"]), text(&metric["Dimensions"][0]["Value"])))
        .collect()
}

fn watched(properties: &Value, template: &Template) -> Watched {
    let dlq = template.properties("Dlq")["QueueName"].as_str().unwrap().to_owned();
    let of_dlq = |name: &str| (name.to_owned(), dlq.clone());
    let depth = ["ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"];
    match summed(properties) {
        metrics if metrics.is_empty() => {}
        metrics if metrics == depth.map(of_dlq) => return Watched::DlqDepth,
        _ => return Watched::Other,
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let name = |id: &str, key: &str| text(&template.properties(id)[key]);
    let on = text(&properties["Dimensions"][0]["Value"]);
    let metric = (text(&properties["Namespace"]), text(&properties["MetricName"]));
    match (metric.0.as_str(), metric.1.as_str()) {
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible") if on == name("Dlq", "QueueName") => {
            Watched::DlqVisible
        }
        ("AWS/SQS", "ApproximateAgeOfOldestMessage") if on == name("Queue", "QueueName") => {
            Watched::QueueAge
        }
        ("AWS/Lambda", "Throttles") if on == name("Function", "FunctionName") => {
            Watched::FunctionThrottles
        }
        ("AWS/Lambda", "Errors") if on == name("Function", "FunctionName") => {
            Watched::FunctionErrors
        }
        ("AWS/DynamoDB", "WriteThrottleEvents") if on == name("Table", "TableName") => {
            Watched::TableWriteThrottles
        }
        ("Reco/Writer", "MessagesReturned") if on == name("Function", "FunctionName") => {
            Watched::MessagesReturned
        }
        _ => Watched::Other,
    }
}
