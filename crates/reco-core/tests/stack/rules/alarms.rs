//! Rules on the alarms: whether they notify someone in time.

use super::rule::{Judged, Rule, Severity, Source, judged};
use super::values::{Alarm, Stack, Watched};
use reco_core::words::amount;

const DLQ_ALARMS: Source = Source {
    title: "Creating alarms for dead-letter queues using Amazon CloudWatch",
    url: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/dead-letter-queues-alarms-cloudwatch.html",
};

const MISSING_DATA: Source = Source {
    title: "Configuring how CloudWatch alarms treat missing data",
    url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
};

const ALARMS: Source = Source {
    title: "Using Amazon CloudWatch alarms",
    url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",
};

/// Metrics to watch besides the DLQ, with their descriptions.
const ALSO_WATCHED: &[(Watched, &str)] = &[
    (Watched::QueueAge, "age of the queue's oldest message"),
    (Watched::FunctionThrottles, "function throttles"),
    (Watched::FunctionErrors, "function errors"),
    (Watched::MessagesReturned, "messages returned for retry"),
    (Watched::TableWriteThrottles, "table write throttles"),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "dlq-alarm",
        title: "an alarm fires at the first message in the DLQ",
        severity: Severity::Error,
        reason: "unnoticed messages in the DLQ are deleted when their retention period ends",
        source: DLQ_ALARMS,
        check: dlq_alarm,
    },
    Rule {
        id: "dlq-alarm-missing-data",
        title: "the DLQ's alarm treats missing data as not breaching",
        severity: Severity::Warning,
        reason: "an idle queue stops reporting: otherwise the alarm fires, sticks or goes to INSUFFICIENT_DATA while all is well",
        source: MISSING_DATA,
        check: dlq_alarm_missing_data,
    },
    Rule {
        id: "dlq-alarm-in-flight",
        title: "the DLQ's alarm counts messages in flight, too",
        severity: Severity::Warning,
        reason: "who looks at a message hides it for a while: an alarm on visible messages goes off and on with every look",
        source: DLQ_ALARMS,
        check: dlq_alarm_in_flight,
    },
    Rule {
        id: "pipeline-alarms",
        title: "alarms on age, function throttles and errors, messages returned, table write throttles",
        severity: Severity::Warning,
        reason: "each fires before messages reach the DLQ, while there is still time",
        source: ALARMS,
        check: pipeline_alarms,
    },
    Rule {
        id: "alarm-actions",
        title: "every alarm has an action",
        severity: Severity::Warning,
        reason: "an alarm without an action notifies no one",
        source: ALARMS,
        check: alarm_actions,
    },
];

fn on(alarms: &[Alarm], watched: Watched) -> impl Iterator<Item = &Alarm> {
    alarms.iter().filter(move |alarm| alarm.watches == watched)
}

/// The alarms on the DLQ's messages, in flight or not.
fn on_dlq(alarms: &[Alarm]) -> impl Iterator<Item = &Alarm> {
    on(alarms, Watched::DlqDepth).chain(on(alarms, Watched::DlqVisible))
}

fn dlq_alarm(stack: &Stack) -> Judged {
    let earliest = on_dlq(&stack.alarms).map(|alarm| alarm.fires_from).min();
    judged(
        earliest.is_some_and(|count| count <= 1),
        || match earliest {
            None => "no alarm on the DLQ's depth".to_owned(),
            Some(count) => format!("fires from {} on", amount(count, "message")),
        },
        || "messages in the DLQ > 0".to_owned(),
    )
}

fn dlq_alarm_missing_data(stack: &Stack) -> Judged {
    let alarm = on_dlq(&stack.alarms).min_by_key(|alarm| alarm.fires_from)?;
    judged(
        alarm.missing_data == "notBreaching",
        || format!("{:?} treats it as {}", alarm.name, alarm.missing_data),
        || "notBreaching".to_owned(),
    )
}

fn dlq_alarm_in_flight(stack: &Stack) -> Judged {
    let alarm = on_dlq(&stack.alarms).next()?; // without one: said by dlq-alarm
    judged(
        alarm.watches == Watched::DlqDepth,
        || format!("{:?} counts visible messages only", alarm.name),
        || "visible and not visible messages, added up".to_owned(),
    )
}

fn pipeline_alarms(stack: &Stack) -> Judged {
    let unwatched: Vec<&str> = ALSO_WATCHED
        .iter()
        .filter(|(watched, _)| on(&stack.alarms, *watched).next().is_none())
        .map(|(_, words)| *words)
        .collect();
    judged(
        unwatched.is_empty(),
        || format!("not watched: {}", unwatched.join(", ")),
        || "an alarm on each".to_owned(),
    )
}

fn alarm_actions(stack: &Stack) -> Judged {
    let silent: Vec<String> = stack
        .alarms
        .iter()
        .filter(|alarm| !alarm.has_actions)
        .map(|alarm| format!("{:?}", alarm.name))
        .collect();
    judged(
        silent.is_empty(),
        || format!("no action: {}", silent.join(", ")),
        || "an action on each, such as an SNS topic".to_owned(),
    )
}
