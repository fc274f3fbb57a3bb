//! Before a backfill begins: where it goes, by which rules, and from where on.

use std::sync::Arc;

use reco_core::item::ItemDescription;
use reco_store::facts::FactsSource;
use reco_store::reader::Reader;
use reco_store::writer::{Pace, Writer, WriterOptions};

use super::machines::ViaQueue;
use super::trust::{self, RunTarget, Start};
use super::{BackfillArgs, RETRY};
use crate::commands::facts::FactsArgs;
use crate::config::Key;
use crate::context::Context;
use reco_ops::aws::Table;
use reco_ops::backfill::plan::PlanOptions;
use reco_ops::backfill::sink::emit::EmitSink;
use reco_ops::backfill::{Backfill, Preparer, Route, Sink, WriteOptions};
use reco_ops::error::Result;
use reco_ops::files::input::Source;

/// A backfill, and what reads it back.
pub(super) struct Job {
    pub(super) backfill: Backfill,
    pub(super) reader: Option<Reader>,
}

/// Sets a backfill up. Nothing is written to the table or the queue.
///
/// # Errors
/// When the table, the queue, the facts or the policy cannot be had, or a run cannot be resumed.
pub(super) async fn job(
    context: &Context,
    args: &BackfillArgs,
    sources: Vec<Source>,
) -> Result<Job> {
    let policy = context.policy().await?;
    let item = context.item_with(&policy, args.writing.list_type)?;
    let mut target = Target::find(context, args, &item).await?;
    let table = target.table.as_ref();
    let mut schema = table.map_or_else(|| item.assumed_schema(), |table| table.schema.clone());
    let only_newer = policy.writes.only_newer;
    let writes = !args.dry_run && !args.machines.emits();
    let table = target.table.as_mut();
    let mut write_options =
        args.writing.write_options(context, table, &mut schema, only_newer, writes).await?;
    let mut preparer = Preparer {
        facts: target.facts.take().unwrap_or(FactsSource::NONE),
        policy,
        schema,
        layout: None,
        times: args.writing.times(),
        route: target.route(args),
        shard: args.machines.shard,
        mapping: super::mapping(context, args.map.as_deref()).await?,
    };
    // The Lambda judges what is sent to it: without facts, of two lists the later may come to nothing.
    let unforeseen = preparer.facts.is_none() && preparer.policy.rules.need_facts();
    write_options.order.keep_all = target.queue.is_some() && unforeseen;
    let mut settings = args.writing.settings();
    settings.extend(args.machines.settings());
    settings.extend(args.map.as_ref().map(|map| ("--map".to_owned(), map.clone())));
    let target_of_run = RunTarget {
        arn: target.identity(args),
        table_id: target.table_id(args),
        list_type: &write_options.list_type,
    };
    let rejects = args.rejects.as_deref();
    let Start { resumed, saver, rejects, began, list_type } =
        trust::start(context, &args.trust, &sources, &preparer, target_of_run, settings, rejects)?;
    let table = target.table.iter_mut().map(|table| &mut table.schema);
    for schema in table.chain([&mut preparer.schema]) {
        args.writing.expire_from(schema, began);
        if let Some(list_type) = &list_type {
            schema.list_type = list_type.list_type;
        }
    }
    write_options.list_type = list_type.unwrap_or(write_options.list_type);
    preparer.layout = target.table.as_ref().map(Table::layout);
    let files = args.machines.files(&preparer.schema, &sources, write_options.order.newest)?;
    let plan = target.plan(args, &write_options);
    let reader = target.table.as_ref().map(|table| table.reader(RETRY, args.trust.rcu));
    // An item of the same time stays as it was, with the attributes of the run that wrote it.
    let reader = reader.map(|r| if write_options.order.newest { r.guarded() } else { r });
    let backfill = Backfill {
        sources,
        preparer: Arc::new(preparer),
        table: target.table.as_ref().map(|table| table.info.name.clone()),
        sink: target.sink(args, files, &write_options),
        write_options,
        rejects,
        concurrency: usize::from(args.concurrency),
        cancel: context.cancel.clone(),
        resumed,
        saver,
        max_rejects: args.trust.max_rejects,
        plan,
    };
    Ok(Job { backfill, reader })
}

/// Where items go, and what is known of their users.
struct Target {
    queue: Option<ViaQueue>,
    /// Where the Lambda has its own, those that recoctl has to foresee by; none if it has none.
    facts: Option<FactsSource>,
    table: Option<Table>,
}

