//! CloudWatch queries for the configured resources.

use serde::Serialize;

use crate::aws::{Query, Statistic};

/// Subject of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The table.
    Table,
    /// A global secondary index of it: its capacity is its own.
    Index,
    /// The Lambda function.
    Function,
    /// The source queue.
    Queue,
    /// The dead-letter queue.
    Dlq,
}

/// Measure of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(dead_code, reason = "`sandbox load` alone asks for what the function says of itself")]
pub enum Measure {
    /// Write capacity units consumed a second.
    ConsumedWcu,
    /// Write capacity units provisioned a second.
    ProvisionedWcu,
    /// Writes refused or handed back.
    Throttled,
    /// ... because the provisioned throughput was exceeded.
    ThrottledProvisioned,
    /// ... because one partition's key range was too hot.
    ThrottledKeyRange,
    /// ... because the on-demand maximum was exceeded.
    ThrottledMaxOnDemand,
    /// ... because the account's limit was exceeded.
    ThrottledAccountLimit,
    /// Invocations.
    Invocations,
    /// Invocations that failed.
    Errors,
    /// Invocations refused for want of concurrency.
    Throttles,
    /// Invocations at once.
    Concurrency,
    /// Duration, mean, in milliseconds.
    DurationMean,
    /// Duration, longest, in milliseconds.
    DurationMax,
    /// Messages that may be received.
    Visible,
    /// Messages in flight.
    InFlight,
    /// Age of the oldest message in seconds.
    OldestAge,
    /// Lists that the function wrote.
    Written,
    /// Messages that it returned for retry.
    Returned,
    /// Waiting for facts, mean, in milliseconds.
    FactsMean,
    /// Writing, mean, in milliseconds.
    WriteMean,
}

/// Unit of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A rate a second; its total is what it adds up to over time.
    PerSecond,
    /// Events, which add up.
    Count,
    /// A level, which does not.
    Level,
    /// A level in milliseconds.
    Milliseconds,
    /// A level in seconds.
    Seconds,
}

impl Measure {
    /// CloudWatch's name and statistic.
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
    pub fn unit(self) -> Unit {
        match self {
            Measure::ConsumedWcu | Measure::Written => Unit::PerSecond,
            Measure::ProvisionedWcu | Measure::Concurrency => Unit::Level,
            Measure::Visible | Measure::InFlight => Unit::Level,
            Measure::DurationMean | Measure::DurationMax => Unit::Milliseconds,
            Measure::FactsMean | Measure::WriteMean => Unit::Milliseconds,
            Measure::OldestAge => Unit::Seconds,
            _ => Unit::Count,
        }
    }

    /// Returns whether any of it at all is trouble.
    pub fn is_trouble(self) -> bool {
        !matches!(self, Measure::Invocations) && self.unit() == Unit::Count
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

/// The account's limit is reported for tables only.
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
    /// Messages that may be received.
    pub visible: u64,
    /// Messages received and not yet visible again.
    pub in_flight: u64,
    /// Messages sent with a delay that is not over.
    pub delayed: u64,
}

/// A section to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Subject.
    pub subject: Subject,
    /// The name of what it is about.
    pub name: String,
    /// Current counts of the queue.
    pub live: Option<Live>,
    dimensions: Vec<(&'static str, String)>,
}

impl Plan {
    /// A table. Its own series exclude its indexes.
    pub fn table(name: &str) -> Self {
        let dimensions = vec![("TableName", name.to_owned())];
        Plan { subject: Subject::Table, name: name.to_owned(), live: None, dimensions }
    }

    /// A global secondary index of a table.
    pub fn index(table: &str, index: &str) -> Self {
        let dimensions =
            vec![("TableName", table.to_owned()), ("GlobalSecondaryIndexName", index.to_owned())];
        Plan { subject: Subject::Index, name: index.to_owned(), live: None, dimensions }
    }

    /// A function.
    pub fn function(name: &str) -> Self {
        let dimensions = vec![("FunctionName", name.to_owned())];
        Plan { subject: Subject::Function, name: name.to_owned(), live: None, dimensions }
    }

    /// A queue.
    pub fn queue(subject: Subject, name: &str, live: Option<Live>) -> Self {
        let dimensions = vec![("QueueName", name.to_owned())];
        Plan { subject, name: name.to_owned(), live, dimensions }
    }

    /// Its rows.
    pub fn measures(&self) -> &'static [Measure] {
        match self.subject {
            Subject::Table => &TABLE,
            Subject::Index => &INDEX,
            Subject::Function => &FUNCTION,
            Subject::Queue | Subject::Dlq => &QUEUE,
        }
    }

    /// A query a row.
    pub fn queries(&self) -> impl Iterator<Item = Query> + '_ {
        let namespace = match self.subject {
            Subject::Table | Subject::Index => "AWS/DynamoDB",
            Subject::Function => "AWS/Lambda",
            Subject::Queue | Subject::Dlq => "AWS/SQS",
        };
        self.measures().iter().map(move |measure| {
            let (metric, statistic) = measure.metric();
            Query { namespace, metric, dimensions: self.dimensions.clone(), statistic }
        })
    }
}
