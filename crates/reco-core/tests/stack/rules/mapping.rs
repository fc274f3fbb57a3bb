//! Rules on the event source mapping and the function.

use super::queues::SQS_SOURCE;
use super::rule::{Judged, Rule, Severity, Source, judged};
use super::values::{QueueKind, Stack};
use reco_core::words::amount;

/// AWS: a batch from a standard queue holds at most this many messages.
const MAX_BATCH: u64 = 10_000;
/// AWS: a batch from a FIFO queue, or without a batch window, holds at most this many messages.
const MAX_SMALL_BATCH: u64 = 10;
/// AWS: a batch window is at most this many seconds long.
const MAX_WINDOW_S: u64 = 300;
/// AWS: a synchronous invocation takes at most 6 MB.
const MAX_PAYLOAD_BYTES: u64 = 6 * 1024 * 1024;
/// Size of a message's record in Lambda's event without its body: ids, receipt handle, attributes,
/// ARN. A safe estimate; such a record of a standard queue is about 700 bytes of JSON.
const RECORD_OVERHEAD_BYTES: u64 = 1024;
/// AWS: range of `MaximumConcurrency`.
const CONCURRENCY: std::ops::RangeInclusive<u64> = 2..=1000;
/// AWS: a function runs at most 15 minutes. At least 5 seconds: the function keeps one of them for its
/// answer, and a connection to the facts database may take three.
const TIMEOUT_S: std::ops::RangeInclusive<u64> = 5..=900;
/// AWS: a function has between 128 MB and 10,240 MB.
const MEMORY_MB: std::ops::RangeInclusive<u64> = 128..=10_240;

const ERRORS: Source = Source {
    title: "Handling errors for an SQS event source in Lambda",
    url: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
};

pub(super) const SCALING: Source = Source {
    title: "Configuring scaling behavior for SQS event source mappings",
    url: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
};

const QUOTAS: Source = Source {
    title: "Lambda quotas",
    url: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
};

const MAPPING_API: Source = Source {
    title: "CreateEventSourceMapping",
    url: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
};

const MAPPING_METRICS: Source = Source {
    title: "EventSourceMappingMetricsConfig",
    url: "https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingMetricsConfig.html",
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "mapping-enabled",
        title: "the event source mapping is enabled",
        severity: Severity::Error,
        reason: "no message is processed, while the queue's retention period runs",
        source: MAPPING_API,
        check: enabled,
    },
    Rule {
        id: "report-batch-item-failures",
        title: "ReportBatchItemFailures is on",
        severity: Severity::Error,
        reason: "without it the function's list of failed messages is ignored, and failed messages are deleted as successful",
        source: ERRORS,
        check: report_failures,
    },
    Rule {
        id: "batch-size",
        title: "batch size 1..10,000 (FIFO: 1..10)",
        severity: Severity::Error,
        reason: "Lambda rejects other sizes",
        source: SQS_SOURCE,
        check: batch_size,
    },
    Rule {
        id: "batch-window",
        title: "batch size > 10 needs a window of 1..300 s (FIFO: no window)",
        severity: Severity::Error,
        reason: "Lambda rejects large batches without a window, and windows on FIFO queues",
        source: MAPPING_API,
        check: batch_window,
    },
    Rule {
        id: "batch-payload",
        title: "batch size x message bytes <= 6 MB",
        severity: Severity::Warning,
        reason: "the invocation payload is limited to 6 MB: larger batches are cut there, so the batch size and everything computed from it is never reached",
        source: QUOTAS,
        check: batch_payload,
    },
    Rule {
        id: "batch-duration",
        title: "a full batch takes at most half the function timeout",
        severity: Severity::Warning,
        reason: "the rest of the time is for retrying throttled writes; a function that times out returns the whole batch, including messages already written",
        source: ERRORS,
        check: batch_duration,
    },
    Rule {
        id: "maximum-concurrency-set",
        title: "MaximumConcurrency is set",
        severity: Severity::Warning,
        reason: "without it a backlog scales the function up to 1,000 concurrent invocations, more than the table and the database can take",
        source: SCALING,
        check: maximum_concurrency_set,
    },
    Rule {
        id: "maximum-concurrency",
        title: "MaximumConcurrency 2..1,000",
        severity: Severity::Error,
        reason: "Lambda rejects other values",
        source: SCALING,
        check: maximum_concurrency,
    },
    Rule {
        id: "reserved-concurrency",
        title: "reserved concurrency >= MaximumConcurrency",
        severity: Severity::Error,
        reason: "the mapping receives messages for invocations that are then throttled; each attempt uses up a receive, until good messages land in the DLQ",
        source: SCALING,
        check: reserved_concurrency,
    },
    Rule {
        id: "event-count-metrics",
        title: "the mapping's EventCount metrics are on",
        severity: Severity::Warning,
        reason: "only these metrics tell polled, invoked, failed and deleted messages apart",
        source: MAPPING_METRICS,
        check: event_count_metrics,
    },
    Rule {
        id: "function-timeout",
        title: "function timeout 5..900 s",
        severity: Severity::Error,
        reason: "Lambda rejects more; with less, what the function keeps for its answer leaves no time for the batch, and every message is returned until it lands in the DLQ",
        source: QUOTAS,
        check: function_timeout,
    },
    Rule {
        id: "function-memory",
        title: "function memory 128..10,240 MB",
        severity: Severity::Error,
        reason: "Lambda rejects other values",
        source: QUOTAS,
        check: function_memory,
    },
];

