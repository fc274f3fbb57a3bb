//! Rules on the queue and its DLQ.

use super::rule::{Judged, Rule, Severity, Source, judged};
use super::values::{QueueKind, RedriveAllow, Stack};
use reco_core::words::amount;

/// AWS: the visibility timeout is at least this many function timeouts long, so that Lambda can
/// retry a batch while the function is throttled.
const VISIBILITY_FACTOR: u64 = 6;

/// AWS: `maxReceiveCount` of a queue that a Lambda reads is at least this.
const MIN_RECEIVES: u64 = 5;

/// AWS Lambda Developer Guide, the page on queues as event sources.
pub(super) const SQS_SOURCE: Source = Source {
    title: "Creating and configuring an Amazon SQS event source mapping",
    url: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
};

const DLQ: Source = Source {
    title: "Using dead-letter queues in Amazon SQS",
    url: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
};

const DLQ_RETENTION: Source = Source {
    title: "Setting-up dead-letter queue retention in Amazon SQS",
    url: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html",
};

const REDRIVE_ATTRIBUTES: Source = Source {
    title: "SetQueueAttributes (RedrivePolicy, RedriveAllowPolicy)",
    url: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "visibility-timeout",
        title: "visibility timeout >= 6 x function timeout + batch window",
        severity: Severity::Error,
        reason: "a message that becomes visible while its batch is still being gathered, retried or processed is processed twice, and its receive count climbs until it lands in the DLQ",
        source: SQS_SOURCE,
        check: visibility_timeout,
    },
    Rule {
        id: "dlq-present",
        title: "the queue has a DLQ",
        severity: Severity::Error,
        reason: "a message that never succeeds is retried until retention deletes it, unnoticed",
        source: DLQ,
        check: dlq_present,
    },
    Rule {
        id: "max-receive-count",
        title: "maxReceiveCount >= 5",
        severity: Severity::Error,
        reason: "throttled invocations use up receives: with a low limit, good messages land in the DLQ because the function or the account was busy",
        source: SQS_SOURCE,
        check: max_receive_count,
    },
    Rule {
        id: "dlq-type",
        title: "the DLQ has the same type as the queue",
        severity: Severity::Error,
        reason: "the DLQ of a FIFO queue must be FIFO, the DLQ of a standard queue must be standard",
        source: DLQ,
        check: dlq_type,
    },
    Rule {
        id: "dlq-retention",
        title: "DLQ retention > queue retention",
        severity: Severity::Error,
        reason: "on standard queues a message keeps its original enqueue time: the DLQ may delete it soon after it arrives, before anyone can look at it",
        source: DLQ_RETENTION,
        check: dlq_retention,
    },
    Rule {
        id: "dlq-no-redrive",
        title: "the DLQ has no redrive policy of its own",
        severity: Severity::Error,
        reason: "every look at a message counts as a receive and would push messages out of the DLQ",
        source: REDRIVE_ATTRIBUTES,
        check: dlq_no_redrive,
    },
    Rule {
        id: "redrive-allow",
        title: "the DLQ's redrive-allow policy lists the queue",
        severity: Severity::Warning,
        reason: "otherwise any queue in the account may send foreign messages to this DLQ, or this queue may not use it",
        source: REDRIVE_ATTRIBUTES,
        check: redrive_allow,
    },
];

fn visibility_timeout(stack: &Stack) -> Judged {
    let visibility = stack.queue.visibility_timeout_s?;
    let (timeout, window) = (stack.function.timeout_s?, stack.mapping.window_s?);
    let least = timeout.saturating_mul(VISIBILITY_FACTOR).saturating_add(window);
    judged(
        visibility >= least,
        || format!("{visibility} s"),
        || format!("at least {least} s ({VISIBILITY_FACTOR} x {timeout} s + {window} s)"),
    )
}

fn dlq_present(stack: &Stack) -> Judged {
    let present = stack.queue.max_receive_count.is_some();
    judged(present, || "no redrive policy".to_owned(), || "a redrive policy to a DLQ".to_owned())
}

fn max_receive_count(stack: &Stack) -> Judged {
    let receives = stack.queue.max_receive_count?; // without one: reported by dlq-present
    judged(receives >= MIN_RECEIVES, || receives.to_string(), || format!("at least {MIN_RECEIVES}"))
}

fn dlq_type(stack: &Stack) -> Judged {
    let (queue, dlq) = (stack.queue.kind, stack.dlq.kind);
    judged(queue == dlq, || dlq.name().to_owned(), || format!("{}, as the queue", queue.name()))
}

fn dlq_retention(stack: &Stack) -> Judged {
    if stack.queue.kind == QueueKind::Fifo {
        return Some(Ok(())); // FIFO resets the clock on the move
    }
    let (queue, dlq) = (stack.queue.retention_s?, stack.dlq.retention_s?);
    judged(dlq > queue, || format!("{dlq} s"), || format!("more than the queue's {queue} s"))
}

fn dlq_no_redrive(stack: &Stack) -> Judged {
    let receives = stack.dlq.max_receive_count;
    judged(
        receives.is_none(),
        || format!("messages leave after {}", amount(receives.unwrap_or(0), "receive")),
        || "no redrive policy".to_owned(),
    )
}

fn redrive_allow(stack: &Stack) -> Judged {
    let allow = stack.dlq.redrive_allow;
    judged(
        allow == RedriveAllow::SourceListed,
        || {
            match allow {
                RedriveAllow::All => "every queue in the account is allowed",
                RedriveAllow::Nobody => "no queue is allowed",
                RedriveAllow::SourceListed => "the queue is listed",
                RedriveAllow::SourceNotListed => "the queue is not listed",
            }
            .to_owned()
        },
        || "byQueue, with the queue's ARN".to_owned(),
    )
}
