//! `recoctl dlq rehearse`: messages through the function on a local copy of their items.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use reco_core::outcome::Outcome;
use reco_ops::aws::sqs::MAX_RETENTION_S;
use reco_ops::dlq::export::Opened;
use reco_ops::dlq::journal::now_ms;
use reco_ops::dlq::judge::{Homes, Judge, Provenance, QueueRules};
use reco_ops::dlq::scan::{Found, Goal, Keep, found_of};
use reco_ops::dlq::session::{Looked, SessionOptions};
use reco_ops::error::Result;
use reco_ops::files::spool::Spool;

use crate::config::Key;
use crate::context::Context;
use crate::flags::seconds;
use crate::flags::select::SelectArgs;
use crate::rehearse::{RehearsalInput, rehearse};
use crate::render::rehearse::{RehearseReport, Scanned};
use reco_ops::dlq::select::Classes;

/// Messages of an export that are judged together, with one lookup of facts and table.
const TOGETHER: usize = 100;

/// Arguments of `recoctl dlq rehearse`.
///
/// Each message is handed to the function's own handler, as the only one of its batch, oldest first,
/// with the configured policy and facts. The function writes to a local table with the keys and
/// indexes of the real one, which holds copies of the items concerned. AWS is only read, and the
/// DLQ's messages are visible again before the first one is handled.
#[derive(Debug, Args)]
#[command(
    after_help = "Exits with 6 if a message does not end as its class predicts. Throttling, \
network timeouts and the function's memory on AWS are not rehearsed."
)]
pub struct RehearseArgs {
    /// Rehearse the messages of this export instead of those in the DLQ
    #[arg(value_name = "EXPORT")]
    pub file: Option<PathBuf>,
    /// Rehearse at most N messages [default: all]
    #[arg(short = 'n', long, visible_alias = "limit", value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub max: Option<u32>,
    /// Run this Lambda binary (bootstrap) instead of the built-in handler
    #[arg(long, value_name = "PATH")]
    pub lambda_bin: Option<PathBuf>,
    /// Timeout of the function, e.g. 30s
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = seconds)]
    pub timeout: i64,
    /// Proceed even if the DLQ has a redrive policy of its own: a look raises the receive count of
    /// every message by one, and there it may move messages on
    #[arg(long, conflicts_with = "file")]
    pub force: bool,
}

impl RehearseArgs {
    fn input<'a>(
        &'a self,
        (judge, found): (&'a Judge, &'a [Found]),
        spool: &'a Spool,
        queue_arn: Option<&'a str>,
    ) -> RehearsalInput<'a> {
        let lambda_bin = self.lambda_bin.as_deref();
        let timeout = Duration::from_secs(self.timeout.unsigned_abs());
        RehearsalInput { judge, found, spool, lambda_bin, timeout, queue_arn }
    }
}

/// Rehearses and reports.
///
/// # Errors
/// Fails if queue, export, table, facts or policy cannot be read, or the function does not start.
pub async fn run(context: &Context, args: RehearseArgs) -> Result<Outcome> {
    context.settings.require(Key::Table)?;
    let spool = Arc::new(Spool::new()?);
    let max = args.max.map_or(usize::MAX, |max| max as usize);
    let (scanned, basis, rehearsal) = match &args.file {
        Some(file) => {
            let judge = judge(context).await?;
            let found = of_export(file, &judge, &spool, max).await?;
            let rehearsal = rehearse(context, args.input((&judge, &found), &spool, None)).await?;
            (Scanned::of_file(file), judge.basis(), rehearsal)
        }
        None => of_queue(context, &args, &spool).await?,
    };
    let interrupted = context.cancel.is_cancelled();
    let handler = args.lambda_bin.as_deref();
    let report = RehearseReport::new((scanned, basis), handler, rehearsal, interrupted);
    context.ui.report(&report)
}

async fn of_queue(
    context: &Context,
    args: &RehearseArgs,
    spool: &Arc<Spool>,
) -> Result<(Scanned, Provenance, crate::rehearse::Rehearsal)> {
    let matcher = Arc::new(SelectArgs::default().matcher(Classes::Any, context).await?);
    let keep = Keep::Spooled(Arc::clone(spool));
    let looking = SessionOptions {
        at_most: args.max.map(|max| max as usize),
        ..SessionOptions::looking(matcher, keep, args.force)
    };
    let session = context.session(looking).await?;
    let goal = args.max.map_or(Goal::All, |max| Goal::First(max as usize));
    let Looked { scan, reach, released } = session.look(goal).await?;
    let source = session.pair.source.as_ref().map(|source| &*source.queue.arn);
    let judged = (&session.scanner.judge, &*scan.found);
    let rehearsal = rehearse(context, args.input(judged, spool, source)).await?;
    let damaged = scan.damaged;
    let scanned = Scanned::of_queue(session.queues(), (reach, released), damaged);
    Ok((scanned, session.basis.clone(), rehearsal))
}

/// Returns a judge for messages that are in no queue.
async fn judge(context: &Context) -> Result<Judge> {
    let criteria = context.before_all(context.criteria()).await?;
    let rules = QueueRules {
        retention_s: MAX_RETENTION_S,
        destination_limit: None,
        homes: Homes::Source(None),
    };
    Ok(Judge::new(criteria, rules))
}

/// Reads and classifies the messages of an export.
async fn of_export(file: &Path, judge: &Judge, spool: &Spool, max: usize) -> Result<Vec<Found>> {
    let mut export = Opened::open(file).await?;
    let (mut examined, mut batch) = (Vec::new(), Vec::new());
    loop {
        let taken = examined.len() + batch.len();
        let next = if taken < max { export.next().await? } else { None };
        let ends = next.is_none();
        batch.extend(next);
        if batch.len() == TOGETHER || (ends && !batch.is_empty()) {
            let judged = judge.examine(&batch, now_ms()).await?;
            for (judged, message) in judged.into_iter().zip(&batch) {
                examined.push((judged, Some(spool.put(message)?)));
            }
            batch.clear();
        }
        if ends {
            return Ok(found_of(examined));
        }
    }
}
