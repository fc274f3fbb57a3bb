//! Interprets metrics in sentences. Pure: series in, findings out.

mod queues;
mod when;

use reco_core::human::grouped;

use super::plan::{Measure, Subject};
use super::report::{Finding, Level, MeasureRow, Section};
use when::Periods;
pub use when::clock;

/// Share of the provisioned capacity from which on the next burst throttles.
const NEARLY_FULL: f64 = 0.9;

/// Interprets the sections; returns the findings, worst first.
pub fn meaning(sections: &[Section], period: i32) -> Vec<Finding> {
    let periods = Periods { length: period.into() };
    let throttled = sections.iter().filter_map(|section| section.row(Measure::Throttled));
    let throttled: Vec<&MeasureRow> = throttled.collect();
    let mut findings: Vec<Finding> = sections
        .iter()
        .map(|section| {
            let (level, text, advice) = if !section.has_data() {
                silent(section)
            } else {
                match section.subject {
                    Subject::Table | Subject::Index => capacity(section, &periods),
                    Subject::Function => function(section, &throttled, &periods),
                    Subject::Queue => queues::queue(section),
                    Subject::Dlq => queues::dlq(section),
                }
            };
            let (subject, name) = (section.subject, section.name.clone());
            Finding { level, subject, name, text, advice }
        })
        .collect();
    findings.sort_by_key(|finding| finding.level);
    findings
}

type Meaning = (Level, String, Option<String>);

fn silent(section: &Section) -> Meaning {
    if let (Subject::Dlq, Some(live)) = (section.subject, section.live) {
        return queues::without_history(live.visible.saturating_add(live.in_flight));
    }
    let (text, advice) = match section.subject {
        Subject::Table => (
            "no data: no writes in this time range",
            "if writes were expected, check the name and the region",
        ),
        Subject::Index => ("no data: no writes to this index in this time range", ""),
        Subject::Function => (
            "no data: not invoked in this time range",
            "if messages are waiting, check that its event source mapping is enabled",
        ),
        Subject::Queue | Subject::Dlq => {
            ("no data: an idle queue stops reporting after about six hours", "")
        }
    };
    let level = if section.subject == Subject::Index { Level::Good } else { Level::Warn };
    (level, text.to_owned(), (!advice.is_empty()).then(|| advice.to_owned()))
}

/// Causes of throttled writes with advice, in the order in which ties are decided.
const CAUSES: [(Measure, &str, &str); 4] = [
    (
        Measure::ThrottledProvisioned,
        "WriteProvisionedThroughput",
        "raise the table's WCU, or write more slowly (lower --concurrency or --wcu in backfill, a lower --rate in dlq redrive)",
    ),
    (
        Measure::ThrottledKeyRange,
        "WriteKeyRangeThroughput",
        "a partition supports at most 1,000 WCU/s: spread the keys (shuffle sorted input), or write more slowly",
    ),
    (
        Measure::ThrottledMaxOnDemand,
        "WriteMaxOnDemandThroughput",
        "raise the on-demand maximum of write request units, or write more slowly",
    ),
    (
        Measure::ThrottledAccountLimit,
        "WriteAccountLimit",
        "request a higher account quota for write capacity, or write more slowly",
    ),
];

fn capacity(section: &Section, periods: &Periods) -> Meaning {
    let usage = usage(section);
    let throttled = total(section, Measure::Throttled);
    if throttled <= 0.0 {
        return unthrottled(section, usage, periods);
    }
    let (causes, advice) = causes(section, throttled);
    let when = section.row(Measure::Throttled).map(|row| periods.when(row)).unwrap_or_default();
    let full = usage.filter(|usage| usage.full > 0).map(|usage| {
        format!(
            "WCU at {} of provisioned for {}; ",
            percent(usage.peak),
            periods.of(usage.full, usage.known)
        )
    });
    let text = format!(
        "{}{} throttled {} ({when}), {causes}",
        full.unwrap_or_default(),
        number(throttled),
        plural(throttled, "write", "writes"),
    );
    (Level::Bad, text, Some(advice))
}

fn unthrottled(section: &Section, usage: Option<Usage>, periods: &Periods) -> Meaning {
    let peak = section.row(Measure::ConsumedWcu).and_then(|row| row.max).unwrap_or(0.0);
    match usage {
        Some(usage) if usage.full > 0 => {
            let when = periods.of(usage.full, usage.known);
            let text = format!(
                "no throttled writes, but WCU at {} of provisioned for {when}",
                percent(usage.peak)
            );
            (Level::Warn, text, Some("raise WCU before writing more".to_owned()))
        }
        Some(usage) => {
            let text = format!(
                "no throttled writes; WCU peaked at {} of provisioned",
                percent(usage.peak)
            );
            (Level::Good, text, None)
        }
        None => {
            let text = format!("no throttled writes; {} WCU/s at most", number(peak));
            (Level::Good, text, None)
        }
    }
}

