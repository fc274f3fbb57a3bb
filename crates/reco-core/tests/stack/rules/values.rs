//! Values of a stack, read from a template.
//!
//! A number may be `None`: a parameter that is no number leaves it unknown, and the rules that need
//! it are not checked.

/// The whole pipeline.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Source queue.
    pub queue: Queue,
    /// DLQ of the source queue.
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
    pub alarms: Vec<Alarm>,
}

/// An SQS queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Standard or FIFO.
    pub kind: QueueKind,
    /// `VisibilityTimeout` in seconds.
    pub visibility_timeout_s: Option<u64>,
    /// `MessageRetentionPeriod` in seconds.
    pub retention_s: Option<u64>,
    /// `maxReceiveCount` of the redrive policy; `None` without one.
    pub max_receive_count: Option<u64>,
    /// `RedriveAllowPolicy`; the default of SQS is [`RedriveAllow::All`].
    pub redrive_allow: RedriveAllow,
}

/// The two types of queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueKind {
    /// At-least-once delivery in any order.
    Standard,
    /// In order within a group, deduplicated for 5 minutes.
    Fifo,
}

impl QueueKind {
    /// Returns the type in a word.
    pub fn name(self) -> &'static str {
        match self {
            QueueKind::Standard => "standard",
            QueueKind::Fifo => "FIFO",
        }
    }
}

/// Queues that may use this one as their DLQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// The Lambda function.
#[derive(Debug, Clone)]
pub struct Function {
    /// `Timeout` in seconds.
    pub timeout_s: Option<u64>,
    /// `MemorySize` in MB.
    pub memory_mb: Option<u64>,
    /// `ReservedConcurrentExecutions`; `None` if not set.
    pub reserved_concurrency: Option<u64>,
}

/// The event source mapping.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// True if it polls.
    pub enabled: bool,
    /// `BatchSize` in messages.
    pub batch_size: Option<u64>,
    /// `MaximumBatchingWindowInSeconds`.
    pub window_s: Option<u64>,
    /// `ScalingConfig.MaximumConcurrency`; `None` if not set.
    pub maximum_concurrency: Option<u64>,
    /// True if `FunctionResponseTypes` has `ReportBatchItemFailures`.
    pub report_batch_item_failures: bool,
    /// True if `MetricsConfig` has `EventCount`.
    pub event_count_metrics: bool,
}

/// The DynamoDB table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Initial write capacity, in WCU (write units) per second.
    pub write_capacity: u64,
    /// True if point-in-time recovery is on.
    pub point_in_time_recovery: bool,
}

/// Workload of the pipeline: averages, from the producer or from measurement.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub struct Alarm {
    /// Alarm name.
    pub name: String,
    /// Watched metric.
    pub watches: Watched,
    /// Smallest integer value of the metric that triggers the alarm.
    pub fires_from: u64,
    /// `TreatMissingData`, in CloudWatch's spelling.
    pub missing_data: String,
    /// True if the alarm notifies someone.
    pub has_actions: bool,
}

/// Metrics that show the health of a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
