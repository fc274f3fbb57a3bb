//! Metrics: CloudWatch data on the table, function and queues, and its interpretation.

pub mod meaning;
pub mod plan;
pub mod report;
pub mod span;
pub mod targets;

use crate::aws::{Cloudwatch, SeriesQuery, Span};
use crate::error::{Error, Result};

use self::plan::{MetricsPlan, Subject};
use self::report::{MeasureRow, Section};

/// Reads all planned series.
///
/// # Errors
/// Fails if a call to CloudWatch fails.
pub async fn read(
    cloudwatch: &Cloudwatch,
    plans: Vec<MetricsPlan>,
    span: &Span,
) -> Result<Vec<Section>> {
    let queries: Vec<SeriesQuery> = plans.iter().flat_map(MetricsPlan::queries).collect();
    let mut series = cloudwatch.read(&queries, span).await?.into_iter();
    let sections = plans.into_iter().map(|plan| {
        let rows: Vec<MeasureRow> = plan
            .measures()
            .iter()
            .zip(series.by_ref())
            .map(|(measure, series)| MeasureRow::new(*measure, &series, span))
            .collect();
        Section::new(plan.subject, plan.name, plan.live, rows)
    });
    Ok(sections.collect())
}

/// Time range searched for any sign of a function: as long as CloudWatch lists a metric without
/// data. AWS: `ListMetrics` API: "metrics that have not had data in the past two weeks are not
/// listed".
const MEMORY_S: i64 = 14 * 24 * 3600;
const HOUR: i32 = 3600;

/// Checks that functions without any data exist, as far as CloudWatch can tell. Lambda itself is
/// not called, so that reading metrics needs no Lambda permissions.
///
/// # Errors
/// Fails if a function had no metric in two weeks, or if a call to CloudWatch fails.
pub async fn check_functions(
    cloudwatch: &Cloudwatch,
    sections: &[Section],
    span: &Span,
) -> Result<()> {
    let silent = |section: &&Section| {
        let no_data = |row: &MeasureRow| row.max.is_none() && row.incomplete.is_none();
        section.subject == Subject::Function && section.rows.iter().all(no_data)
    };
    let hour = i64::from(HOUR);
    let end = span.end.div_euclid(hour) * hour + hour;
    let memory = Span { start: end - MEMORY_S, end, period: HOUR };
    for section in sections.iter().filter(silent) {
        let name = &section.name;
        let queries: Vec<SeriesQuery> = MetricsPlan::function(name).queries().collect();
        let series = cloudwatch.read(&queries, &memory).await?;
        if series.iter().all(|series| series.points.is_empty() && series.incomplete.is_none()) {
            let what = format!("no metric of a function named {name} has been seen in two weeks");
            return Err(Error::config(what)
                .cause("it does not exist in this account and region, or was not invoked since")
                .hint("check --function, --region and --profile; leave --function out to see the rest"));
        }
    }
    Ok(())
}
