//! `recoctl dlq redrive`: sends back the messages that can succeed, and loses none.

mod engine;
mod next;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use reco_core::classify::Class;
use reco_core::outcome::Outcome;

use crate::config::Key;
use crate::context::Context;
use crate::flags::guards::GuardArgs;
use crate::flags::outcome::OutcomeArgs;
use crate::flags::repair::RepairArgs;
use crate::flags::select::{SELECTION, SelectArgs};
use crate::render::again;
use crate::render::steps::unused_here;
use engine::ChosenEngine;
pub use engine::EngineChoice;
use reco_ops::dlq::journal::Journal;
use reco_ops::dlq::queues as pair;
use reco_ops::dlq::redrive::report::Engine;
use reco_ops::dlq::redrive::{self, GuardOptions, Job, QUESTION, RedriveOptions};
use reco_ops::dlq::saved_plan::SavedPlan;
use reco_ops::dlq::scan::{HOLD_LIMIT, Keep};
use reco_ops::dlq::select::{Classes, Matcher};
use reco_ops::dlq::session::{Ask, SessionOptions};
use reco_ops::error::{Error, Result};
use reco_ops::files::safe_file::INPUT_LIMIT;
use reco_ops::files::spool::Spool;

/// Help of `--class`, which has defaults of its own.
const CLASS_HELP: &str = "Only messages of these classes; `all` selects every class [default: \
retryable; with ID, --user or --where: every class except stale and superseded]";

/// Arguments of `recoctl dlq redrive`.
#[derive(Debug, Args)]
#[command(mut_arg("class", |arg| arg.help(CLASS_HELP)))]
pub struct RedriveArgs {
    /// Rate limit and guards.
    #[command(flatten)]
    pub guards: GuardArgs,
    /// Outcome of the moved messages.
    #[command(flatten)]
    pub outcome: OutcomeArgs,
    /// Message selection.
    #[command(flatten)]
    pub select: SelectArgs,
    /// Move at most N messages, oldest first
    #[arg(short = 'n', long, visible_alias = "limit", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
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
    #[arg(long, value_name = "FILE", conflicts_with_all = SELECTION, conflicts_with = "max")]
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
    /// Take over the lock of the run HOLDER on another machine, which a refusal names
    #[arg(long, value_name = "HOLDER", conflicts_with = "dry_run")]
    pub take_over: Option<String>,
    /// How to move the messages
    #[arg(long, value_enum, value_name = "ENGINE", default_value_t)]
    pub engine: EngineChoice,
    /// New journal file to write [default: a file in the state directory]
    #[arg(long, value_name = "PATH")]
    pub journal: Option<PathBuf>,
}

impl RedriveArgs {
    fn options(&self, context: &Context, engine: Engine, run_id: Option<String>) -> RedriveOptions {
        RedriveOptions {
            dry_run: self.dry_run,
            max: self.max,
            resend_uncertain: self.resend_uncertain,
            limit: self.limit(),
            elsewhere: self.to.is_some(),
            rate: self.guards.rate,
            ramp: self.guards.ramp(),
            repair: self.repair.plan(),
            // A dry run writes no file.
            rejects: self.repair.rejects.clone().filter(|_| !self.dry_run),
            journal: self.journal.clone(),
            guards: GuardOptions {
                max_backlog: self.guards.max_backlog,
                max_throttles: self.guards.max_throttles,
                stop_on_bounce: self.guards.stop_on_bounce.unwrap_or_default(),
                throttled: context.measured(),
            },
            engine,
            run_id,
            wait: self.outcome.wait(),
            canary: self.outcome.canary.clone(),
            propose_canary: context.ui.is_on_terminal() && has_table(context),
            log: context.log(None),
        }
    }

    /// Returns whether only rate and guards were given, so that another rate repeats the run.
    fn is_plain(&self) -> bool {
        let repaired = self.repair.plan().is_some();
        let chosen = self.plan.is_some() || self.max.is_some() || !self.select.class.is_empty();
        let allowed = self.waives() || self.outcome.given().is_some();
        !repaired && !chosen && !allowed && !self.select.narrows() && self.to.is_none()
    }