impl Target {
    async fn find(context: &Context, args: &BackfillArgs, item: &ItemDescription) -> Result<Self> {
        if let Some(queue) = args.machines.queue(context, args.dry_run).await? {
            let facts = foresight(context, &args.facts).await;
            return Ok(Target { queue: Some(queue), facts, table: None });
        }
        let facts = Some(args.facts.open(context).await?);
        let tableless = args.dry_run || args.machines.emits();
        Ok(Target { queue: None, facts, table: table(context, tableless, item).await? })
    }

    fn route(&self, args: &BackfillArgs) -> Route {
        match &self.queue {
            Some(queue) => Route::Queue(queue.limits),
            None if args.machines.emits() => Route::Files,
            None => Route::Table,
        }
    }

    /// Returns the target that a resumed run must have, too; `None` if runs cannot be resumed.
    fn identity(&self, args: &BackfillArgs) -> Option<&str> {
        match (&self.queue, &self.table) {
            // Files are all there or not at all.
            _ if args.dry_run || args.machines.emits() => None,
            (Some(queue), _) => Some(queue.arn.as_str()),
            (None, Some(table)) if table.info.arn.is_empty() => Some(table.info.name.as_str()),
            (None, table) => table.as_ref().map(|table| table.info.arn.as_str()),
        }
    }

    /// The table's own identity, where it is what is written to: one recreated under the same name
    /// has another.
    fn table_id(&self, args: &BackfillArgs) -> Option<String> {
        let table = self.table.as_ref().filter(|_| self.queue.is_none() && !args.machines.emits());
        table.map(|table| table.info.id.clone()).filter(|id| !id.is_empty())
    }

    fn plan(&self, args: &BackfillArgs, write_options: &WriteOptions) -> PlanOptions {
        let info = self.table.as_ref().map(|table| &table.info);
        let table = self.table.as_ref();
        let limit = || table.and_then(|table| table.info.capacity_of(&table.schema).limit());
        PlanOptions {
            budget_wcu: write_options.budget.start.or_else(limit),
            price_per_million_wru: args.trust.price_per_million_wru,
            indexes: info.map_or(0, |info| info.indexes.len()),
            written_indexes: write_options.indexes,
        }
    }

    fn sink(
        self,
        args: &BackfillArgs,
        files: Option<EmitSink>,
        write_options: &WriteOptions,
    ) -> Sink {
        match (self.queue, files, self.table) {
            (Some(queue), ..) => Sink::Queue(queue.sink),
            (None, Some(files), _) => Sink::Emit(Box::new(files)),
            (None, None, Some(table)) if !args.dry_run => {
                let concurrency = usize::from(args.concurrency);
                let only_newer = write_options.order.newest;
                let options = WriterOptions { retry: RETRY, concurrency, only_newer };
                Sink::Table(Box::new(paced(table.writer(options), write_options)))
            }
            _ => Sink::Dry,
        }
    }
}

/// The facts by which can be foreseen what the Lambda's filter leaves. The Lambda has its own, so a
/// run goes on without.
async fn foresight(context: &Context, facts: &FactsArgs) -> Option<FactsSource> {
    match facts.open(context).await {
        Ok(facts) => Some(facts),
        Err(error) => {
            context.ui.status(format!(
                "facts database unavailable: sending every list of a user, since the Lambda's filter cannot be predicted here: {error}"
            ));
            None
        }
    }
}

/// The writer, on the run's budget: an item costs as often as it is written, once for the table and
/// once for each index.
fn paced(writer: Writer, write_options: &WriteOptions) -> Writer {
    let indexes = u32::try_from(write_options.indexes).unwrap_or(u32::MAX);
    let pace = Pace::new(&write_options.budget, 1.0 + f64::from(indexes));
    writer.with_pace(Arc::new(pace))
}

/// The table, checked. What writes nothing to it may go without.
async fn table(
    context: &Context,
    tableless: bool,
    item: &ItemDescription,
) -> Result<Option<Table>> {
    if tableless && context.settings.value(Key::Table).is_none() {
        context.ui.status("no table configured: assuming a table with Number keys");
        return Ok(None);
    }
    let name = context.settings.require(Key::Table)?;
    let sdk = context.sdk().await?;
    context.before_all(Table::open(sdk, name, item)).await.map(Some)
}
