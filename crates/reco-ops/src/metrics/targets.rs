//! Targets of `metrics`, derived from the configuration.

use aws_config::SdkConfig;

use crate::aws::Table;
use crate::aws::sqs::{Queue, QueueState, Sqs};
use crate::error::{Error, Kind, Result};
use crate::metrics::plan::{Live, MetricsPlan, Subject};

/// Maximum indexes shown. AWS: "Service, account, and table quotas in Amazon DynamoDB": 20 global
/// indexes per table unless raised.
const MOST_INDEXES: usize = 100;

/// Sections to show, and sections left out.
pub struct Targets {
    /// Sections to read.
    pub plans: Vec<MetricsPlan>,
    /// Omitted sections, with the reason.
    pub left_out: Vec<String>,
}

/// Configured resources, each by name, URL or ARN.
#[derive(Debug, Clone, Default)]
pub struct Configured {
    /// DynamoDB table.
    pub table: Option<String>,
    /// Lambda function.
    pub function: Option<String>,
    /// Source queue.
    pub queue: Option<String>,
    /// Dead-letter queue.
    pub dlq: Option<String>,
}

/// Finds table, indexes, function and queues. Reports which of them are not configured.
///
/// # Errors
/// Fails if nothing is configured, or if something configured does not exist.
pub async fn find(
    configured: &Configured,
    sdk: impl AsyncFn() -> Result<SdkConfig>,
) -> Result<Targets> {
    let mut targets = writers(configured, &sdk).await?;
    queues(configured, sdk, &mut targets).await?;
    if targets.plans.is_empty() {
        return Err(Error::config("no table, function or queue is configured")
            .hint("pass --table, --function, --queue or --dlq, or set them in recoctl.toml"));
    }
    Ok(targets)
}

/// Finds the resources that can be throttled: table, indexes and function.
///
/// # Errors
/// Fails if AWS cannot be set up.
pub async fn writers(
    configured: &Configured,
    sdk: impl AsyncFn() -> Result<SdkConfig>,
) -> Result<Targets> {
    let mut targets = Targets { plans: Vec::new(), left_out: Vec::new() };
    table(configured, sdk, &mut targets).await?;
    match &configured.function {
        Some(function) => targets.plans.push(MetricsPlan::function(function_name(function))),
        None => targets.missing("function", "--function"),
    }
    Ok(targets)
}

impl Targets {
    fn missing(&mut self, what: &str, flag: &str) {
        self.left_out.push(format!("{what}: not configured (pass {flag})"));
    }
}

/// Plans the table and its global indexes, which DynamoDB meters separately. Without permission to
/// describe the table, its own series are still shown.
async fn table(
    configured: &Configured,
    sdk: impl AsyncFn() -> Result<SdkConfig>,
    targets: &mut Targets,
) -> Result<()> {
    let Some(given) = &configured.table else {
        targets.missing("table", "--table");
        return Ok(());
    };
    match Table::describe(&sdk().await?, given).await {
        Ok(info) => {
            targets.plans.push(MetricsPlan::table(&info.name));
            let global: Vec<_> = info.indexes.iter().filter(|index| index.global).collect();
            let shown = global.iter().take(MOST_INDEXES);
            targets.plans.extend(shown.map(|index| MetricsPlan::index(&info.name, &index.name)));
            if let Some(more @ 1..) = global.len().checked_sub(MOST_INDEXES) {
                let words = format!("indexes of the table: {more} more than {MOST_INDEXES}");
                targets.left_out.push(words);
            }
        }
        // What does not exist has no metrics; what may not be described still has them.
        Err(error) if error.kind == Kind::Config => return Err(error),
        Err(error) => {
            targets.plans.push(MetricsPlan::table(table_name(given)));
            targets.left_out.push(format!("indexes of the table: {error}"));
        }
    }
    Ok(())
}

