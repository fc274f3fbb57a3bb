//! `recoctl dlq redrive`: send back what can succeed, and lose nothing.

mod log;
mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use reco_core::classify::Class;
use reco_core::outcome::Outcome;

use super::pair::Known;
use super::plan::Plan;
use super::select::{SelectArgs, warn_missing, warn_undecided};
use super::session::{Opening, Session, warn_unreleased};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::flow::hold::Released;
use crate::flow::journal::Journal;
use crate::flow::matcher::{Classes, Match, Matcher, is_outdated};
use crate::flow::redrive::{Courier, Decision, Fate, Pace, Parcel, Rate, decide, deliver};
use crate::flow::scan::{Found, Goal, HOLD_LIMIT, Keep, Scan};
use crate::flow::spool::Spool;
use crate::ui::{Report, Unit, count};
use log::Log;
use report::{Ending, Record, RedriveReport};

/// A source queue this deep is worth a word before more is put on it.
const DEEP: u64 = 10_000;

/// Arguments of `recoctl dlq redrive`.
#[derive(Debug, Args)]
pub struct RedriveArgs {
    /// Move at most so many messages a second (may be a fraction); without it, as fast as SQS takes them
    #[arg(long, value_name = "N")]
    pub rate: Option<Rate>,
    /// Which messages
    #[command(flatten)]
    pub select: SelectArgs,
    /// Move at most so many messages, oldest first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max: Option<u32>,
    /// Move exactly the messages that a dry run planned: FILE is what `--dry-run --output json` wrote
    #[arg(long, value_name = "FILE", conflicts_with_all = ["class", "id", "filter", "older_than", "newer_than", "max"])]
    pub plan: Option<String>,
    /// Move to this queue (name, URL or ARN) instead of the source queue; of the same type as the DLQ
    #[arg(long, value_name = "QUEUE")]
    pub to: Option<String>,
    /// Say what would be moved, and move nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Answer yes to what is asked when nothing narrows the choice (`--class all`)
    #[arg(long)]
    pub yes: bool,
    /// Receive even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
    /// Write the journal to this new file instead of one in the state directory
    #[arg(long, value_name = "PATH")]
    pub journal: Option<PathBuf>,
}

/// What moves. `stale` and `superseded` would overwrite newer lists, so they are never meant unless
/// they are named.
fn matcher(select: &SelectArgs) -> Result<Matcher> {
    select.matcher(if select.names_messages() {
        Classes::NotOutdated
    } else {
        Classes::Only(vec![Class::Retryable])
    })
}

/// Scans, moves, releases and reports.
///
/// # Errors
/// When the queues cannot be found, a safety rule refuses it, or the scan fails; after that,
/// failures are in the report.
pub async fn run(context: &Context, args: RedriveArgs) -> Result<Outcome> {
    let plan = args.plan.as_deref().map(Plan::read).transpose()?;
    let matcher = Arc::new(match &plan {
        Some(plan) => plan.matcher(),
        None => matcher(&args.select)?,
    });
    if must_confirm(&args) && !context.ui.may_ask {
        // Refuses before anything is received.
        context.ui.confirm(QUESTION, "--yes")?;
    }
    let spool = Arc::new(Spool::new()?);
    let keeps = !args.dry_run || matcher.needs_message();
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
        plan.check(&session)?;
    }
    let Some(source) = session.pair.source.clone() else {
        return Err(Error::new(Kind::Internal, "the source queue was not looked for"));
    };
    announce(context, &session, &source, &args);
    let log = Log::open(context, &session, &source, &args)?;
    let mut redrive = Redrive::new(context, &session, &args, matcher, Arc::clone(&spool));
    if let Some(log) = &log {
        redrive.courier = Some(redrive.courier(&source, spool, log.journal()));
        redrive.ending.journal = log.path();
    }
    let result = redrive.run().await;
    let released = session.release_all(context).await;
    redrive.released.merge(released);
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
        "{} messages were received, {} of them stale or superseded; {QUESTION}",
        of(|_| true),
        of(is_outdated)
    );
    if tokio::task::block_in_place(|| context.ui.confirm(&question, "--yes"))? {
        return Ok(());
    }
    Err(Error::refused("nothing was moved: not confirmed"))
}

fn announce(context: &Context, session: &Session, source: &Known, args: &RedriveArgs) {
    let queues = session.queues();
    let verb = if args.dry_run { "planning a redrive" } else { "redriving" };
    context.ui.status(format!(
        "{verb} from {} (about {} messages) to {}",
        queues.dlq,
        count(queues.approximate_messages),
        source.queue.name
    ));
    let depth = source.state.visible + source.state.in_flight;
    if depth > DEEP {
        context.ui.warn(format!(
            "{} already holds about {} messages: what is moved waits behind them",
            source.queue.name,
            count(depth)
        ));
    }
    for limit in &session.basis.limits {
        context.ui.warn(limit);
    }
}

/// A redrive under way.
struct Redrive<'a> {
    context: &'a Context,
    session: &'a Session,
    args: &'a RedriveArgs,
    matcher: Arc<Matcher>,
    spool: Arc<Spool>,
    confirmed: bool,
    /// None in a dry run, which sends nothing.
    courier: Option<Arc<Courier>>,
    pace: Pace,
    ending: Ending,
    records: Vec<Record>,
    released: Released,
    began: Instant,
}

impl<'a> Redrive<'a> {
    fn new(
        context: &'a Context,
        session: &'a Session,
        args: &'a RedriveArgs,
        matcher: Arc<Matcher>,
        spool: Arc<Spool>,
    ) -> Self {
        Redrive {
            context,
            session,
            args,
            matcher,
            spool,
            confirmed: !must_confirm(args),
            courier: None,
            pace: Pace::new(args.rate),
            ending: Ending::default(),
            records: Vec::new(),
            released: Released::default(),
            began: Instant::now(),
        }
    }

