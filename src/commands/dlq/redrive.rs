//! `recoctl dlq redrive`: send back what can succeed, and lose nothing.

mod change;
mod earlier;
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

use super::pair;
use super::plan::Plan;
use super::select::SelectArgs;
use super::session::{Session, SessionOptions};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::flow::journal::Journal;
use crate::flow::matcher::{Classes, Matcher, is_outdated};
use crate::flow::redrive::{Rejects, Route};
use crate::flow::scan::{Found, HOLD_LIMIT, Keep};
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

/// A source queue this deep is worth a warning before more is put on it.
const DEEP: u64 = 10_000;

/// Arguments of `recoctl dlq redrive`.
#[derive(Debug, Args)]
pub struct RedriveArgs {
    /// Rate limit and guards.
    #[command(flatten)]
    pub guards: GuardArgs,
    /// Message selection.
    #[command(flatten)]
    pub select: SelectArgs,
    /// Move at most N messages, oldest first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max: Option<u32>,
    /// Also move messages that an earlier run may have sent already; the destination may then hold
    /// duplicates
    #[arg(long)]
    pub resend_uncertain: bool,
    /// Process in waves that hold at most N messages in flight [default: 100,000, or what --rate
    /// moves in 6 hours if less]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub hold: Option<u32>,
    /// Move exactly the messages of a plan: FILE is the output of `--dry-run --output json`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["class", "id", "filter", "source", "older_than", "newer_than", "max"])]
    pub plan: Option<PathBuf>,
    /// Destination queue: name, URL or ARN, of the same type as the DLQ [default: the queue that
    /// each message came from]
    #[arg(long, value_name = "QUEUE")]
    pub to: Option<String>,
    /// Repair options.
    #[command(flatten)]
    pub repair: RepairArgs,
    /// Show what would be moved, without moving
    #[arg(long)]
    pub dry_run: bool,
    /// Skip the confirmation that `--class all` asks for when no option narrows the selection
    #[arg(long)]
    pub yes: bool,
    /// Proceed even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
    /// How to move the messages
    #[arg(long, value_enum, value_name = "ENGINE", default_value_t)]
    pub engine: EngineChoice,
    /// New journal file to write [default: a file in the state directory]
    #[arg(long, value_name = "PATH")]
    pub journal: Option<PathBuf>,
}

impl RedriveArgs {
    /// The rejects file, where one is named; a dry run writes none.
    fn rejects(&self) -> Result<Option<Arc<Rejects>>> {
        let path = self.repair.rejects.as_deref().filter(|_| !self.dry_run);
        Ok(path.map(Rejects::create).transpose()?.map(Arc::new))
    }

    /// Returns the number of messages that are held at a time. AWS: a message may be held for 12
    /// hours; at a slow rate the last of many would be held for longer.
    fn limit(&self) -> usize {
        let most = self.hold.map_or(HOLD_LIMIT, |hold| hold as usize);
        match self.guards.rate {
            None => most,
            Some(rate) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a cast to integer saturates"
                )]
                let in_time = (rate.per_second() * HELD_FOR_S) as usize;
                most.min(in_time.max(1))
            }
        }
    }
}

/// Seconds that a message is held at most: half of what AWS allows, since guards may pause a run.
const HELD_FOR_S: f64 = 6.0 * 3600.0;

/// Returns the matcher for the messages to move. `stale` and `superseded` messages would overwrite
/// newer lists, so they must be selected explicitly.
async fn matcher(context: &Context, select: &SelectArgs, repair: &RepairArgs) -> Result<Matcher> {
    let default = match (select.names_messages(), repair.salvage) {
        (true, _) => Classes::NotOutdated,
        (false, true) => Classes::Only(vec![Class::Retryable, Class::Partial]),
        (false, false) => Classes::Only(vec![Class::Retryable]),
    };
    select.matcher(default, context).await
}

