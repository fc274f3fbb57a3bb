//! CloudWatch queries for the configured resources.

use serde::Serialize;

use crate::aws::{SeriesQuery, Statistic};

/// Subject of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// DynamoDB table.
    Table,
    /// Global secondary index, which has its own capacity.
    Index,
    /// Lambda function.
    Function,
    /// Source queue.
    Queue,
    /// Dead-letter queue.
    Dlq,
}

/// Measure of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(dead_code, reason = "`sandbox load` alone asks for what the function says of itself")]
pub enum Measure {
    /// Write capacity units consumed per second.
    ConsumedWcu,
    /// Write capacity units provisioned per second.
    ProvisionedWcu,
    /// Writes that were throttled or returned as unprocessed.
    Throttled,
    /// ... because the provisioned throughput was exceeded.
    ThrottledProvisioned,
    /// ... because one partition's key range was too hot.
    ThrottledKeyRange,
    /// ... because the on-demand maximum was exceeded.
    ThrottledMaxOnDemand,
    /// ... because the account's limit was exceeded.
    ThrottledAccountLimit,
    /// Function invocations.
    Invocations,
    /// Failed invocations.
    Errors,
    /// Invocations throttled for lack of concurrency.
    Throttles,
    /// Concurrent invocations.
    Concurrency,
    /// Mean duration, in milliseconds.
    DurationMean,
    /// Longest duration, in milliseconds.
    DurationMax,
    /// Messages that can be received.
    Visible,
    /// Messages in flight.
    InFlight,
    /// Age of the oldest message in seconds.
    OldestAge,
    /// Lists written by the function.
    Written,
    /// Messages returned by the function for retry.
    Returned,
    /// Mean wait for facts, in milliseconds.
    FactsMean,
    /// Mean time spent writing, in milliseconds.
    WriteMean,
}

/// Unit of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeasureUnit {
    /// Rate per second; its total is the sum over time.
    PerSecond,
    /// Number of events, which adds up.
    Count,
    /// Level, which does not add up.
    Level,
    /// Level in milliseconds.
    Milliseconds,
    /// Level in seconds.
    Seconds,
}

impl Measure {
    /// Returns CloudWatch's metric name and the statistic to use.
    pub fn metric(self) -> (&'static str, Statistic) {
        use Statistic::{Average, Maximum, Sum};
        match self {
            Measure::ConsumedWcu => ("ConsumedWriteCapacityUnits", Sum),
            Measure::ProvisionedWcu => ("ProvisionedWriteCapacityUnits", Average),
            Measure::Throttled => ("WriteThrottleEvents", Sum),
            Measure::ThrottledProvisioned => ("WriteProvisionedThroughputThrottleEvents", Sum),
            Measure::ThrottledKeyRange => ("WriteKeyRangeThroughputThrottleEvents", Sum),
            Measure::ThrottledMaxOnDemand => ("WriteMaxOnDemandThroughputThrottleEvents", Sum),
            Measure::ThrottledAccountLimit => ("WriteAccountLimitThrottleEvents", Sum),
            Measure::Invocations => ("Invocations", Sum),
            Measure::Errors => ("Errors", Sum),
            Measure::Throttles => ("Throttles", Sum),
            Measure::Concurrency => ("ConcurrentExecutions", Maximum),
            Measure::DurationMean => ("Duration", Average),
            Measure::DurationMax => ("Duration", Maximum),
            Measure::Visible => ("ApproximateNumberOfMessagesVisible", Maximum),
            Measure::InFlight => ("ApproximateNumberOfMessagesNotVisible", Maximum),
            Measure::OldestAge => ("ApproximateAgeOfOldestMessage", Maximum),
            Measure::Written => ("EntriesWritten", Sum),
            Measure::Returned => ("MessagesReturned", Sum),
            Measure::FactsMean => ("FactsLatency", Average),
            Measure::WriteMean => ("WriteLatency", Average),
        }
    }

    /// Returns its unit.
    pub fn unit(self) -> MeasureUnit {
        match self {
            Measure::ConsumedWcu | Measure::Written => MeasureUnit::PerSecond,
            Measure::ProvisionedWcu | Measure::Concurrency => MeasureUnit::Level,
            Measure::Visible | Measure::InFlight => MeasureUnit::Level,
            Measure::DurationMean | Measure::DurationMax => MeasureUnit::Milliseconds,
            Measure::FactsMean | Measure::WriteMean => MeasureUnit::Milliseconds,
            Measure::OldestAge => MeasureUnit::Seconds,
            _ => MeasureUnit::Count,
        }
    }

    /// Returns whether any value above zero is a problem.
    pub fn is_trouble(self) -> bool {
        !matches!(self, Measure::Invocations) && self.unit() == MeasureUnit::Count
    }