    fn courier(&self, to: &Known, spool: Arc<Spool>, journal: Arc<Journal>) -> Arc<Courier> {
        Arc::new(Courier {
            sqs: self.session.sqs.clone(),
            from: self.session.pair.dlq.queue.clone(),
            to: to.queue.clone(),
            to_limit: to.state.max_message_bytes,
            hold: Arc::clone(&self.session.hold),
            spool,
            journal,
        })
    }

    fn fifo(&self) -> bool {
        self.session.pair.dlq.queue.fifo
    }

    /// Scans and moves. A standard queue is scanned once. Of a FIFO queue a scan sees only what
    /// stands at the front of each group, so it is scanned again while something moves.
    async fn run(&mut self) -> Result<()> {
        loop {
            let scan = self.session.scan(self.context, Goal::All).await?;
            self.ending.seen += (scan.found.len() + scan.damaged.len()) as u64;
            self.ending.exhausted = scan.exhausted;
            self.ending.repeated += scan.repeated;
            let moved = self.wave(scan).await?;
            let enough = self.args.max.is_some_and(|max| self.ending.moving >= u64::from(max));
            let again = self.fifo() && moved > 0 && !enough && !self.args.dry_run;
            if !again || self.context.cancel.is_cancelled() {
                break;
            }
        }
        if self.fifo() {
            let state = self.session.sqs.state(&self.session.pair.dlq.queue).await?;
            self.ending.unreached = state.visible;
        } else if !self.ending.exhausted && self.ending.seen >= HOLD_LIMIT as u64 {
            let seen = count(self.ending.seen);
            self.context.ui.warn(format!(
                "{seen} messages is the most that may be held at once; run again for the rest"
            ));
        }
        Ok(())
    }

    /// Moves what one scan found; answers with how many were moved.
    async fn wave(&mut self, scan: Scan) -> Result<u64> {
        self.records.extend(scan.damaged.iter().map(Record::damaged));
        let taken = self.ending.moving;
        let room = self.args.max.map(|max| (u64::from(max).saturating_sub(taken)) as usize);
        if !self.confirmed && !scan.found.is_empty() {
            confirm(self.context, &scan.found)?;
            self.confirmed = true;
        }
        let chosen = self.choose(&scan.found)?;
        let decisions = decide(scan.found.iter().map(|found| &found.row).zip(chosen), room);
        let (mut going, mut staying) = (Vec::new(), Vec::new());
        for (found, decision) in scan.found.into_iter().zip(decisions) {
            if decision == Decision::Move && !self.args.dry_run {
                going.push(found);
            } else {
                self.ending.moving += u64::from(decision == Decision::Move);
                staying.push(found.row.message_id.clone());
                self.records.push(Record::decided(&found.row, &decision));
            }
        }
        if !self.fifo() {
            // They have been seen; others may have them back while the rest is moved. On a FIFO
            // queue they would be received again by the next scan.
            let released = self.session.hold.release(staying).await;
            warn_unreleased(self.context, &released);
            self.released.merge(released);
        }
        self.move_all(going).await
    }

    fn choose(&mut self, found: &[Found]) -> Result<Vec<Match>> {
        let matches = self.matcher.decide_all(found, Some(&self.spool))?;
        self.ending.undecided += warn_undecided(self.context, &matches);
        Ok(matches)
    }

    async fn move_all(&mut self, going: Vec<Found>) -> Result<u64> {
        if going.is_empty() {
            return Ok(0);
        }
        let Some(courier) = self.courier.clone() else {
            return Err(Error::new(Kind::Internal, "a dry run was about to move messages"));
        };
        let total = going.len() as u64;
        self.ending.moving += total;
        let progress = self.context.ui.progress("moving", Some(total), Unit::Messages);
        let parcels: Vec<Parcel> = going.iter().map(|found| self.parcel(found)).collect();
        let began = Instant::now();
        let pace = self.pace.clone();
        let fates = deliver(courier, parcels, pace, &self.context.cancel, &progress).await?;
        self.ending.move_time += began.elapsed();
        let moved = fates.iter().filter(|fate| matches!(fate, Fate::Moved { .. })).count();
        let records = going.iter().zip(fates).map(|(found, fate)| Record::moved(&found.row, fate));
        self.records.extend(records);
        Ok(moved as u64)
    }

    fn parcel(&self, found: &Found) -> Parcel {
        Parcel {
            id: found.row.message_id.clone(),
            order_group: found.row.group_id.clone().filter(|_| self.fifo()),
            size: found.row.size_bytes,
            slot: found.slot.unwrap_or_default(),
        }
    }

    /// The report, once every message that was received is accounted for.
    fn report(self) -> Result<RedriveReport> {
        let interrupted = self.context.cancel.is_cancelled();
        let (seen, recorded) = (self.ending.seen, self.records.len() as u64);
        if seen != recorded {
            return Err(Error::new(
                Kind::Internal,
                format!("{seen} messages were received but {recorded} are accounted for"),
            )
            .hint("look into the queues before running again, and report this"));
        }
        let missing = self.matcher.missing_of(self.records.iter().map(Record::message_id));
        warn_missing(self.context, &missing);
        let ending = Ending { interrupted, missing, time: self.began.elapsed(), ..self.ending };
        let basis = (self.session.queues(), self.session.basis.clone());
        Ok(RedriveReport::new(basis, self.args, self.records, self.released, &ending))
    }
}