fn enabled(stack: &Stack) -> Judged {
    judged(stack.mapping.enabled, || "disabled".to_owned(), || "enabled".to_owned())
}

fn report_failures(stack: &Stack) -> Judged {
    judged(
        stack.mapping.report_batch_item_failures,
        || "off".to_owned(),
        || "FunctionResponseTypes: [ReportBatchItemFailures]".to_owned(),
    )
}

fn batch_size(stack: &Stack) -> Judged {
    let size = stack.mapping.batch_size?;
    let most = match stack.queue.kind {
        QueueKind::Standard => MAX_BATCH,
        QueueKind::Fifo => MAX_SMALL_BATCH,
    };
    judged((1..=most).contains(&size), || size.to_string(), || format!("1 to {most}"))
}

fn batch_window(stack: &Stack) -> Judged {
    let (size, window) = (stack.mapping.batch_size?, stack.mapping.window_s?);
    let (least, most) = match stack.queue.kind {
        QueueKind::Fifo => (0, 0),
        QueueKind::Standard if size > MAX_SMALL_BATCH => (1, MAX_WINDOW_S),
        QueueKind::Standard => (0, MAX_WINDOW_S),
    };
    judged(
        (least..=most).contains(&window),
        || format!("a window of {window} s for batches of {size}"),
        || if most == 0 { "no window".to_owned() } else { format!("{least} to {most} s") },
    )
}

fn batch_payload(stack: &Stack) -> Judged {
    let (size, bytes) = (stack.mapping.batch_size?, stack.workload.message_bytes?);
    let record = bytes.saturating_add(RECORD_OVERHEAD_BYTES);
    let payload = size.saturating_mul(record);
    judged(
        payload <= MAX_PAYLOAD_BYTES,
        || format!("{} of about {record} bytes: {payload} bytes", amount(size, "message")),
        || {
            let fit = MAX_PAYLOAD_BYTES / record;
            format!("at most {MAX_PAYLOAD_BYTES} bytes: {}", amount(fit, "such message"))
        },
    )
}

fn batch_duration(stack: &Stack) -> Judged {
    let (batch, timeout) = (stack.workload.batch_ms?, stack.function.timeout_s?);
    let most = timeout.saturating_mul(1000) / 2;
    judged(batch <= most, || format!("{batch} ms"), || format!("at most {most} ms"))
}

fn maximum_concurrency_set(stack: &Stack) -> Judged {
    let set = stack.mapping.maximum_concurrency.is_some();
    judged(set, || "not set".to_owned(), || "what the table and the database can take".to_owned())
}

fn maximum_concurrency(stack: &Stack) -> Judged {
    let most = stack.mapping.maximum_concurrency?; // without one: reported by maximum-concurrency-set
    let (low, high) = (CONCURRENCY.start(), CONCURRENCY.end());
    judged(CONCURRENCY.contains(&most), || most.to_string(), || format!("{low} to {high}"))
}

fn reserved_concurrency(stack: &Stack) -> Judged {
    let Some(reserved) = stack.function.reserved_concurrency else {
        return Some(Ok(())); // the function has no limit of its own
    };
    // Without a maximum, the mapping scales to the AWS limit.
    let needed = stack.mapping.maximum_concurrency.unwrap_or(*CONCURRENCY.end());
    judged(reserved >= needed, || reserved.to_string(), || format!("at least {needed}, or none"))
}

fn event_count_metrics(stack: &Stack) -> Judged {
    judged(
        stack.mapping.event_count_metrics,
        || "off".to_owned(),
        || "MetricsConfig: [EventCount]".to_owned(),
    )
}

fn function_timeout(stack: &Stack) -> Judged {
    let timeout = stack.function.timeout_s?;
    judged(
        TIMEOUT_S.contains(&timeout),
        || format!("{timeout} s"),
        || format!("{} to {} s", TIMEOUT_S.start(), TIMEOUT_S.end()),
    )
}

fn function_memory(stack: &Stack) -> Judged {
    let memory = stack.function.memory_mb?;
    let (low, high) = (MEMORY_MB.start(), MEMORY_MB.end());
    judged(MEMORY_MB.contains(&memory), || format!("{memory} MB"), || format!("{low} to {high} MB"))
}