    /// Returns whether a check is waived that should not be waived again without a new thought.
    fn waives(&self) -> bool {
        self.force || self.take_over.is_some() || self.resend_uncertain
    }

    /// Returns whether the same command line goes on where this run ended: its files are not there
    /// yet, its messages are neither counted anew nor named one by one, and what it waives is not
    /// waived without a new thought.
    fn repeats(&self) -> bool {
        let names =
            self.plan.is_some() || !self.select.ids.is_empty() || !self.select.id.is_empty();
        let files = self.journal.is_some() || self.repair.rejects.is_some();
        self.max.is_none() && !self.waives() && !names && !files
    }

    /// Returns the maximum number of messages held at a time. AWS: a message can be held for 12
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

/// Maximum time a message is held, in seconds: half of what AWS allows, since guards may pause a
/// run.
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

/// Scans the DLQ, moves messages, releases the rest and reports.
///
/// # Errors
/// Fails if the queues cannot be found, a safety rule refuses the redrive, or the scan fails; later
/// failures are in the report.
pub async fn run(context: &Context, mut args: RedriveArgs) -> Result<Outcome> {
    let plan = match args.plan.as_deref() {
        Some(path) => Some(saved_plan(context, path).await?),
        None => None,
    };
    let matcher = Arc::new(match &plan {
        Some(plan) => plan.matcher(),
        None => matcher(context, &args.select, &args.repair).await?,
    });
    let repair = args.repair.repair(context).await?;
    check_outcome(context, &args.outcome)?;
    if must_confirm(&args) {
        // Refuses before anything is received.
        context.ui.check_may_ask(QUESTION)?;
    }
    let engine = match engine::choose(context, &args).await? {
        ChosenEngine::Native(outcome) => return Ok(outcome),
        ChosenEngine::Client { engine, confirmed } => {
            args.yes |= confirmed;
            engine
        }
    };
    let spool = Arc::new(Spool::new()?);
    let keeps = !args.dry_run || matcher.needs_message() || !repair.is_none();
    let run_id = (!args.dry_run).then(Journal::new_run_id);
    let options = SessionOptions {
        force: args.force,
        take_over: args.take_over.clone(),
        keep: if keeps { Keep::Spooled(Arc::clone(&spool)) } else { Keep::Nothing },
        at_most: None,
        limit: args.limit(),
        wanted: Arc::clone(&matcher),
        to: args.to.clone(),
        run_id: run_id.clone(),
    };
    let session = context.session(options).await?;
    pair::check_home(&session.pair)?;
    pair::check_source(&session.pair)?;
    if let Some(plan) = &plan {
        plan.check(&session, args.repair.plan().as_ref())?;
    }
    let ask = must_confirm(&args).then_some(context as &dyn Ask);
    let options = args.options(context, engine, run_id);
    let mut report = redrive::redrive(
        &session,
        &options,
        context.home_options(),
        Job { matcher, repair, spool, ask },
    )
    .await?;
    let complete = |args: &str| again::command(&context.settings, args);
    let again = if args.repeats() { again::this_run(None) } else { None };
    report.next = next::next(&report, args.is_plain(), again, &complete, &unused_here);
    report.next.extend(next::proposed(&report));
    context.ui.report(&report)
}

fn has_table(context: &Context) -> bool {
    context.settings.value(Key::Table).is_some()
}

/// Checks that outcomes can be told, before anything is moved.
fn check_outcome(context: &Context, args: &OutcomeArgs) -> Result<()> {
    let Some(flag) = args.given() else { return Ok(()) };
    let table = context.settings.require(Key::Table);
    table.map(drop).map_err(|error| error.cause(format!("{flag} needs the table")))
}

async fn saved_plan(context: &Context, path: &Path) -> Result<SavedPlan> {
    let name = path.display().to_string();
    let failed = || Error::input(format!("cannot read plan {name}"));
    let text = context.read(path, INPUT_LIMIT, failed).await?;
    SavedPlan::parse(&name, &text)
}

fn must_confirm(args: &RedriveArgs) -> bool {
    let all = !args.select.class.is_empty() && !args.select.narrows();
    all && !args.yes && !args.dry_run
}
