//! Setup of a backfill: how lines are filtered and written, and where the run starts.

use std::collections::BTreeMap;
use std::hash::RandomState;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reco_core::concurrency::Concurrency;
use reco_core::item::ItemDescription;
use reco_core::policy::Policy;
use reco_core::shard::Shard;
use reco_store::facts::FactsSource;
use reco_store::reader::Reader;
use reco_store::writer::Replacing;

use super::foresight::{Drawn, Foresight};
use super::former::{ChosenEntries, FormerIndex, choose, has_export};
use super::plan::PlanOptions;
use super::replace::Replace;
use super::report::{CompareReport, ReplaceReport};
use super::start::{self, Reliability, RunTarget, Start};
use super::target::Target;
use super::verify::Scope;
use super::verify::sample::draw;
use super::writing::Writing;
use super::{Backfill, EntryRoute, Mapping, Preparer, RETRY, Times, WriteOptions};
use crate::aws::Table;
use crate::error::{Error, Kind, Result};
use crate::event::Control;
use crate::files::input::{self, Source};
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
    /// Which items may be replaced; `None` for all.
    pub replace: Option<Replace>,
    /// Users of a dry run whose items are compared with the table.
    pub compare: Option<Scope>,
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
    if let Some(replace) = &options.replace {
        check_replace(replace, options, &target)?;
    }
    let (reliability, writing) = (&options.reliability, &options.writing);
    let mut schema =
        target.table().map_or_else(|| item.assumed_schema(), |table| table.schema.clone());
    let only_newer = policy.writes.only_newer;
    if let (true, Some(replace)) = (only_newer, &options.replace) {
        let flag = replace.flag();
        control.events.status(format!(
            "writes.only_newer of the policy does not apply: {flag} decides which lists are replaced"
        ));
    }
    let guarded = only_newer && options.replace.is_none();
    let writes = !options.dry_run;
    let (events, table) = (&control.events, target.table_mut());
    let mut write_options =
        writing.write_options(events, table, &mut schema, guarded, writes).await?;
    let (times, route, shard) = (writing.times(), target.route(), options.shard);
    let preparer = Preparer { facts, policy, schema, layout: None, times, route, shard, mapping };
    // The Lambda filters what is sent to it: without facts, it is unknown whether it keeps the
    // later of two lists.
    let unforeseen = preparer.facts.is_none() && preparer.policy.rules.need_facts();
    write_options.order.keep_all = target.is_queue() && unforeseen;
    let condition = Condition::prepare(options, target.table(), &preparer, &control).await?;
    let preparer_of_run = Arc::new(preparer);
    // Where all lists are kept, the Lambda chooses.
    let chosen = match write_options.order.keep_all {
        true => None,
        false => chosen(&sources, options, &preparer_of_run, (&control, only_newer)).await?,
    };
    let foresight = match target.table() {
        Some(table) if options.dry_run => {
            let what = (&write_options, &sources[..], &preparer_of_run);
            foresight(table, options, what, &condition, &control).await?
        }
        _ => None,
    };
    let mut preparer = Arc::into_inner(preparer_of_run)
        .ok_or_else(|| Error::new(Kind::Internal, "the preparer of the run is still in use"))?;
    let target_of_run = RunTarget {
        arn: target.identity().filter(|_| !options.dry_run),
        table_id: target.table_id(),
        list_type: &write_options.list_type,
    };
    let by = match options.dry_run {
        true => control.signer.unsigned(),
        false => control.signer.sign(events).await,
    };
    let (settings, rejects) = (settings(options, &target)?, options.rejects.as_deref());
    let place = (&home, events, &by);
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
    let compare = foresight.as_ref().map(|_| CompareReport {
        sample: match options.compare {
            Some(Scope::Sample(users)) => Some(users),
            _ => None,
        },
        ..CompareReport::default()
    });
    let Condition { replacing, formers, report: replaced } = condition;
    let how = (options.dry_run, replacing, foresight);
    let sink = target.into_sink(&preparer.schema, &sources, &write_options, how)?;
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
        chosen,
        formers,
        replaced,
        compare,
        by,
    };
    Ok(BackfillJob { backfill, reader })
}

/// Returns the settings that affect what is written; a resumed run must have the same.
fn settings(options: &BackfillOptions, target: &Target) -> Result<BTreeMap<String, String>> {
    let mut settings = options.writing.settings();
    let shard = options.shard.map(|shard| ("shard".to_owned(), shard.to_string()));
    let via = target.is_queue().then(|| ("via".to_owned(), "queue".to_owned()));
    let map = options.map.clone().map(|map| ("--map".to_owned(), map));
    let replace = options.replace.as_ref().map(Replace::setting).transpose()?;
    settings.extend(shard.into_iter().chain(via).chain(map).chain(replace));
    Ok(settings)
}

