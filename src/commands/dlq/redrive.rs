//! `recoctl dlq redrive`: send back what can succeed, and lose nothing.

mod change;
mod engine;
mod guards;
mod log;
mod native;
mod repair;
mod report;
mod run;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use reco_core::classify::Class;
use reco_core::outcome::Outcome;

use super::pair::Known;
use super::plan::Plan;
use super::select::SelectArgs;
use super::session::{Opening, Session};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::flow::matcher::{Classes, Matcher, is_outdated};
use crate::flow::redrive::Rejects;
use crate::flow::scan::{Found, Keep};
use crate::flow::spool::Spool;
use crate::ui::{Report, amount, count, was};
pub use engine::EngineChoice;
use engine::{Chosen, Engine};
pub use guards::GuardArgs;
use guards::Sentries;
use log::Log;
use repair::RepairArgs;
pub(super) use repair::RepairPlan;
use run::Redrive;

/// A source queue this deep is worth a word before more is put on it.
const DEEP: u64 = 10_000;

/// Arguments of `recoctl dlq redrive`.
#[derive(Debug, Args)]
pub struct RedriveArgs {
    /// How fast, and when to pause or stop
    #[command(flatten)]
    pub guards: GuardArgs,
    /// Which messages
    #[command(flatten)]
    pub select: SelectArgs,
    /// Move at most so many messages, oldest first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max: Option<u32>,
    /// Move exactly the messages that a dry run planned: FILE is what `--dry-run --output json` wrote
    #[arg(long, value_name = "FILE", conflicts_with_all = ["class", "id", "filter", "older_than", "newer_than", "max"])]
    pub plan: Option<PathBuf>,
    /// Move to this queue (name, URL or ARN) instead of the source queue; of the same type as the DLQ
    #[arg(long, value_name = "QUEUE")]
    pub to: Option<String>,
    /// What is done to bodies on the way
    #[command(flatten)]
    pub repair: RepairArgs,
    /// Say what would be moved, and move nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Answer yes to what is asked when nothing narrows the choice (`--class all`)
    #[arg(long)]
    pub yes: bool,
    /// Receive even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
    /// Who moves the messages
    #[arg(long, value_enum, value_name = "ENGINE", default_value_t)]
    pub engine: EngineChoice,
    /// Write the journal to this new file instead of one in the state directory
    #[arg(long, value_name = "PATH")]
    pub journal: Option<PathBuf>,
}

impl RedriveArgs {
    /// The rejects file, where one is named; a dry run writes none.
    fn rejects(&self) -> Result<Option<Arc<Rejects>>> {
        let path = self.repair.rejects.as_deref().filter(|_| !self.dry_run);
        Ok(path.map(Rejects::create).transpose()?.map(Arc::new))
    }
}

/// What moves. `stale` and `superseded` would overwrite newer lists, so they are never meant unless
/// they are named.
fn matcher(select: &SelectArgs, repair: &RepairArgs) -> Result<Matcher> {
    select.matcher(match (select.names_messages(), repair.salvage) {
        (true, _) => Classes::NotOutdated,
        (false, true) => Classes::Only(vec![Class::Retryable, Class::Partial]),
        (false, false) => Classes::Only(vec![Class::Retryable]),
    })
}

