//! `recoctl backfill`: writes files of recommendations to the table, filtered as the Lambda does.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use reco_core::concurrency::Concurrency;
use reco_core::item::ItemDescription;
use reco_core::outcome::Outcome;
use reco_store::facts::FactsSource;

use super::backfill_rate::{MANY, QueueRate};
use crate::config::Key;
use crate::context::Context;
use crate::flags::facts::FactsArgs;
use crate::flags::no_jq;
use crate::flags::reliability::ReliabilityArgs;
use crate::flags::scale_out::ScaleOutArgs;
use crate::flags::writing::WritingArgs;
use crate::render::again;
use crate::ui::{Ui, Unit, amount, escape_line};
use reco_ops::aws::{Table, acting_on};
use reco_ops::backfill::report::{BackfillDestination, BackfillReport, StopCause};
use reco_ops::backfill::verify::{self, MAX_SUSPECTS, Verification, Verify};
use reco_ops::backfill::{
    BackfillJob, BackfillOptions, BackfillParts, Mapping, READS, Reject, RunProgress, Target,
    ViaQueue, set_up,
};
use reco_ops::error::{Error, Kind, Result};
use reco_ops::files::input::{self, Source};

/// Arguments of `recoctl backfill`.
#[derive(Debug, Args)]
#[command(after_help = "Each line is `[user, [ids...]]`, an item `{\"user_id\": ..., \
\"recommended_note_ids\": [...]}`, or a queue message `{\"data\": [[user, [ids...]], ...]}`.\n\
A line `{\"user_id\": ..., \"delete\": true}` deletes a user's item.\n\
Also accepted: files written by --emit, DynamoDB exports, Amazon Personalize batch inference \
output, and JSON arrays of any of these on one or many lines.\n\
If a user occurs more than once, the last list wins.\n\
To retry rejected lines after fixing them: jq -r .text REJECTS | recoctl backfill -")]
pub struct BackfillArgs {
    /// Input files: JSON Lines or JSON arrays, optionally gzip- or zstd-compressed; `-` reads stdin
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Convert each line to one of the shapes below with this jq expression, e.g. '[.user,
    /// [.items[].id]]'; every output value counts as a line
    #[arg(long, value_name = "JQ")]
    pub map: Option<String>,
    /// Save lines and entries that could not be written to this new file (JSON Lines)
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Read, filter and count without writing
    #[arg(long)]
    pub dry_run: bool,
    /// Batches (up to 25 items each) in flight at once: a number up to 512, or `auto` for as many as
    /// raise the throughput
    #[arg(long, value_name = "N|auto", default_value_t)]
    pub concurrency: Concurrency,
    /// Facts options.
    #[command(flatten)]
    pub facts: FactsArgs,
    /// Checkpoint, resume and verification options.
    #[command(flatten)]
    pub reliability: ReliabilityArgs,
    /// Write options.
    #[command(flatten)]
    pub writing: WritingArgs,
    #[command(flatten)]
    scale_out: ScaleOutArgs,
}

impl BackfillArgs {
    /// Returns whether lists go to the queue for the Lambda to write.
    pub fn is_via_queue(&self) -> bool {
        self.scale_out.via.is_some()
    }

