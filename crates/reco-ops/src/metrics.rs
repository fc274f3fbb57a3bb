//! Metrics: what CloudWatch knows of table, function and queues, and what it means.

pub mod meaning;
pub mod plan;
pub mod report;
pub mod span;
pub mod targets;

use crate::aws::{Cloudwatch, Query, Span};
use crate::error::Result;

use self::plan::Plan;
use self::report::{Row, Section};

/// Reads everything that is planned.
///
/// # Errors
/// In the service's own words.
pub async fn read(cloudwatch: &Cloudwatch, plans: Vec<Plan>, span: &Span) -> Result<Vec<Section>> {
    let queries: Vec<Query> = plans.iter().flat_map(Plan::queries).collect();
    let mut series = cloudwatch.read(&queries, span).await?.into_iter();
    let sections = plans.into_iter().map(|plan| {
        let rows: Vec<Row> = plan
            .measures()
            .iter()
            .zip(series.by_ref())
            .map(|(measure, series)| Row::new(*measure, &series, span))
            .collect();
        Section::new(plan.subject, plan.name, plan.live, rows)
    });
    Ok(sections.collect())
}