/// Plans the source queue and the DLQ. If only one is configured, the other is found through it; a
/// queue that does not respond still has its series.
async fn queues(
    configured: &Configured,
    sdk: impl AsyncFn() -> Result<SdkConfig>,
    targets: &mut Targets,
) -> Result<()> {
    let (source, dlq) = (configured.queue.as_deref(), configured.dlq.as_deref());
    if source.is_none() && dlq.is_none() {
        targets.missing("queues", "--queue");
        return Ok(());
    }
    let sqs = Sqs::new(&sdk().await?);
    let source = given(&sqs, source, targets).await?;
    let dlq = given(&sqs, dlq, targets).await?;
    let source = match (source, &dlq) {
        (None, Some(Found { known: Some((queue, _)), .. })) => {
            source_of(&sqs, queue, targets).await
        }
        (source, _) => source,
    };
    let dlq = match (dlq, &source) {
        (None, Some(Found { known: Some((_, state)), .. })) => dlq_of(&sqs, state, targets).await,
        (dlq, _) => dlq,
    };
    for (subject, found) in [(Subject::Queue, source), (Subject::Dlq, dlq)] {
        if let Some(found) = found {
            let live = found.known.as_ref().map(|(_, state)| live(state));
            targets.plans.push(MetricsPlan::queue(subject, &found.name, live));
        }
    }
    Ok(())
}

/// Queue by name, with its state if it responded.
struct Found {
    name: String,
    known: Option<(Queue, QueueState)>,
}

/// Finds a configured queue. One that does not exist is an error.
async fn given(sqs: &Sqs, given: Option<&str>, targets: &mut Targets) -> Result<Option<Found>> {
    let Some(given) = given else { return Ok(None) };
    match sqs.resolve(given).await {
        Err(error) if error.kind == Kind::Config => Err(error),
        found => Ok(Some(found_as(given, found, targets))),
    }
}

async fn resolved(sqs: &Sqs, given: &str, targets: &mut Targets) -> Option<Found> {
    let found = sqs.resolve(given).await;
    Some(found_as(given, found, targets))
}

fn found_as(given: &str, found: Result<(Queue, QueueState)>, targets: &mut Targets) -> Found {
    match found {
        Ok((queue, state)) => Found { name: queue.name.clone(), known: Some((queue, state)) },
        Err(error) => {
            targets.left_out.push(format!("depth of {given} right now: {error}"));
            Found { name: queue_name(given).to_owned(), known: None }
        }
    }
}

async fn source_of(sqs: &Sqs, dlq: &Queue, targets: &mut Targets) -> Option<Found> {
    match sqs.dead_letter_sources(dlq).await.as_deref() {
        Ok([only]) => return resolved(sqs, only, targets).await,
        Ok([]) => {
            targets.left_out.push(format!("source queue: no queue names {} as its DLQ", dlq.name))
        }
        Ok(many) => {
            let count = many.len();
            let name = &dlq.name;
            targets.left_out.push(format!(
                "source queue: {count} queues name {name} as their DLQ (pass --queue)"
            ));
        }
        Err(error) => targets.left_out.push(format!("source queue: {error}")),
    }
    None
}

async fn dlq_of(sqs: &Sqs, source: &QueueState, targets: &mut Targets) -> Option<Found> {
    match &source.redrive {
        Some(policy) => resolved(sqs, &policy.dead_letter_target_arn, targets).await,
        None => {
            targets.left_out.push("DLQ: the source queue has no redrive policy".to_owned());
            None
        }
    }
}

fn live(state: &QueueState) -> Live {
    Live { visible: state.visible, in_flight: state.in_flight, delayed: state.delayed }
}

/// Returns the name at the end of a URL or ARN, or the name itself.
fn queue_name(given: &str) -> &str {
    given.rsplit(['/', ':']).next().unwrap_or(given)
}

/// Returns the name in `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME`, or the name itself.
fn table_name(given: &str) -> &str {
    given.split_once(":table/").map_or(given, |(_, name)| name)
}

/// Returns the name in `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:ALIAS]`, or the name itself.
pub(crate) fn function_name(given: &str) -> &str {
    let name = given.split_once(":function:").map_or(given, |(_, name)| name);
    name.split(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_arns() {
        assert_eq!(table_name("recs"), "recs");
        assert_eq!(table_name("arn:aws:dynamodb:us-east-1:1:table/recs"), "recs");
        assert_eq!(queue_name("https://sqs.us-east-1.amazonaws.com/1/recs"), "recs");
        assert_eq!(queue_name("arn:aws:sqs:us-east-1:1:recs"), "recs");
        assert_eq!(function_name("writer"), "writer");
        assert_eq!(function_name("arn:aws:lambda:us-east-1:1:function:writer:live"), "writer");
    }
}