    fn options(&self) -> BackfillOptions {
        BackfillOptions {
            dry_run: self.dry_run,
            concurrency: self.concurrency,
            shard: self.scale_out.shard,
            map: self.map.clone(),
            rejects: self.rejects.clone(),
            reliability: self.reliability.options(),
            writing: self.writing.options(),
            replace: self.writing.replace(),
            compare: self.reliability.compare,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// Fails if the run ended before anything was written, or if no input was usable.
pub async fn run(context: &Context, args: BackfillArgs) -> Result<Outcome> {
    if args.reliability.verify.is_some() {
        // Checked before anything is written: a pipe cannot be read twice.
        context.before_all(verify::readable_again(&args.files)).await?;
    }
    if let Some(replace) = args.writing.replace() {
        context.before_all(replace.check(&args.files)).await?;
    }
    // A pipe may keep the check waiting.
    let sources = context.before_all(input::check(&args.files)).await?;
    let total = total_bytes(&sources);
    let parts = parts(context, &args).await?;
    let rate = match args.scale_out.via {
        Some(_) => Some(
            QueueRate::check(
                context,
                args.scale_out.rate,
                (MANY, args.scale_out.users_per_message),
            )
            .await?,
        ),
        None => None,
    };
    let options = args.options();
    let setting_up = set_up(parts, &options, sources);
    let BackfillJob { backfill, reader } = context.before_all(setting_up).await?;
    let (preparer, backfill_chosen) = (Arc::clone(&backfill.preparer), backfill.chosen());
    let mut report = backfill.run(shown(context, &args, total)).await?;
    let kept = report.checkpoint.as_ref().is_some_and(|kept| kept.failure.is_none());
    if report.stopped.is_some() {
        // The same command line, with `--resume` if there is a checkpoint.
        report.next = again::this_run(kept.then_some("--resume"));
    }
    if let (Some(StopCause::Interrupted), Some(next)) =
        (report.stopped.as_ref().map(|stopped| stopped.cause), &report.next)
    {
        let done = report.counts.entries.written + report.counts.entries.deleted;
        let verb = if report.dry_run { "judged" } else { "written" };
        let items = amount(done, "item");
        context.ui.status(format!("interrupted: {items} {verb}; to continue: {next}"));
    }
    if let (Some(scope), Some(reader)) = (args.reliability.verify, reader) {
        if report.stopped.is_some() {
            context.ui.status("skipping --verify: the run did not reach the end of its input");
        } else {
            let verify = Verify {
                files: args.files,
                preparer,
                reader,
                newest: report.if_newer,
                scope,
                chosen: backfill_chosen,
                concurrency: READS,
                max_suspects: MAX_SUSPECTS,
                cancel: context.cancel.clone(),
            };
            report.verification = Some(read_back(context, verify).await?);
            report.outcome = report.judge();
        }
    }
    if report.rejects_file.is_none() {
        show_rejects(&context.ui, &report);
    }
    if let Some(rate) = rate {
        rate.check_again(context, &report);
    }
    context.ui.report(&report)?;
    conclude(&report)
}

/// Returns the display of a run's progress: by items, or by bytes where reading is all that is done.
fn shown(
    context: &Context,
    args: &BackfillArgs,
    total: Option<u64>,
) -> impl Fn(RunProgress) + Send + Sync + 'static + use<> {
    let compares = args.reliability.compare.is_some() || args.writing.replace().is_some();
    let reads = (args.dry_run && !compares) || args.scale_out.emit.is_some();
    let (what, unit) = match (args.dry_run, reads) {
        (_, true) => ("reading", Unit::Bytes),
        (true, false) => ("comparing", Unit::Lists),
        (false, false) if args.is_via_queue() => ("sending", Unit::Lists),
        (false, false) => ("writing", Unit::Items),
    };
    let progress = context.ui.progress(what, total.filter(|_| reads), unit);
    move |standing: RunProgress| match reads {
        true => progress.set(standing.read_bytes),
        false => standing.show(&progress, total),
    }
}

async fn parts(context: &Context, args: &BackfillArgs) -> Result<BackfillParts> {
    let policy = context.policy().await?;
    let item = context.item(&policy, args.writing.list_type)?;
    let (facts, target) = match args.scale_out.via {
        Some(_) => {
            let target = via_queue(context, args).await?;
            (foresight(context, &args.facts).await, target)
        }
        None => (args.facts.open(context).await?, target(context, args, &item).await?),
    };
    let mapping = mapping(context, args.map.as_deref()).await?;
    let (home, control) = (context.home_options(), context.control());
    Ok(BackfillParts { policy, item, facts, target, mapping, home, control })
}

/// Compiles the `--map` expression, if given.
pub(super) async fn mapping(context: &Context, map: Option<&str>) -> Result<Option<Mapping>> {
    let Some(text) = map else { return Ok(None) };
    let compiled = Mapping::compile(text, &context.jq, &context.cancel).await;
    compiled.map(Some).map_err(|why| no_jq("--map", text, why, "[.user, [.items[].id]]"))
}

/// Opens the source queue as the target. The Lambda there has its own facts.
async fn via_queue(context: &Context, args: &BackfillArgs) -> Result<Target> {
    let name = context.settings.require(Key::Queue)?;
    let sdk = context.sdk().await?;
    let users = usize::from(args.scale_out.users_per_message);
    let opened = ViaQueue::open(sdk, name, users, args.scale_out.rate, args.dry_run);
    let queue = context.before_all(opened).await?;
    if !args.dry_run {
        context.ui.status(queue.acting_on());
    }
    Ok(Target::Queue(queue))
}

/// The facts by which can be foreseen what the Lambda's filter leaves; a run goes on without.
async fn foresight(context: &Context, facts: &FactsArgs) -> FactsSource {
    facts.open(context).await.unwrap_or_else(|error| {
        let why = match error.kind {
            Kind::Refused => "facts snapshot not used",
            _ => "facts database unavailable",
        };
        context.ui.status(format!(
            "{why}: sending every list of a user, since the Lambda's filter cannot be predicted here: {error}"
        ));
        FactsSource::NONE
    })
}

/// Opens the table, or sets up files for it. A run that does not write to the table may lack one.
async fn target(context: &Context, args: &BackfillArgs, item: &ItemDescription) -> Result<Target> {
    let emit = args.scale_out.emit()?;
    // The table itself decides what would be written.
    let asks = args.reliability.compare.is_some() || args.writing.replace().is_some();
    let tableless = (args.dry_run && !asks) || emit.is_some();
    let table = if tableless && context.settings.value(Key::Table).is_none() {
        context.ui.status("no table configured: assuming a table with Number keys");
        None
    } else {
        let name = context.settings.require(Key::Table)?;
        let sdk = context.sdk().await?;
        let table = context.before_all(Table::open(sdk, name, item)).await?;
        if !tableless {
            context.ui.status(acting_on(&table.info.arn, &format!("table {}", table.info.name)));
        }
        Some(table)
    };
    Ok(match emit {
        Some(files) => Target::Files(files, table),
        None => Target::Table(table),
    })
}

/// Verifies the table, with a progress display.
pub(super) async fn read_back(context: &Context, verify: Verify) -> Result<Verification> {
    let total = total_bytes(&verify::readable_again(&verify.files).await?);
    let progress = context.ui.progress("verifying", None, Unit::Lists);
    verify.run(&|standing| standing.show(&progress, total)).await
}

fn total_bytes(sources: &[Source]) -> Option<u64> {
    sources.iter().map(|source| source.bytes).sum()
}

fn show_rejects(ui: &Ui, report: &BackfillReport) {
    for reject in &report.first_rejects {
        let Reject { file, line, detail, entry, text, .. } = reject;
        let entry = entry.map(|index| format!(", entry {index}")).unwrap_or_default();
        let what = format!("{}:{line}{entry}: {}", escape_line(file), escape_line(detail));
        match text {
            Some(text) => ui.warn_of(what, escape_line(text)),
            None => ui.warn(what),
        }
    }
    let rejects = report.counts.entries.rejected + report.counts.entries.failed;
    let shown = report.first_rejects.len() as u64;
    if rejects > shown {
        let more = rejects - shown;
        ui.warn(format!("and {more} more; --rejects FILE saves all of them"));
    }
}

/// Returns the outcome; if no input was usable, that is an input error, not a service error.
fn conclude(report: &BackfillReport) -> Result<Outcome> {
    if report.outcome != Outcome::Failed {
        return Ok(report.outcome);
    }
    if let Some(stopped) = &report.stopped {
        if stopped.cause == StopCause::TooManyRejects {
            return Err(Error::input("nothing was written").cause(stopped.reason.clone()));
        }
        let what = match stopped.cause {
            StopCause::Facts => "nothing was written: facts database unavailable",
            StopCause::Rejects => "nothing was written: rejects cannot be saved",
            _ => "nothing was written",
        };
        return Err(Error::service(what).cause(stopped.reason.clone()));
    }
    if report.counts.entries.failed > 0 {
        let taker = match report.destination {
            BackfillDestination::Queue => "the queue",
            BackfillDestination::Table | BackfillDestination::Files => "DynamoDB",
        };
        return Err(Error::service(format!("nothing was written: {taker} accepted no writes")));
    }
    let failed: Vec<_> = report.inputs.iter().filter_map(|input| input.failure.as_ref()).collect();
    if let Some(failure) = failed.first() {
        return Err(Error::input("nothing was written: the input could not be read")
            .cause(failure.reason.clone()));
    }
    let lines = amount(report.counts.lines.rejected, "line");
    let error = Error::input(format!("nothing was written: no usable line, {lines} rejected"));
    let pretty = report.first_rejects.first().and_then(|reject| reject.text.as_deref());
    Err(match pretty.map(str::trim) {
        Some("{" | "[") => error.hint(
            "the input looks like indented JSON, but each line must be a complete document: jq -c . FILE | recoctl backfill -",
        ),
        _ => error.hint("see the report for the reasons"),
    })
}
