//! Values of a stack, from a template or from AWS.
//!
//! Every value is optional: `None` means unknown (no permission, not requested), which differs from
//! known to be off. Rules that need an unknown value are not checked.

use serde::{Deserialize, Serialize};

/// The whole pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stack {
    /// Source queue.
    pub queue: Queue,
    /// DLQ of the source queue; all values unknown without one.
    pub dlq: Queue,
    /// The Lambda.
    pub function: Function,
    /// The event source mapping between the queue and the Lambda.
    pub mapping: Mapping,
    /// The DynamoDB table.
    pub table: Table,
    /// Average workload.
    pub workload: Workload,
    /// All alarms on the pipeline.
    pub alarms: Option<Vec<Alarm>>,
}

/// An SQS queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Queue {
    /// Standard or FIFO.
    pub kind: Option<QueueKind>,
    /// `VisibilityTimeout` in seconds.
    pub visibility_timeout_s: Option<u64>,
    /// `MessageRetentionPeriod` in seconds.
    pub retention_s: Option<u64>,
    /// `RedrivePolicy`.
    pub redrive: Option<Redrive>,
    /// `RedriveAllowPolicy`; the default of SQS is [`RedriveAllow::All`].
    pub redrive_allow: Option<RedriveAllow>,
}

/// The two types of queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueueKind {
    /// At-least-once delivery in any order.
    Standard,
    /// In order within a group, deduplicated for 5 minutes.
    Fifo,
}

impl QueueKind {
    /// Returns the type in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            QueueKind::Standard => "standard",
            QueueKind::Fifo => "FIFO",
        }
    }
}

/// Redrive policy of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Redrive {
    /// No redrive policy.
    Off,
    /// After this many receives (`maxReceiveCount`).
    After(u64),
}

/// Queues that may use this one as their DLQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RedriveAllow {
    /// Any queue of the account and region.
    All,
    /// No queue.
    Nobody,
    /// Listed queues, including the source queue.
    SourceListed,
    /// Listed queues, without the source queue.
    SourceNotListed,
}

/// A limit that may be left unset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ceiling {
    /// Known not to be set.
    Unset,
    At(u64),
}

/// The Lambda function.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Function {
    /// `Timeout` in seconds.
    pub timeout_s: Option<u64>,
    /// `MemorySize` in MB.
    pub memory_mb: Option<u64>,
    /// `ReservedConcurrentExecutions`.
    pub reserved_concurrency: Option<Ceiling>,
}

/// The event source mapping.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// True if it polls.
    pub enabled: Option<bool>,
    /// `BatchSize` in messages.
    pub batch_size: Option<u64>,
    /// `MaximumBatchingWindowInSeconds`.
    pub window_s: Option<u64>,
    /// `ScalingConfig.MaximumConcurrency`.
    pub maximum_concurrency: Option<Ceiling>,
    /// True if `FunctionResponseTypes` has `ReportBatchItemFailures`.
    pub report_batch_item_failures: Option<bool>,
    /// True if `MetricsConfig` has `EventCount`.
    pub event_count_metrics: Option<bool>,
}

/// The DynamoDB table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Table {
    pub mode: Option<TableMode>,
    /// True if point-in-time recovery is on.
    pub point_in_time_recovery: Option<bool>,
}

/// Write throughput mode of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableMode {
    /// Provisioned, in WCU.
    Provisioned {
        /// `WriteCapacityUnits`.
        wcu: u64,
    },
    /// On demand.
    OnDemand {
        /// `OnDemandThroughput.MaxWriteRequestUnits`.
        max_write_units: Ceiling,
        /// `WarmThroughput.WriteUnitsPerSecond`; if unknown, the table counts as new.
        warm_write_units: Option<u64>,
    },
}

/// Workload of the pipeline: averages, from the producer or from measurement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Workload {
    /// Users in a message.
    pub users_per_message: Option<u64>,
    /// Bytes of a message's body and attributes.
    pub message_bytes: Option<u64>,
    /// WCU to write one user's item, including indexes.
    pub wcu_per_item: Option<u64>,
    /// Duration of an invocation with a full batch, in milliseconds.
    pub batch_ms: Option<u64>,
}

/// A CloudWatch alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// Alarm name.
    pub name: String,
    /// Watched metric.
    pub watches: Watched,
    /// Smallest integer value of the metric that triggers the alarm.
    pub fires_from: u64,
    /// Treatment of missing data.
    pub missing_data: MissingData,
    /// True if the alarm notifies someone.
    pub has_actions: bool,
}

/// Metrics that show the health of a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Watched {
    /// `AWS/SQS ApproximateNumberOfMessagesVisible` and `...NotVisible` of the DLQ, added up.
    DlqDepth,
    /// `AWS/SQS ApproximateNumberOfMessagesVisible` of the DLQ alone.
    DlqVisible,
    /// `AWS/SQS ApproximateAgeOfOldestMessage` of the source queue.
    QueueAge,
    /// `AWS/Lambda Throttles`.
    FunctionThrottles,
    /// `AWS/Lambda Errors`.
    FunctionErrors,
    /// `AWS/DynamoDB WriteThrottleEvents`.
    TableWriteThrottles,
    /// `Reco/Writer MessagesReturned`: messages that the function returns for retry.
    MessagesReturned,
    /// Anything else.
    Other,
}

/// An alarm's `TreatMissingData`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MissingData {
    /// Missing data counts as good.
    NotBreaching,
    /// Missing data counts as bad.
    Breaching,
    /// The state stays as it was.
    Ignore,
    /// CloudWatch's default: the alarm goes to INSUFFICIENT_DATA.
    Missing,
}

impl MissingData {
    /// Returns the value in CloudWatch's spelling.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            MissingData::NotBreaching => "notBreaching",
            MissingData::Breaching => "breaching",
            MissingData::Ignore => "ignore",
            MissingData::Missing => "missing",
        }
    }
}
