//! Parts specific to a redrive: destinations, pace, and guards.

mod bounce;
mod change;
mod earlier;
mod guard;
mod guards;
mod log;
mod plan;
pub mod report;
mod route;
mod run;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reco_core::human::amount;

pub use bounce::{BounceWatch, Bounced, Bounces, Limit, Watched as BounceWatched, watch};
pub use guard::{Backlog, GuardTasks, Throttles, Watched};
pub use plan::{Candidate, Decision, decide};
pub use route::{Route, Way};

pub use crate::files::Rejects;
pub use crate::rate::{Gate, Guard, Pace, Pauses, Rate};

use self::guards::Guards;
use self::log::Log;
use self::report::{Engine, RedriveReport};
use self::run::Redrive;
use super::journal::HomeOptions;
use super::repair::{Repair, RepairPlan};
use super::select::Matcher;
use super::session::{Ask, Session};
use crate::error::Result;
use crate::files::spool::Spool;
use crate::metrics::targets::Configured;

/// A source queue this deep is worth a word before more is put on it.
const DEEP: u64 = 10_000;

/// What a redrive is asked for.
#[derive(Debug, Clone, Default)]
pub struct RedriveOptions {
    /// Says what would be moved, and moves nothing.
    pub dry_run: bool,
    /// At most so many messages, oldest first.
    pub max: Option<u32>,
    /// Moves messages, too, that an earlier run perhaps sent.
    pub resend_uncertain: bool,
    /// How many messages are held at a time.
    pub limit: usize,
    /// Whether another destination than the source queue was named.
    pub elsewhere: bool,
    /// Messages a second at most.
    pub rate: Option<Rate>,
    /// Over how long the rate grows.
    pub ramp: Duration,
    /// What is done to bodies, as reports have it.
    pub repair: Option<RepairPlan>,
    /// The file for entries that are not sent.
    pub rejects: Option<PathBuf>,
    /// The journal's file, where another one than that of the state directory was named.
    pub journal: Option<PathBuf>,
    /// What makes it pause or stop.
    pub guards: GuardOptions,
    /// Who moves the messages.
    pub engine: Engine,
    /// The run's id; none of a dry run.
    pub run_id: Option<String>,
}

/// What makes a redrive pause or stop.
#[derive(Debug, Clone, Default)]
pub struct GuardOptions {
    /// Pauses while the destination holds so many messages.
    pub max_backlog: Option<u64>,
    /// Pauses while there are more throttles in a minute.
    pub max_throttles: Option<u64>,
    /// Stops when so much of what was moved is back.
    pub stop_on_bounce: Limit,
    /// What can be throttled.
    pub throttled: Configured,
}

impl RedriveOptions {
    /// The pace that is asked for.
    fn pace(&self) -> Pace {
        Pace::new(self.rate, self.ramp)
    }
}

/// What a redrive works with.
pub struct Job<'a> {
    /// Selection of messages.
    pub matcher: Arc<Matcher>,
    /// What is done to bodies.
    pub repair: Repair,
    /// Keeps what is held.
    pub spool: Arc<Spool>,
    /// Asks before anything is moved; none where that needs no question.
    pub ask: Option<&'a dyn Ask>,
}

/// Asked when nothing narrows the choice.
pub const QUESTION: &str = "this moves every message, including those that would fail again or overwrite newer lists. Move all?";

/// Scans, moves and releases.
///
/// # Errors
/// When a guard has nothing to watch, a file cannot be made, or the scan fails; after that, failures
/// are in the report.
pub async fn redrive(
    session: &Session,
    options: &RedriveOptions,
    home: HomeOptions,
    job: Job<'_>,
) -> Result<RedriveReport> {
    let Job { matcher, repair, spool, ask } = job;
    let events = &session.control.events;
    let route = route(session, options);
    announce(session, &route, options);
    let guards = Guards::new(session, &options.guards).await?;
    let rejects = options.rejects.as_deref().map(Rejects::create).transpose()?.map(Arc::new);
    let log = Log::open(&home, session, &route, options)?;
    let mut redrive = Redrive::new(session, options, (matcher, route), Arc::clone(&spool), guards);
    redrive.ask = ask;
    redrive.repair = repair;
    redrive.rejects = rejects.clone();
    if let Some(log) = &log {
        redrive.outbox = Some(redrive.outbox(spool, log.journal()));
        redrive.ending.journal = log.path();
    }
    redrive.ending.engine = options.engine.clone();
    let result = redrive.run().await;
    redrive.guards.finish().await;
    let released = session.release_all().await;
    redrive.released.merge(released);
    if result.is_ok() {
        redrive.verify().await;
    }
    redrive.ending.rejects = rejects.and_then(|rejects| rejects.finish());
    if let Err(error) = result {
        if let Some(log) = log {
            log.abandon(events);
        }
        return Err(error);
    }
    let mut report = redrive.report()?;
    if let Some(log) = log {
        log.close(events, &mut report).await;
    }
    Ok(report)
}

/// Where messages go: where `--to` says; else, when a queue was named, only its own messages back to
/// it; else each to the queue that it came from.
fn route(session: &Session, options: &RedriveOptions) -> Route {
    let pair = &session.pair;
    let dlq = &pair.dlq.queue;
    let source = pair.source.as_ref().map(|source| (&source.queue, &source.state));
    match source {
        Some(to) if options.elsewhere => Route::all(dlq, to),
        Some(only) if pair.named => Route::only(dlq, only, !pair.is_shared()),
        otherwise => Route::home(dlq, otherwise),
    }
}

fn announce(session: &Session, route: &Route, options: &RedriveOptions) {
    let (queues, events) = (session.queues(), &session.control.events);
    let verb = if options.dry_run { "planning a redrive" } else { "redriving" };
    let to = match route.sole() {
        Some(to) => to.queue.name.clone(),
        None => "the queue that each message came from".to_owned(),
    };
    events.status(format!(
        "{verb} from {} (about {}) to {to}, engine {} ({})",
        queues.dlq,
        amount(queues.approximate_messages, "message"),
        options.engine.engine,
        options.engine.engine_reason
    ));
    if let Some(source) = &session.pair.source {
        let depth = source.state.holds();
        if depth > DEEP {
            events.warn(format!(
                "{} already holds about {}: moved messages wait behind them",
                source.queue.name,
                amount(depth, "message")
            ));
        }
    }
    for unreadable in session.history.unreadable() {
        events.warn(format!("{unreadable}: messages sent by that run may be sent again"));
    }
    for run in session.history.unfinished() {
        events.warn(format!(
            "{}; messages it sent are now deleted and not sent again, messages it may have sent are skipped",
            run.words()
        ));
    }
    let limit = options.limit as u64;
    if session.depth() > limit && options.rate.is_some() {
        events.status(format!(
            "processing in waves of {}: SQS limits a message to 12 hours in flight, and at this rate all of them would take longer",
            amount(limit, "message")
        ));
    }
}
