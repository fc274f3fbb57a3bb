//! Batch handler: one facts lookup and one write pass for the whole batch, then a list of exactly
//! the messages to retry.

use std::collections::HashSet;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use reco_core::facts::{FactSet, Facts, FactsError, FactsStage};
use reco_core::item::Schema;
use reco_core::policy::Policy;
use reco_core::{Id, Recommendation};
use reco_store::facts::FactsSource;
use reco_store::retry::Stop;
use reco_store::writer::Writer;
use tokio::time::Instant;

use crate::intake::{Incoming, intake};
use crate::plan::{WritePlan, entries_in};
use crate::report::{FailureReason, HandlerReport};

/// State of the handler for the lifetime of the function's environment.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// Source of facts.
    pub facts: FactsSource,
    /// Filter policy.
    pub policy: Policy,
    /// Writer, with the table and its item layout.
    pub writer: Writer,
}

/// Result of handling a batch.
#[derive(Debug, Clone)]
pub struct Handled {
    /// The messages to retry (AWS: `ReportBatchItemFailures`). An empty list is success.
    pub response: SqsBatchResponse,
    /// Counts of the batch.
    pub report: HandlerReport,
}

/// Reason to fail a whole batch, so that the event source mapping returns all of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandlerError {
    /// Without an id, a failure of this record could not be reported, and a response with an empty
    /// identifier fails the whole batch anyway. So it fails before anything is written.
    #[error("record {index} of the batch has no message id; the whole batch is returned for retry")]
    MissingMessageId {
        /// The record's index, from 0.
        index: usize,
    },
}

/// Handles a batch. No write starts after `deadline`, and no call runs past it.
///
/// A message is returned for retry if it does not decode, if any of its entries is bad or does not
/// fit the table (the good ones are still written), or if a list of one of its users could not be
/// written in time. Entries that the filter empties count as success.
///
/// # Errors
/// [`HandlerError`] if the whole batch must fail.
pub async fn handle(
    pipeline: &Pipeline,
    event: SqsEvent,
    deadline: Instant,
) -> Result<Handled, HandlerError> {
    let incoming = intake(event)?;
    let mut report = HandlerReport {
        messages: incoming.len() as u64,
        entries: incoming.iter().map(|message| entries_in(&message.decoded)).sum(),
        facts: pipeline.facts.kind(),
        ..HandlerReport::default()
    };
    let remembered = || pipeline.facts.cache_stats().unwrap_or_default().hits;
    let (begun, before) = (Instant::now(), remembered());
    let facts = lookup(pipeline, &incoming, deadline).await;
    report.facts_cached = remembered() - before;
    report.facts_ms = milliseconds_since(begun);
    match facts {
        Ok(facts) => write(pipeline, incoming, &facts, deadline, &mut report).await,
        Err(error) => {
            report.facts_error = Some(error.to_string());
            report.facts_stage = Some(error.stage.name());
            report.unprocessed = report.entries;
            for message in &incoming {
                report.fail(&message.id, message.attempt, FailureReason::NoFacts);
            }
        }
    }
    assert_eq!(report.accounted(), report.entries, "every entry has exactly one outcome");
    let mut response = SqsBatchResponse::default();
    response.set_failures(report.failures.iter().map(|failure| &failure.message_id));
    Ok(Handled { response, report })
}

/// Looks up all users and articles of the batch at once.
async fn lookup(
    pipeline: &Pipeline,
    incoming: &[Incoming],
    deadline: Instant,
) -> Result<FactSet, FactsError> {
    let decoded = incoming.iter().filter_map(|message| message.decoded.as_ref().ok());
    let entries = decoded.flat_map(|decoded| &decoded.entries);
    let lists: Vec<&Recommendation> = entries.map(|entry| &entry.recommendation).collect();
    if lists.is_empty() || !pipeline.policy.rules.need_facts() {
        return Ok(FactSet::Unavailable);
    }
    let answer = tokio::time::timeout_at(deadline, pipeline.facts.for_lists(&lists)).await;
    answer.unwrap_or_else(|_| {
        let reason = "no response before the function's deadline".to_owned();
        Err(FactsError { stage: FactsStage::Timeout, reason })
    })
}

async fn write(
    pipeline: &Pipeline,
    incoming: Vec<Incoming>,
    facts: &FactSet,
    deadline: Instant,
    report: &mut HandlerReport,
) {
    let Pipeline { policy, writer, .. } = pipeline;
    let decoded = incoming.iter().filter_map(|message| message.decoded.as_ref().ok());
    let users = decoded.flat_map(|d| &d.entries).map(|entry| &entry.recommendation.user);
    let schema = match layout(writer, users, deadline).await {
        Ok(schema) => schema,
        Err(error) => {
            report.write_error = Some(error);
            report.unprocessed = report.entries;
            for message in &incoming {
                report.fail(&message.id, message.attempt, FailureReason::NoLayout);
            }
            return;
        }
    };
    let mut plan = WritePlan::make(incoming, facts, policy, schema, report);
    let begun = Instant::now();
    let written = writer.write_all(std::mem::take(&mut plan.items), &Stop::at(deadline)).await;
    report.write_ms = milliseconds_since(begun);
    report.count_writes(&written);
    let left: HashSet<Id> = written.left.into_iter().map(|item| item.recommendation.user).collect();
    let refused = written.refused.into_iter().map(|(user, why)| (user, why.to_string())).collect();
    plan.settle(&left, &refused, report);
}

/// Returns the item layout; in a shared table, its list type follows the existing lists of these
/// users.
async fn layout<'w>(
    writer: &'w Writer,
    users: impl Iterator<Item = &Id>,
    deadline: Instant,
) -> Result<&'w Schema, String> {
    match tokio::time::timeout_at(deadline, writer.layout().for_users(users)).await {
        Ok(schema) => schema.map_err(|error| error.to_string()),
        Err(_) => Err("the table's lists were not read before the function's deadline".to_owned()),
    }
}

fn milliseconds_since(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
}