/// Checks that conditional writes are possible at all.
fn check_replace(replace: &Replace, options: &BackfillOptions, target: &Target) -> Result<()> {
    let flag = replace.flag();
    let usage = |message: String| Err(Error::new(Kind::Usage, message));
    if matches!(options.compare, Some(Scope::Sample(_))) {
        return usage(format!("a dry run with {flag} compares every user: pass --compare all"));
    }
    match target {
        Target::Table(Some(_)) => Ok(()),
        Target::Table(None) => usage(format!("{flag} needs a table")),
        Target::Files(..) | Target::Queue(_) => usage(format!(
            "{flag} works only with a backfill straight into the table: the condition is checked by each write"
        )),
    }
}

/// Condition of the writes of a run.
#[derive(Default)]
struct Condition {
    replacing: Option<Replacing>,
    formers: Option<Arc<FormerIndex>>,
    report: Option<ReplaceReport>,
}

impl Condition {
    async fn prepare(
        options: &BackfillOptions,
        table: Option<&Table>,
        of_run: &Preparer,
        control: &Control,
    ) -> Result<Self> {
        let (Some(replace), Some(table)) = (&options.replace, table) else {
            return Ok(Condition::default());
        };
        // The earlier input states its own times, if any.
        let (times, route) = (Times::default(), EntryRoute::Table);
        let preparer = Preparer { layout: None, times, route, ..of_run.clone() };
        let (replacing, formers) = replace.prepare(table, preparer, control).await?;
        let report = match (replace, &formers) {
            (Replace::WrittenBetween { from, to }, _) => {
                Some(ReplaceReport::WrittenBetween { from: *from, to: *to })
            }
            (Replace::WhereTableHolds(_), Some(index)) => {
                let FormerIndex { name: file, lists, unread, .. } = &**index;
                let (file, lists, unread) = (file.clone(), *lists, *unread);
                Some(ReplaceReport::WhereTableHolds { file, lists, unread })
            }
            (Replace::WhereTableHolds(_), None) => None,
        };
        Ok(Condition { replacing: Some(replacing), formers, report })
    }
}

/// Determines the entry that counts of each user with several, if the run cannot write one after the
/// other, or if the inputs are in no order.
async fn chosen(
    sources: &[Source],
    options: &BackfillOptions,
    preparer: &Arc<Preparer>,
    (control, newest): (&Control, bool),
) -> Result<Option<Arc<ChosenEntries>>> {
    let Some(paths) = paths_of(sources) else { return Ok(None) };
    let newest = newest || options.writing.if_newer;
    if options.replace.is_none() && !has_export(&paths).await {
        return Ok(None);
    }
    choose(&paths, preparer, newest, control).await.map(Some)
}

/// Returns the paths of the sources; `None` if one is a pipe.
fn paths_of(sources: &[Source]) -> Option<Vec<PathBuf>> {
    sources.iter().map(|source| source.path().map(Path::to_owned)).collect()
}

/// Sets up the comparison of a dry run with the table.
async fn foresight(
    table: &Table,
    options: &BackfillOptions,
    (write_options, sources, preparer): (&WriteOptions, &[Source], &Arc<Preparer>),
    condition: &Condition,
    control: &Control,
) -> Result<Option<Foresight>> {
    if options.compare.is_none() && options.replace.is_none() {
        return Ok(None);
    }
    let newest = write_options.order.newest;
    let reader = table.reader(RETRY, options.reliability.rcu);
    let reader = if newest { reader.guarded() } else { reader };
    let sample = match options.compare {
        Some(Scope::Sample(users)) => {
            let paths = paths_of(sources).ok_or_else(|| {
                Error::new(Kind::Usage, "a sample cannot be drawn from a pipe")
                    .hint("pass --compare all, or save the input to a file first")
            })?;
            let hasher = Arc::new(RandomState::new());
            let again = input::check(&paths).await?;
            let drawing = draw(again, users, Arc::clone(&hasher), (preparer, &control.cancel));
            Some(Drawn { hasher, last: drawing.await?.last })
        }
        _ => None,
    };
    let replacing = condition.replacing.clone();
    Ok(Some(Foresight { reader, replacing, sample }))
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
