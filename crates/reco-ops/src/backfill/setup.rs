//! Setup of a backfill: how lines are filtered and written, and where the run starts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use reco_core::concurrency::Concurrency;
use reco_core::item::ItemDescription;
use reco_core::policy::Policy;
use reco_core::shard::Shard;
use reco_store::facts::FactsSource;
use reco_store::reader::Reader;

use super::plan::PlanOptions;
use super::start::{self, Reliability, RunTarget, Start};
use super::target::Target;
use super::writing::Writing;
use super::{Backfill, Mapping, Preparer, RETRY, WriteOptions};
use crate::aws::Table;
use crate::error::Result;
use crate::event::Control;
use crate::files::input::Source;
use crate::journal::HomeOptions;

/// Options of a backfill.
#[derive(Debug, Clone)]
pub struct BackfillOptions {
    /// Reads, filters and counts without writing.
    pub dry_run: bool,
    /// Batches in flight.
    pub concurrency: Concurrency,
    /// Shard of the input to process.
    pub shard: Option<Shard>,
    /// The `--map` expression, as given.
    pub map: Option<String>,
    /// Path of the new rejects file.
    pub rejects: Option<PathBuf>,
    /// Checkpoints, limits and verification.
    pub reliability: Reliability,
    /// Write options.
    pub writing: Writing,
}

/// Resources of a backfill.
pub struct BackfillParts {
    /// Policy of the filter.
    pub policy: Policy,
    /// Item description from policy and configuration.
    pub item: ItemDescription,
    /// Source of the facts; for a queue, used only to predict what the Lambda's filter keeps.
    pub facts: FactsSource,
    /// Destination of the items.
    pub target: Target,
    /// Compiled `--map` expression.
    pub mapping: Option<Mapping>,
    /// Options for the state directory that holds checkpoints.
    pub home: HomeOptions,
    /// Event sink and cancellation.
    pub control: Control,
}

/// Backfill, with the reader for its verification.
pub struct BackfillJob {
    /// Backfill that is ready to run.
    pub backfill: Backfill,
    /// Reader of the table; `None` without a table.
    pub reader: Option<Reader>,
}

/// Sets up a backfill without writing to the table or the queue.
///
/// # Errors
/// Fails if the table's layout does not fit, files cannot be created, or a run cannot be resumed.
pub async fn set_up(
    parts: BackfillParts,
    options: &BackfillOptions,
    sources: Vec<Source>,
) -> Result<BackfillJob> {
    let BackfillParts { policy, item, facts, mut target, mapping, home, control } = parts;
    let (reliability, writing) = (&options.reliability, &options.writing);
    let mut schema =
        target.table().map_or_else(|| item.assumed_schema(), |table| table.schema.clone());
    let only_newer = policy.writes.only_newer;
    let writes = !options.dry_run;
    let (events, table) = (&control.events, target.table_mut());
    let mut write_options =
        writing.write_options(events, table, &mut schema, only_newer, writes).await?;
    let (times, route, shard) = (writing.times(), target.route(), options.shard);
    let mut preparer =
        Preparer { facts, policy, schema, layout: None, times, route, shard, mapping };
    // The Lambda filters what is sent to it: without facts, it is unknown whether it keeps the
    // later of two lists.
    let unforeseen = preparer.facts.is_none() && preparer.policy.rules.need_facts();
    write_options.order.keep_all = target.is_queue() && unforeseen;
    let target_of_run = RunTarget {
        arn: target.identity().filter(|_| !options.dry_run),
        table_id: target.table_id(),
        list_type: &write_options.list_type,
    };
    let (settings, rejects) = (settings(options, &target), options.rejects.as_deref());
    let place = (&home, events);
    let Start { resumed, saver, rejects, began, list_type } =
        start::start(place, reliability, &sources, &preparer, target_of_run, settings, rejects)?;
    let table = target.table_mut().map(|table| &mut table.schema);
    for schema in table.into_iter().chain([&mut preparer.schema]) {
        writing.expire_from(schema, began);
        if let Some(list_type) = &list_type {
            schema.list_type = list_type.list_type;
        }
    }
    write_options.list_type = list_type.unwrap_or(write_options.list_type);
    preparer.layout = target.table().map(Table::layout);
    let newest = write_options.order.newest;
    let reader = target.table().map(|table| table.reader(RETRY, reliability.rcu));
    // An item of the same time was not replaced and has the attributes of the run that wrote it.
    let reader = reader.map(|reader| if newest { reader.guarded() } else { reader });
    let table = target.table().map(|table| table.info.name.clone());
    let plan = plan(target.table(), reliability, &write_options);
    let sink = target.into_sink(&preparer.schema, &sources, &write_options, options.dry_run)?;
    let backfill = Backfill {
        sources,
        preparer: Arc::new(preparer),
        table,
        sink,
        write_options,
        rejects,
        concurrency: options.concurrency,
        cancel: control.cancel,
        resumed,
        saver,
        max_rejects: reliability.max_rejects,
        plan,
    };
    Ok(BackfillJob { backfill, reader })
}

/// Returns the settings that affect what is written; a resumed run must have the same.
fn settings(options: &BackfillOptions, target: &Target) -> BTreeMap<String, String> {
    let mut settings = options.writing.settings();
    let shard = options.shard.map(|shard| ("shard".to_owned(), shard.to_string()));
    let via = target.is_queue().then(|| ("via".to_owned(), "queue".to_owned()));
    let map = options.map.clone().map(|map| ("--map".to_owned(), map));
    settings.extend(shard.into_iter().chain(via).chain(map));
    settings
}

fn plan(
    table: Option<&Table>,
    reliability: &Reliability,
    write_options: &WriteOptions,
) -> PlanOptions {
    let mut budgets = write_options.budgets;
    if let Some(table) = table {
        let limit = |dated| table.info.capacity_of(&table.schema, dated).limit();
        budgets.undated.start = budgets.undated.start.or_else(|| limit(false));
        budgets.dated.start = budgets.dated.start.or_else(|| limit(true));
    }
    PlanOptions {
        budgets: Some(budgets),
        price_per_million_wru: reliability.price_per_million_wru,
        indexes: table.map_or(0, |table| table.info.indexes.len()),
    }
}