/// Consumed compared with provisioned capacity.
#[derive(Debug, Clone, Copy)]
struct Usage {
    /// Highest share.
    peak: f64,
    /// Number of periods that were nearly full.
    full: usize,
    /// Number of periods in which both values are known.
    known: usize,
}

/// Compares consumption with capacity. CloudWatch reports the provisioned capacity every five
/// minutes; in between, the last value holds.
fn usage(section: &Section) -> Option<Usage> {
    let consumed = section.row(Measure::ConsumedWcu)?;
    let provisioned = section.row(Measure::ProvisionedWcu)?;
    let mut holds = provisioned.values().flatten().next().filter(|wcu| *wcu > 0.0)?;
    let mut usage = Usage { peak: 0.0, full: 0, known: 0 };
    for (consumed, provisioned) in consumed.values().zip(provisioned.values()) {
        holds = provisioned.filter(|wcu| *wcu > 0.0).unwrap_or(holds);
        let Some(consumed) = consumed else { continue };
        let share = consumed / holds;
        usage.known += 1;
        usage.peak = usage.peak.max(share);
        usage.full += usize::from(share >= NEARLY_FULL);
    }
    (usage.known > 0).then_some(usage)
}

/// Returns the causes, and advice on the most frequent one.
fn causes(section: &Section, throttled: f64) -> (String, String) {
    let mut named: Vec<(f64, &str, &str)> = CAUSES
        .iter()
        .map(|(measure, name, advice)| (total(section, *measure), *name, *advice))
        .filter(|(count, ..)| *count > 0.0)
        .collect();
    named.sort_by(|a, b| b.0.total_cmp(&a.0));
    let Some((most, name, advice)) = named.first().copied() else {
        let advice = "raise the table's write capacity, or write more slowly".to_owned();
        return ("cause not reported".to_owned(), advice);
    };
    let text = if most >= throttled {
        format!("all {name}")
    } else {
        let parts = named.iter().map(|(count, name, _)| format!("{} {name}", number(*count)));
        parts.collect::<Vec<_>>().join(", ")
    };
    (text, advice.to_owned())
}

fn function(section: &Section, throttled_writes: &[&MeasureRow], periods: &Periods) -> Meaning {
    let [invocations, errors, throttles] =
        [Measure::Invocations, Measure::Errors, Measure::Throttles].map(|m| total(section, m));
    let mut parts = Vec::new();
    let mut advice = None;
    if throttles > 0.0 {
        let when = section.row(Measure::Throttles).map(|row| periods.when(row));
        parts.push(format!(
            "throttled {} {} ({})",
            number(throttles),
            plural(throttles, "time", "times"),
            when.unwrap_or_default()
        ));
        advice = Some(
            "keep the event source mapping's maximum concurrency at or below the function's reserved concurrency: what it receives beyond that is throttled, and moves to the DLQ although it is valid",
        );
    }
    if errors > 0.0 {
        let share = if invocations > 0.0 { errors / invocations } else { 1.0 };
        let coincide =
            section.row(Measure::Errors).is_some_and(|row| coincide(row, throttled_writes));
        let with = if coincide { ", mostly while writes were throttled" } else { "" };
        parts.push(format!(
            "{} of {} {} failed ({}{with})",
            number(errors),
            number(invocations),
            plural(invocations, "invocation", "invocations"),
            percent(share)
        ));
        advice = advice.or(Some(if coincide {
            "raise the table's write capacity first"
        } else {
            "check the function's logs"
        }));
    }
    if parts.is_empty() {
        let text = format!("{} invocations, none failed, none throttled", number(invocations));
        return (Level::Good, text, None);
    }
    let level =
        if throttles > 0.0 || errors > invocations * 0.05 { Level::Bad } else { Level::Warn };
    (level, parts.join("; "), advice.map(str::to_owned))
}

/// Returns whether most errors fell into periods with throttled writes.
fn coincide(errors: &MeasureRow, throttled: &[&MeasureRow]) -> bool {
    let (mut with, mut all) = (0.0, 0.0);
    for (at, errors) in errors.values().enumerate() {
        let errors = errors.unwrap_or(0.0);
        let during = |row: &&MeasureRow| {
            row.points.get(at).and_then(|point| point.value).is_some_and(|value| value > 0.0)
        };
        all += errors;
        with += if throttled.iter().any(during) { errors } else { 0.0 };
    }
    all > 0.0 && with > all / 2.0
}

fn total(section: &Section, measure: Measure) -> f64 {
    section.row(measure).and_then(|row| row.total).unwrap_or(0.0)
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn plural(count: f64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1.0 { one } else { many }
}

/// Formats a whole number with thousands separators.
fn number(value: f64) -> String {
    grouped(&format!("{value:.0}"))
}

#[cfg(test)]
mod tests;
