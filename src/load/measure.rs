//! Reads the measurements of a run from CloudWatch, the queues and the producer.

use std::time::Duration;

use reco_sandbox::Sandbox;
use reco_sandbox::feed::Fed;
use reco_sandbox::seed::{DLQ, FUNCTION, QUEUE, TABLE};

use super::numbers::{LoadMeasures, LoadParameters, float};
use reco_ops::aws::{Cloudwatch, Series, SeriesQuery, Span, Statistic};
use reco_ops::error::Result;
use reco_ops::metrics::plan::{Measure, MetricsPlan, Subject};
use reco_ops::metrics::read;
use reco_ops::metrics::report::{MeasureRow, Section};

/// The function's own metrics, in addition to Lambda's.
const OWN: [Measure; 4] =
    [Measure::FactsMean, Measure::WriteMean, Measure::Written, Measure::Returned];
/// Metrics summed over the whole run: namespace and name.
const WHOLE: [(&str, &str); 4] = [
    ("AWS/Lambda", "Duration"),
    ("Reco/Writer", "FactsLatency"),
    ("Reco/Writer", "WriteLatency"),
    ("Reco/Writer", "EntriesSkipped"),
];

/// Finished run.
pub struct FinishedRun<'a> {
    pub sandbox: &'a Sandbox,
    pub fed: &'a Fed,
    pub elapsed: Duration,
    pub start: i64,
    pub end: i64,
    pub machine_busy: Option<f64>,
}

impl FinishedRun<'_> {
    /// Returns the curves and the totals.
    pub async fn read(&self, asked: &LoadParameters) -> Result<(Vec<Section>, LoadMeasures)> {
        let cloudwatch = Cloudwatch::new(&self.sandbox.sdk_config());
        let span = Span { start: self.start, end: self.end, period: 1 };
        let plans = vec![
            MetricsPlan::queue(Subject::Queue, QUEUE, None),
            MetricsPlan::function(FUNCTION),
            MetricsPlan::table(TABLE),
            MetricsPlan::queue(Subject::Dlq, DLQ, None),
        ];
        let mut sections = read(&cloudwatch, plans, &span).await?;
        let own: Vec<SeriesQuery> = OWN.iter().map(|measure| own(*measure)).collect();
        let own = cloudwatch.read(&own, &span).await?;
        for section in &mut sections {
            if section.subject == Subject::Function {
                let rows = OWN
                    .iter()
                    .zip(&own)
                    .map(|(measure, series)| MeasureRow::new(*measure, series, &span));
                let rows: Vec<MeasureRow> = section.rows.drain(..).chain(rows).collect();
                *section = Section::new(Subject::Function, FUNCTION.to_owned(), None, rows);
            }
            // Omits rows for problems that did not occur and for metrics that the sandbox lacks.
            let seen = |row: &MeasureRow| {
                row.max.is_some_and(|max| max > 0.0 || !row.measure.is_trouble())
            };
            section.rows.retain(seen);
        }
        sections.retain(|section| section.subject != Subject::Dlq || holds_any(section));
        let whole: Vec<SeriesQuery> =
            WHOLE.iter().map(|(space, metric)| sum(space, metric)).collect();
        let whole = cloudwatch.read(&whole, &span).await?;
        let measured = self.measured(asked, &sections, &whole);
        Ok((sections, measured))
    }

    fn measured(
        &self,
        asked: &LoadParameters,
        sections: &[Section],
        whole: &[Series],
    ) -> LoadMeasures {
        let row = |subject: Subject, measure: Measure| {
            sections.iter().find(|section| section.subject == subject)?.row(measure)
        };
        let total = |subject, measure| row(subject, measure).and_then(|row| row.total);
        let count = |subject, measure| whole_number(total(subject, measure).unwrap_or_default());
        let sum =
            |at: usize| whole.get(at).map_or(0.0, |series| series.points.values().sum::<f64>());
        let invocations = count(Subject::Function, Measure::Invocations);
        let mean = |sum: f64| if invocations > 0 { sum / float(invocations) } else { 0.0 };
        let slots = self.elapsed.as_secs_f64() * 1e3 * float(asked.concurrency);
        let [source, dlq] = self.sandbox.depths();
        let held = |depth: Option<reco_sandbox::sqs::QueueDepth>| {
            depth.map_or(0, |depth| (depth.visible + depth.in_flight) as u64)
        };
        LoadMeasures {
            elapsed_s: thousandths(self.elapsed.as_secs_f64()),
            sending_s: thousandths(self.fed.took.as_secs_f64()),
            sent: self.fed.users,
            written: count(Subject::Function, Measure::Written),
            skipped: whole_number(sum(3)),
            returned: count(Subject::Function, Measure::Returned),
            dead: held(dlq),
            left: held(source),
            backlog_max: row(Subject::Queue, Measure::Visible)
                .and_then(|row| row.max)
                .map_or(0, whole_number),
            invocations,
            errors: count(Subject::Function, Measure::Errors),
            duration_ms: thousandths(mean(sum(0))),
            facts_ms: thousandths(mean(sum(1))),
            write_ms: thousandths(mean(sum(2))),
            slots_busy: thousandths((sum(0) / slots).min(1.0)),
            wcu: total(Subject::Table, Measure::ConsumedWcu).unwrap_or_default(),
            throttled: count(Subject::Table, Measure::Throttled),
            machine_busy: self.machine_busy.map(thousandths),
        }
    }
}

fn own(measure: Measure) -> SeriesQuery {
    let (metric, statistic) = measure.metric();
    SeriesQuery { statistic, ..sum("Reco/Writer", metric) }
}

fn sum(namespace: &'static str, metric: &'static str) -> SeriesQuery {
    let dimensions = vec![("FunctionName", FUNCTION.to_owned())];
    SeriesQuery { namespace, metric, dimensions, statistic: Statistic::Sum }
}

/// Returns whether the DLQ ever held messages; an empty one is not worth a line.
fn holds_any(section: &Section) -> bool {
    section.row(Measure::Visible).and_then(|row| row.max).is_some_and(|max| max > 0.0)
}

fn thousandths(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts, never negative"
)]
fn whole_number(value: f64) -> u64 {
    value.round().max(0.0) as u64
}