/// Scans, moves, releases and reports.
///
/// # Errors
/// When the queues cannot be found, a safety rule refuses it, or the scan fails; after that,
/// failures are in the report.
pub async fn run(context: &Context, mut args: RedriveArgs) -> Result<Outcome> {
    let plan = match args.plan.as_deref() {
        Some(path) => Some(Plan::read(context, path).await?),
        None => None,
    };
    let matcher = Arc::new(match &plan {
        Some(plan) => plan.matcher(),
        None => matcher(context, &args.select, &args.repair).await?,
    });
    let repair = args.repair.repair(&context.cancel).await?;
    if must_confirm(&args) && !context.ui.may_ask {
        // Refuses before anything is received.
        context.ui.check_may_ask(QUESTION, "--yes")?;
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
    let run_id = (!args.dry_run).then(Journal::new_run_id);
    let options = SessionOptions {
        force: args.force,
        keep: if keeps { Keep::Spooled(Arc::clone(&spool)) } else { Keep::Nothing },
        at_most: None,
        limit: args.limit(),
        wanted: Arc::clone(&matcher),
        to: args.to.clone(),
        run_id: run_id.clone(),
    };
    let session = Session::open(context, options).await?;
    pair::check_home(&session.pair)?;
    pair::check_source(&session.pair)?;
    if let Some(plan) = &plan {
        plan.check(&session, args.repair.plan().as_ref())?;
    }
    let route = route(&session, &args);
    announce(context, &session, &route, &args, &engine);
    let sentries = Sentries::new(context, &args.guards).await?;
    let rejects = args.rejects()?;
    let log = Log::open(context, &session, &route, &args, run_id)?;
    let mut redrive =
        Redrive::new(context, &session, &args, (matcher, route), Arc::clone(&spool), sentries);
    redrive.repair = repair;
    redrive.rejects = rejects.clone();
    if let Some(log) = &log {
        redrive.outbox = Some(redrive.outbox(spool, log.journal()));
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

/// Where messages go: where `--to` says; else, when a queue was named, only its own messages back to
/// it; else each to the queue that it came from.
fn route(session: &Session, args: &RedriveArgs) -> Route {
    let pair = &session.pair;
    let dlq = &pair.dlq.queue;
    let source = pair.source.as_ref().map(|source| (&source.queue, &source.state));
    match source {
        Some(to) if args.to.is_some() => Route::all(dlq, to),
        Some(only) if pair.named => Route::only(dlq, only, !pair.is_shared()),
        otherwise => Route::home(dlq, otherwise),
    }
}

/// Asked when nothing narrows the choice.
const QUESTION: &str = "this moves every message, including those that would fail again or overwrite newer lists. Move all?";

fn must_confirm(args: &RedriveArgs) -> bool {
    let all = !args.select.class.is_empty() && !args.select.narrows();
    all && !args.yes && !args.dry_run
}

/// Asks, now that it is known what would be moved. Meanwhile the heartbeat keeps the hold.
async fn confirm(context: &Context, found: &[Found]) -> Result<()> {
    let of = |chosen: fn(Class) -> bool| {
        let rows = found.iter().filter(|found| chosen(found.row.verdict.class));
        count(rows.count() as u64)
    };
    let question = format!(
        "{} received, {} of them stale or superseded; {QUESTION}",
        was(found.len() as u64),
        of(is_outdated)
    );
    if context.confirm(&question, "--yes").await? {
        return Ok(());
    }
    Err(Error::refused("nothing was moved: not confirmed"))
}

fn announce(
    context: &Context,
    session: &Session,
    route: &Route,
    args: &RedriveArgs,
    engine: &Engine,
) {
    let queues = session.queues();
    let verb = if args.dry_run { "planning a redrive" } else { "redriving" };
    let to = match route.sole() {
        Some(to) => to.queue.name.clone(),
        None => "the queue that each message came from".to_owned(),
    };
    context.ui.status(format!(
        "{verb} from {} (about {}) to {to}, engine {} ({})",
        queues.dlq,
        amount(queues.approximate_messages, "message"),
        engine.engine,
        engine.engine_reason
    ));
    if let Some(source) = &session.pair.source {
        let depth = source.state.holds();
        if depth > DEEP {
            context.ui.warn(format!(
                "{} already holds about {}: moved messages wait behind them",
                source.queue.name,
                amount(depth, "message")
            ));
        }
    }
    for unreadable in session.history.unreadable() {
        context.ui.warn(format!("{unreadable}: messages sent by that run may be sent again"));
    }
    for run in session.history.unfinished() {
        context.ui.warn(format!(
            "{}; messages it sent are now deleted and not sent again, messages it may have sent are skipped",
            run.words()
        ));
    }
    let limit = args.limit() as u64;
    if session.depth() > limit && args.guards.rate.is_some() {
        context.ui.status(format!(
            "processing in waves of {}: SQS limits a message to 12 hours in flight, and at this rate all of them would take longer",
            amount(limit, "message")
        ));
    }
}
