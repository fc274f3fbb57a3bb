//! `recoctl metrics`: throttling, capacity and queue depth over time, with an interpretation.

use clap::Args;
use jiff::Timestamp;
use reco_core::outcome::Outcome;

use crate::context::Context;
use crate::flags::seconds;
use reco_ops::aws::Cloudwatch;
use reco_ops::error::Result;
use reco_ops::metrics::meaning::meaning;
use reco_ops::metrics::report::MetricsReport;
use reco_ops::metrics::{check_functions, read, span, targets};

/// Arguments of `recoctl metrics`.
#[derive(Debug, Args)]
pub struct MetricsArgs {
    /// Time range to look back, e.g. 90m, 6h, 7d
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = seconds)]
    pub since: i64,
    /// Length of a period, e.g. 1m, 5m, 1h [default: the finest that suits the time range]
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    pub period: Option<i64>,
}

/// Runs the command.
///
/// # Errors
/// Fails if the time range is not available, nothing is configured, or CloudWatch does not respond.
pub async fn run(context: &Context, args: MetricsArgs) -> Result<Outcome> {
    let span = span::span(Timestamp::now().as_second(), args.since, args.period)?;
    let targets::Targets { plans, left_out } =
        targets::find(&context.measured(), async || context.sdk().await.cloned()).await?;
    let cloudwatch = Cloudwatch::new(context.sdk().await?);
    let sections = read(&cloudwatch, plans, &span).await?;
    check_functions(&cloudwatch, &sections, &span).await?;
    let report = MetricsReport {
        start: span.start,
        end: span.end,
        period_s: span.period,
        findings: meaning(&sections, span.period),
        sections,
        left_out,
    };
    context.ui.report(&report)
}