    /// Returns its label in tables.
    pub fn label(self) -> &'static str {
        match self {
            Measure::ConsumedWcu => "consumed WCU/s",
            Measure::ProvisionedWcu => "provisioned WCU/s",
            Measure::Throttled => "throttled writes",
            Measure::ThrottledProvisioned => "  by provisioned",
            Measure::ThrottledKeyRange => "  by key range",
            Measure::ThrottledMaxOnDemand => "  by on-demand max",
            Measure::ThrottledAccountLimit => "  by account limit",
            Measure::Invocations => "invocations",
            Measure::Errors => "errors",
            Measure::Throttles => "throttles",
            Measure::Concurrency => "concurrency",
            Measure::DurationMean => "duration, mean ms",
            Measure::DurationMax => "duration, max ms",
            Measure::Visible => "visible",
            Measure::InFlight => "in flight",
            Measure::OldestAge => "oldest message",
            Measure::Written => "lists written/s",
            Measure::Returned => "messages returned",
            Measure::FactsMean => "  facts, mean ms",
            Measure::WriteMean => "  writing, mean ms",
        }
    }
}

const INDEX: [Measure; 6] = [
    Measure::ConsumedWcu,
    Measure::ProvisionedWcu,
    Measure::Throttled,
    Measure::ThrottledProvisioned,
    Measure::ThrottledKeyRange,
    Measure::ThrottledMaxOnDemand,
];

/// The account limit is reported for tables only.
const TABLE: [Measure; 7] = [
    Measure::ConsumedWcu,
    Measure::ProvisionedWcu,
    Measure::Throttled,
    Measure::ThrottledProvisioned,
    Measure::ThrottledKeyRange,
    Measure::ThrottledMaxOnDemand,
    Measure::ThrottledAccountLimit,
];

const FUNCTION: [Measure; 6] = [
    Measure::Invocations,
    Measure::Errors,
    Measure::Throttles,
    Measure::Concurrency,
    Measure::DurationMean,
    Measure::DurationMax,
];

const QUEUE: [Measure; 3] = [Measure::Visible, Measure::InFlight, Measure::OldestAge];

/// Current counts of a queue from SQS; CloudWatch lags by minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Live {
    /// Messages that can be received.
    pub visible: u64,
    /// Messages received and still hidden.
    pub in_flight: u64,
    /// Messages whose delay has not expired.
    pub delayed: u64,
}

/// Section to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsPlan {
    /// Kind of resource.
    pub subject: Subject,
    /// Name of the resource.
    pub name: String,
    /// Current counts, if the resource is a queue.
    pub live: Option<Live>,
    dimensions: Vec<(&'static str, String)>,
}

impl MetricsPlan {
    /// Plans the section of a table. Its series exclude its indexes.
    pub fn table(name: &str) -> Self {
        let dimensions = vec![("TableName", name.to_owned())];
        MetricsPlan { subject: Subject::Table, name: name.to_owned(), live: None, dimensions }
    }

    /// Plans the section of a global secondary index.
    pub fn index(table: &str, index: &str) -> Self {
        let dimensions =
            vec![("TableName", table.to_owned()), ("GlobalSecondaryIndexName", index.to_owned())];
        MetricsPlan { subject: Subject::Index, name: index.to_owned(), live: None, dimensions }
    }

    /// Plans the section of a function.
    pub fn function(name: &str) -> Self {
        let dimensions = vec![("FunctionName", name.to_owned())];
        MetricsPlan { subject: Subject::Function, name: name.to_owned(), live: None, dimensions }
    }

    /// Plans the section of a queue.
    pub fn queue(subject: Subject, name: &str, live: Option<Live>) -> Self {
        let dimensions = vec![("QueueName", name.to_owned())];
        MetricsPlan { subject, name: name.to_owned(), live, dimensions }
    }

    /// Returns the measures of the section's rows.
    pub fn measures(&self) -> &'static [Measure] {
        match self.subject {
            Subject::Table => &TABLE,
            Subject::Index => &INDEX,
            Subject::Function => &FUNCTION,
            Subject::Queue | Subject::Dlq => &QUEUE,
        }
    }

    /// Returns one query per row.
    pub fn queries(&self) -> impl Iterator<Item = SeriesQuery> + '_ {
        let namespace = match self.subject {
            Subject::Table | Subject::Index => "AWS/DynamoDB",
            Subject::Function => "AWS/Lambda",
            Subject::Queue | Subject::Dlq => "AWS/SQS",
        };
        self.measures().iter().map(move |measure| {
            let (metric, statistic) = measure.metric();
            SeriesQuery { namespace, metric, dimensions: self.dimensions.clone(), statistic }
        })
    }
}