/// Scans, moves, releases and reports.
///
/// # Errors
/// When the queues cannot be found, a safety rule refuses it, or the scan fails; after that,
/// failures are in the report.
pub async fn run(context: &Context, mut args: RedriveArgs) -> Result<Outcome> {
    let plan = args.plan.as_deref().map(Plan::read).transpose()?;
    let matcher = Arc::new(match &plan {
        Some(plan) => plan.matcher(),
        None => matcher(&args.select, &args.repair)?,
    });
    let repair = args.repair.repair()?;
    if must_confirm(&args) && !context.ui.may_ask {
        // Refuses before anything is received.
        context.ui.confirm(QUESTION, "--yes")?;
    }
    let engine = match engine::choose(context, &args).await? {
        Chosen::Native(outcome) => return Ok(outcome),
        Chosen::Client { engine, confirmed } => {
            args.yes |= confirmed;
            engine
        }
    };
    let spool = Arc::new(Spool::new()?);
    let keeps = !args.dry_run || matcher.needs_message() || !repair.is_none();
    let opening = Opening {
        need_source: true,
        force: args.force,
        keep: if keeps { Keep::Spooled(Arc::clone(&spool)) } else { Keep::Nothing },
        at_most: None,
        wanted: Arc::clone(&matcher),
        to: args.to.clone(),
    };
    let session = Session::open(context, opening).await?;
    if let Some(plan) = &plan {
        plan.check(&session, args.repair.plan().as_ref())?;
    }
    let Some(source) = session.pair.source.clone() else {
        return Err(Error::new(Kind::Internal, "the source queue was not looked for"));
    };
    announce(context, &session, &source, &args, &engine);
    let sentries = Sentries::new(context, &args.guards).await?;
    let log = Log::open(context, &session, &source, &args)?;
    let rejects = args.rejects()?;
    let mut redrive = Redrive::new(context, &session, &args, matcher, Arc::clone(&spool), sentries);
    redrive.repair = repair;
    redrive.rejects = rejects.clone();
    if let Some(log) = &log {
        redrive.courier = Some(redrive.courier(&source, spool, log.journal()));
        redrive.ending.journal = log.path();
    }
    redrive.ending.engine = engine;
    let result = redrive.run().await;
    redrive.sentries.finish().await;
    let released = session.release_all(context).await;
    redrive.released.merge(released);
    if result.is_ok() {
        redrive.verify().await;
    }
    redrive.ending.rejects = rejects.and_then(|rejects| rejects.finish());
    if let Err(error) = result {
        if let Some(log) = log {
            log.abandon(context);
        }
        return Err(error);
    }
    let mut report = redrive.report()?;
    if let Some(log) = log {
        log.close(context, &mut report).await;
    }
    context.ui.report(&report)?;
    Ok(report.outcome())
}

/// Asked when nothing narrows the choice.
const QUESTION: &str = "this moves every message, those included that would fail again or overwrite \
                        newer lists. Move all?";

fn must_confirm(args: &RedriveArgs) -> bool {
    let all = !args.select.class.is_empty() && !args.select.narrows();
    all && !args.yes && !args.dry_run
}

/// Asks, now that it is known what would be moved. Meanwhile the heartbeat keeps the hold.
fn confirm(context: &Context, found: &[Found]) -> Result<()> {
    let of = |chosen: fn(Class) -> bool| {
        let rows = found.iter().filter(|found| chosen(found.row.verdict.class));
        count(rows.count() as u64)
    };
    let question = format!(
        "{} received, {} of them stale or superseded; {QUESTION}",
        was(found.len() as u64),
        of(is_outdated)
    );
    if tokio::task::block_in_place(|| context.ui.confirm(&question, "--yes"))? {
        return Ok(());
    }
    Err(Error::refused("nothing was moved: not confirmed"))
}

fn announce(
    context: &Context,
    session: &Session,
    source: &Known,
    args: &RedriveArgs,
    engine: &Engine,
) {
    let queues = session.queues();
    let verb = if args.dry_run { "planning a redrive" } else { "redriving" };
    context.ui.status(format!(
        "{verb} from {} (about {}) to {}, engine {} ({})",
        queues.dlq,
        amount(queues.approximate_messages, "message"),
        source.queue.name,
        engine.engine,
        engine.engine_reason
    ));
    let depth = source.state.visible + source.state.in_flight;
    if depth > DEEP {
        context.ui.warn(format!(
            "{} already holds about {}: what is moved waits behind them",
            source.queue.name,
            amount(depth, "message")
        ));
    }
    for limit in &session.basis.limits {
        context.ui.warn(limit);
    }
}
